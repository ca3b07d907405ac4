/** Shorter values would blot out half of every line, and no password or token is that short. */
const minSecretLength = 4;

/** The spellings in which known secrets may come to stand in a text. */
export interface SecretForms {
  /** Values shorter than four characters are ignored. */
  add(value: string): void;
  /** A link that opens something: hidden whole, without its origin, and without its parameters. Old ones are forgotten. */
  addLink(url: string): void;
  /** The longest first: one secret may hold another. */
  longestFirst(): readonly string[];
}

export function createSecretForms(settings: { keepLinks: number }): SecretForms {
  const lasting = new Set<string>();
  const links: string[] = [];
  let sorted: readonly string[] | null = null;
  return {
    add(value) {
      if (value.length < minSecretLength) return;
      for (const form of spell(value)) lasting.add(form);
      sorted = null;
    },
    addLink(url) {
      if (links.includes(url)) return;
      links.push(url);
      if (links.length > settings.keepLinks) links.shift();
      sorted = null;
    },
    longestFirst() {
      sorted ??= [...new Set([...lasting, ...links.flatMap(spellLink)])].sort(
        (one, other) => other.length - one.length,
      );
      return sorted;
    },
  };
}

/** As it is, and as JSON, URLs, forms, HTML, hexadecimal digits and base64 spell it. */
function spell(value: string): string[] {
  const bytes = Buffer.from(value, "utf8");
  const inJson = escapeJson(value);
  const forms = [
    value,
    inJson,
    escapeJson(inJson),
    escapeNonAscii(inJson),
    value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...spellBase64(bytes),
  ];
  // A lone surrogate cannot be percent-encoded, and so cannot appear that way either.
  if (value.isWellFormed()) {
    const encoded = encodeURIComponent(value);
    const inForm = new URLSearchParams([["", value]]).toString().slice(1);
    forms.push(encoded, inForm, encodeURI(value), encodeURIComponent(encoded));
    forms.push(...[encoded, inForm].map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())));
  }
  return forms.filter((form) => form.length >= minSecretLength);
}

/**
 * Base64 of a longer text that holds the secret, such as `user:password`, spells it in one of three ways, by where it
 * begins. What is hidden is the part that depends on nothing but the secret.
 */
function spellBase64(bytes: Buffer): string[] {
  const forms = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const end = (before + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    return text.slice(before === 0 ? 0 : before + 1, end);
  });
  forms.push(bytes.toString("base64").replace(/=+$/, ""));
  // Three bytes in the middle are too few to tell from chance.
  return forms
    .filter((form) => form.length >= 5)
    .flatMap((form) => [form, form.replaceAll("+", "-").replaceAll("/", "_")]);
}

function spellLink(url: string): string[] {
  const parsed = URL.parse(url);
  const parts =
    parsed === null ? [url] : [url, parsed.href, parsed.pathname + parsed.search, parsed.pathname, parsed.search];
  // `/` and the like stand in every line.
  return parts
    .filter((part) => part.length >= 12)
    .flatMap((part) => [part, escapeJson(part), encodeURIComponent(part)]);
}

function escapeJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function escapeNonAscii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
