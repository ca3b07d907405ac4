/** Written in place of a secret. */
const hidden = "[hidden]";

/** Names of fields and parameters whose value is never written, wherever they stand. */
const secretNames =
  /authorization|cookie|token|passw|secret|credential|signature|api[-_]?key|^jwt$|^key$|^sig$|^nonce$|^proof$/i;

/** Shorter values would blot out half of every line, and no password or token is that short. */
const minSecretLength = 4;

interface Pattern {
  readonly find: RegExp;
  readonly replace: string;
}

// What gives a secret away in running text, whatever its value. Each keeps the name, so that a reader sees what was there.
const patterns: readonly Pattern[] = [
  { find: /\b(Bearer|Basic|Digest)\s+[^\s"',;]+/gi, replace: `$1 ${hidden}` },
  { find: /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, replace: hidden },
  { find: /\b(X-Amz-[A-Za-z-]+)=[^\s&"'<>]+/gi, replace: `$1=${hidden}` },
  {
    find: /([?&;,\s"']|^)((?:[\w-]*(?:token|passw(?:or)?d|secret|signature|credential|api[-_]?key)|sig|jwt|key|expires(?:in|at)?|policy|key-pair-id|awsaccesskeyid|verify|md5))=[^\s&"'<>]+/gi,
    replace: `$1$2=${hidden}`,
  },
  {
    find: /\b(token|password|passwd|secret|api[-_ ]?key|authorization|cookie)(["']?\s*(?::|is)\s*["']?)(?!\[hidden\]|Bearer\b|Basic\b)[^\s"',;]+/gi,
    replace: `$1$2${hidden}`,
  },
  { find: /(https?:\/\/)[^\s/@:]+:[^\s/@]+@/gi, replace: `$1${hidden}@` },
];

// Beyond JSON's own escapes: C1 controls, delete, line separators and marks that turn text around on a terminal.
const unsafeCharacters = /[\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

export interface LogScrubber {
  /** From now on this value is hidden, also URL-encoded and in base64. Too short ones are ignored. */
  addSecret(value: string): void;
  /** Hides what must not be read in one finished line of JSON, and escapes control characters. */
  scrubLine(line: string): string;
}

/**
 * The last step before a log line is written. It does not trust the callers: fields with secret names, known secret
 * values and what looks like a credential are hidden at any depth, in any text.
 */
export function createLogScrubber(secrets: Iterable<string> = []): LogScrubber {
  const known = new Set<string>();
  let byLength: string[] = [];

  const addSecret = (value: string) => {
    if (value.length < minSecretLength) return;
    const basic = Buffer.from(value, "utf8");
    for (const form of [value, encodeURIComponent(value), basic.toString("base64"), basic.toString("base64url")])
      known.add(form);
    // The longest first: one secret may hold another.
    byLength = [...known].sort((one, other) => other.length - one.length);
  };
  for (const secret of secrets) addSecret(secret);

  const scrubText = (text: string): string => {
    let scrubbed = text;
    for (const secret of byLength) if (scrubbed.includes(secret)) scrubbed = scrubbed.replaceAll(secret, hidden);
    for (const { find, replace } of patterns) scrubbed = scrubbed.replace(find, replace);
    return scrubbed;
  };
  const scrubValue = (value: unknown): unknown => {
    if (typeof value === "string") return scrubText(value);
    if (Array.isArray(value)) return value.map(scrubValue);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        scrubText(name),
        isSecretField(name, inner) ? hidden : scrubValue(inner),
      ]),
    );
  };

  return {
    addSecret,
    scrubLine(line) {
      let scrubbed: string;
      try {
        scrubbed = JSON.stringify(scrubValue(JSON.parse(line)));
      } catch {
        // Not JSON, so nobody knows its fields; the text is all there is to go by.
        scrubbed = JSON.stringify({ msg: scrubText(line.trim()) });
      }
      return `${scrubbed.replace(unsafeCharacters, escapeCharacter)}\n`;
    },
  };
}

/** A count or a yes/no under such a name gives nothing away and is often what one looks for. */
function isSecretField(name: string, value: unknown): boolean {
  return secretNames.test(name) && (typeof value === "string" || typeof value === "object") && value !== null;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
