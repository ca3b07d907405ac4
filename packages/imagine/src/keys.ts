import { notSentError } from "./imagine-error.ts";

/** What an operation does: `read` goes with either key, `write` needs the secret one. */
export type Access = "read" | "write";

/** The keys of a client. They live in closures, so that printing the client does not print them. */
export interface Keys {
  /** The headers of a request; throws `secret-key-missing` for a write without one. */
  headersFor(access: Access, operation: string): Record<string, string>;
  /** What must not be printed, without its scheme. */
  secrets(): readonly string[];
}

const sendable = /^[\x21-\x7e]+$/;

/**
 * Checks keys and domain and keeps them. Throws a `TypeError` that names what is wrong, never what was given; a secret key
 * is refused in a browser, where every visitor could read it.
 */
export function createKeys(settings: {
  secretKey: string | undefined;
  publicKey: string | undefined;
  domain: string;
}): Keys {
  const { secretKey, publicKey, domain } = settings;
  checkKey("secretKey", secretKey, "sk_");
  checkKey("publicKey", publicKey, "pk_");
  if (secretKey === undefined && publicKey === undefined) {
    throw new TypeError("Imagine needs a secretKey (sk_…), a publicKey (pk_…) or both.");
  }
  if (secretKey !== undefined && isBrowser()) {
    throw new TypeError("A secretKey (sk_…) must not be used in a browser; use a publicKey (pk_…) there.");
  }
  if (typeof domain !== "string" || !/^(?:https?:\/\/)?[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?(?::\d{1,5})?$/i.test(domain)) {
    throw new TypeError(
      "domain must be a domain registered for the key, such as yourdomain.com or localhost:3000, without a path.",
    );
  }
  return {
    headersFor(access, operation) {
      // The weaker key wherever it is enough.
      const key = access === "read" ? (publicKey ?? secretKey) : secretKey;
      if (key === undefined) {
        throw notSentError({
          code: "secret-key-missing",
          message: `${operation} writes, and the settings hold no secretKey (sk_…), only a publicKey.`,
          operation,
        });
      }
      return { authorization: `Imagine-key ${key}`, origin: domain };
    },
    secrets: () => [secretKey, publicKey].filter((key) => key !== undefined),
  };
}

function checkKey(name: string, key: string | undefined, prefix: string): void {
  if (key === undefined) return;
  const other = prefix === "sk_" ? "pk_" : "sk_";
  if (typeof key === "string" && key.startsWith(other)) {
    throw new TypeError(`${name} was given a key that begins with ${other}; it must begin with ${prefix}.`);
  }
  if (typeof key !== "string" || !key.startsWith(prefix) || key === prefix || !sendable.test(key)) {
    throw new TypeError(`${name} must be a key as Imagine shows it: it begins with ${prefix} and holds no spaces.`);
  }
}

function isBrowser(): boolean {
  return (globalThis as { window?: { document?: unknown } }).window?.document !== undefined;
}
