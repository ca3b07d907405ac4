import { createSecretForms } from "./secret-forms.ts";

/** Written in place of a secret. */
const hidden = "[hidden]";

/** Names of fields and parameters whose value is never written, wherever they stand. */
const secretNames =
  /authorization|cookie|token|passw|secret|credential|signature|session|api[-_]?key|^x-amz-|^jwt$|^key$|^sig$|^nonce$|^proof$|^otp$/i;

/** Parameters of a URL that say what is asked for. Every other one may be what opens the door, whatever it is called. */
const harmlessParameters =
  /^(?:page|per_page|limit|offset|count|order|orderby|id|ids|product|product_id|productId|download|download_id|slug|category|tag|search|q|version|lang|_fields|file)$/;
/** Longer values, or ones with other characters, are not what a harmless parameter has. */
const harmlessValue = /^[\w.,%+-]{0,40}$/;

interface Pattern {
  readonly find: RegExp;
  readonly replace: string;
}

// What gives a secret away in running text, whatever its value. Each keeps the name, so that a reader sees what was there.
const patterns: readonly Pattern[] = [
  {
    find: /\b((?:proxy-)?authorization|(?:set-)?cookie)(\\*["']?\s{0,5}[:=]\s{0,5}\\*["']?)(?!\[hidden\])[^\r\n"'\\]+/gi,
    replace: `$1$2${hidden}`,
  },
  { find: /\b(Bearer|Basic|Digest|Negotiate)\s{1,5}(?!\[hidden\])[^\s"',;]+/gi, replace: `$1 ${hidden}` },
  { find: /\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?/g, replace: hidden },
  {
    find: /\b(X-Amz-[A-Za-z-]+)(\\*["']?\s{0,5}[:=]\s{0,5}\\*["']?)(?!\[hidden\])[^\s&"'<>\\]+/gi,
    replace: `$1$2${hidden}`,
  },
  {
    find: /([?&;,\s"']|^)((?:[\w-]*(?:token|passw(?:or)?d|secret|signature|credential|session|api[-_]?key)|sig|jwt|key|expires(?:in|at)?|policy|key-pair-id|awsaccesskeyid|verify|md5))=(?!\[hidden\])[^\s&"'<>]+/gi,
    replace: `$1$2=${hidden}`,
  },
  // In quotes a secret may hold anything but the closing one.
  {
    find: /\b(token|password|passwd|secret|api[-_ ]?key|credential|signature)(\\*["']?\s{0,5}:\s{0,5})(\\*)(["'])(?!\[hidden\])(?:(?!\3\4)[^\r\n])+/gi,
    replace: `$1$2$3$4${hidden}`,
  },
  {
    find: /\b(token|password|passwd|secret|api[-_ ]?key|credential|signature)(\\*["']?\s{0,5}(?::|\bis\b)\s{0,5}\\*["']?)(?!\[hidden\]|Bearer\b|Basic\b)[^\s"',;\\]+/gi,
    replace: `$1$2${hidden}`,
  },
  { find: /(https?:\/\/)[^\s/@]{1,300}@/gi, replace: `$1${hidden}@` },
];

/** A URL's beginning, its parameters, and what stands behind `#`. */
const urlWithParameters = /(https?:\/\/[^\s?#"'<>]{1,2000})(\?[^\s#"'<>]*)?(#[^\s"'<>]*)?/gi;

// Beyond JSON's own escapes: C1 controls, delete, line separators, and marks that are invisible or turn text around.
const unsafeCharacters = /[\u007f-\u009f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/g;

export interface LogScrubber {
  /** From now on this value is hidden, in every spelling of secret-forms.ts. Too short ones are ignored. */
  addSecret(value: string): void;
  /**
   * From now on this link is hidden, also without its host or without its parameters. Of links the last 64 are
   * remembered: the daemon has fewer under way.
   */
  addLink(url: string): void;
  /** Hides what must not be read in one finished line of JSON, and escapes control characters. */
  scrubLine(line: string): string;
}

/**
 * The last step before a log line is written. It does not trust the callers: fields with secret names, known secret
 * values and what looks like a credential are hidden at any depth, in any text.
 */
export function createLogScrubber(secrets: Iterable<string> = []): LogScrubber {
  const forms = createSecretForms({ keepLinks: 64 });
  for (const secret of secrets) forms.add(secret);

  const scrubText = (text: string): string => {
    let scrubbed = text;
    for (const form of forms.longestFirst()) if (scrubbed.includes(form)) scrubbed = scrubbed.replaceAll(form, hidden);
    scrubbed = scrubbed.replace(urlWithParameters, scrubUrl);
    for (const { find, replace } of patterns) scrubbed = scrubbed.replace(find, replace);
    return scrubbed;
  };
  const scrubValue = (value: unknown): unknown => {
    if (typeof value === "string") return scrubText(value);
    if (typeof value !== "object" || value === null) return value;
    // Text as numbers is text still, and no number of it says anything to a reader.
    if (isBytes(value)) return "[bytes]";
    if (Array.isArray(value))
      return value.map((item, index) => (isValueOfPair(value, index) ? hidden : scrubValue(item)));
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [
        scrubText(name),
        isSecretField(name, inner) ? hidden : scrubValue(inner),
      ]),
    );
  };

  return {
    addSecret: forms.add,
    addLink: forms.addLink,
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

function scrubUrl(_whole: string, start: string, parameters?: string, fragment?: string): string {
  const shown = (parameters ?? "")
    .split("&")
    .map((pair) => {
      const [, mark = "", name = "", value] = /^(\??)([^=]*)(?:=(.*))?$/s.exec(pair) ?? [];
      if (value === undefined) return name === "" ? pair : mark + hidden;
      return harmlessParameters.test(name) && harmlessValue.test(value) ? pair : `${mark}${name}=${hidden}`;
    })
    .join("&");
  return start + shown + (fragment === undefined || fragment === "#" ? "" : `#${hidden}`);
}

/** A count or a yes/no under such a name gives nothing away and is often what one looks for. */
function isSecretField(name: string, value: unknown): boolean {
  return secretNames.test(name) && (typeof value === "string" || typeof value === "object") && value !== null;
}

/** Headers as Node keeps them raw: `["Authorization", "Bearer …"]`, also as a list of such pairs. */
function isValueOfPair(list: readonly unknown[], index: number): boolean {
  const name = list[index - 1];
  return index % 2 === 1 && typeof name === "string" && /^[\w-]{1,60}$/.test(name) && isSecretField(name, list[index]);
}

/** A Buffer, a typed array, or a list of byte values that is long enough to be one. */
function isBytes(value: object): boolean {
  if ("type" in value && value.type === "Buffer" && "data" in value) return true;
  const items = Array.isArray(value)
    ? value
    : Object.entries(value).map(([name, item], index) => (name === String(index) ? item : null));
  return items.length >= 4 && items.every((item) => Number.isInteger(item) && item >= 0 && item <= 255);
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
