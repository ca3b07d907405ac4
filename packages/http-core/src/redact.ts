const replacement = "[redacted]";

/** Names whose values are secret wherever they stand: headers, query, JSON, `name=value`. */
const secretNames =
  /token|secret|passw|pwd|passphrase|passcode|key(s|[-_]?(pair[-_]?)?id)?$|signature|^(x-)?sig(n|ned)?$|authorization|^auth|[-_]auth$|credential|cookie|session|jwt|otp$|^x-(amz|goog)-|^hmac|^policy$/i;

/** Names that are secret in a query only: an OAuth code is, an error code is not. */
const secretQueryNames = /^(code|hash|h|verify|ticket|se|sp|sv|skoid)$/i;

/** A value as long as this, without a space, is taken for a secret whatever it is called. */
const suspiciousValueLength = 32;

/** True for a header, parameter or field whose value must not be shown. */
export function isSecretName(name: string): boolean {
  return secretNames.test(name);
}

/** True for a query parameter that carries permission rather than meaning. */
export function isSecretQueryName(name: string): boolean {
  return secretNames.test(name) || secretQueryNames.test(name);
}

/**
 * A URL as it may be printed: user info and fragment gone, the values of secret-looking parameters replaced.
 * Something that is no URL is scrubbed as text.
 */
export function redactUrl(url: string | URL): string {
  const parsed = URL.parse(String(url));
  if (parsed === null) return scrubPatterns(String(url));
  const parameters: string[] = [];
  for (const pair of parsed.search.replace(/^\?/, "").split("&")) {
    if (pair === "") continue;
    const [rawName = "", ...rest] = pair.split("=");
    const value = decodeLoosely(rest.join("="));
    const hide = isSecretQueryName(decodeLoosely(rawName)) || isSuspicious(value) || scrubPatterns(value) !== value;
    parameters.push(hide ? `${scrubPatterns(rawName)}=${replacement}` : scrubPatterns(pair));
  }
  const start = parsed.host === "" ? parsed.protocol : `${parsed.protocol}//${parsed.host}`;
  // data: and the like have all their content in the path.
  const path = parsed.host === "" ? replacement : scrubPatterns(parsed.pathname);
  return start + path + (parameters.length > 0 ? `?${parameters.join("&")}` : "");
}

/** Headers as they may be printed. */
export function redactHeaders(headers: Record<string, unknown>): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const text = Array.isArray(value) ? value.join(", ") : String(value);
    if (isSecretName(name)) shown[name] = replacement;
    else if (/^(location|referer|content-location)$/i.test(name)) shown[name] = redactUrl(text);
    else shown[name] = scrubPatterns(text);
  }
  return shown;
}

/**
 * Makes a function that replaces, in any text, the given values (also percent-encoded, form-encoded, JSON-escaped and
 * in base64) and whatever looks like a secret: `Bearer …`, `token=…`, `"password": "…"`, `X-Amz-…=…`, JSON Web Tokens
 * and passwords in URLs. Values shorter than three characters are left alone: they would take half the text with them.
 */
export function createSecretScrubber(values: Iterable<string> = []): (text: string) => string {
  const forms = new Set<string>();
  for (const value of values) {
    if (value.length < 3) continue;
    forms.add(value);
    // A lone surrogate cannot be percent-encoded, and so cannot appear that way either.
    if (value.isWellFormed()) {
      forms.add(encodeURIComponent(value));
      forms.add(new URLSearchParams([["", value]]).toString().slice(1));
    }
    forms.add(JSON.stringify(value).slice(1, -1));
    forms.add(Buffer.from(value).toString("base64").replace(/=+$/, ""));
  }
  // The longest first, or a value that begins with another would keep its tail.
  const known = [...forms].filter((form) => form.length >= 3).sort((a, b) => b.length - a.length);
  return (text) => {
    let scrubbed = text;
    for (const form of known) scrubbed = scrubbed.replaceAll(form, replacement);
    return scrubPatterns(scrubbed);
  };
}

/** What looks like a secret by itself. Every repetition that something may follow has an end, so that no text takes long. */
function scrubPatterns(text: string): string {
  return text
    .replace(
      /(?<![a-z0-9+.-])([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'<>@]{0,300}@(?:[^\s/?#"'<>@]{0,300}@)*/gi,
      `$1${replacement}@`,
    )
    .replace(/\beyJ[\w-]{4,2000}\.[\w-]{4,8000}(\.[\w-]*)?/g, replacement)
    .replace(/\bAKIA[0-9A-Z]{12,}/g, replacement)
    .replace(
      /\b((?:proxy-)?authorization|(?:set-)?cookie)(["']?\s{0,5}:\s{0,5})(?!\[redacted\]|\s)[^\r\n]+/gi,
      `$1$2${replacement}`,
    )
    .replace(
      /\b(Bearer|Basic|Digest|Negotiate|Signature)(\s{1,5})(?!\[redacted\])[\w.~+/=%:|-]{6,}/gi,
      `$1$2${replacement}`,
    )
    .replace(
      /(?<![\w.%-])([A-Za-z][\w.%-]{0,200})(\\{0,4}["']?\s{0,5}:\s{0,5})("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\\{1,4}"[^"]{0,2000}"|[^\s,}\]"'\\[]+)/g,
      (whole, name: string, colon: string, value: string) => {
        if (!isSecretName(name) || value.startsWith("//")) return whole;
        const quote = /^\\*["']/.exec(value)?.[0] ?? "";
        return `${name}${colon}${quote}${replacement}${quote}`;
      },
    )
    .replace(/(?<![\w.%-])([A-Za-z][\w.%-]{0,200})=("[^"]*"|[^\s&"'<>]+)/g, (whole, name: string) =>
      isSecretName(decodeLoosely(name)) ? `${name}=${replacement}` : whole,
    );
}

function isSuspicious(value: string): boolean {
  return value.length >= suspiciousValueLength && !/\s/.test(value);
}

function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    // Not percent-encoding after all; as it stands is the best reading.
    return text;
  }
}
