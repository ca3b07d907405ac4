import type { HttpLogger } from "@org/http-core";
import { notSentError } from "./imeshh-error.ts";
import { decideReplaceAtMs, readTokenLife } from "./json-web-token.ts";

/** Keeps the token between runs. One account, one store. What it keeps gives access to the account: protect it. */
export interface TokenStore {
  read(): Promise<string | null>;
  write(token: string | null): Promise<void>;
}

/** Who signs in: an account of the shop, or a token of it that was got elsewhere (and cannot be renewed here). */
export type ImeshhCredentials = { readonly username: string; readonly password: string } | { readonly token: string };

/** The one token of a client. It lives in closures, so that printing the client does not print it. */
export interface Session {
  /** Rises with every new token, so that a refusal can be matched to the token that was refused. */
  generation(): number;
  /** There is a token, and by all we know it is good for some minutes more. */
  isReady(): boolean;
  hasToken(): boolean;
  /** By the shop's clock. */
  expiresAtMs(): number | null;
  /** For the shop only. */
  headers(): Record<string, string>;
  /** What must not be printed. */
  secrets(): readonly string[];
  /** Takes what the store has, once. */
  load(): Promise<void>;
  /** Takes a token that the shop has just issued and puts it into the store. */
  keep(token: string): Promise<void>;
  /** Forgets the token, here and in the store. */
  forget(): Promise<void>;
}

/** What can stand in a header; anything else in a store is damage. */
const sendable = /^[\x21-\x7e]+$/;

/** Makes a session; reads and sends nothing. A store that fails is told to `logger` and costs one sign-in, no more. */
export function createSession(settings: {
  credentials: ImeshhCredentials | undefined;
  tokenStore: TokenStore | undefined;
  logger: HttpLogger | undefined;
  now: () => number;
}): Session {
  const { credentials, tokenStore, logger, now } = settings;
  let token: string | undefined;
  let replaceAtMs: number | null = null;
  let generation = 0;
  let loading: Promise<void> | undefined;

  function take(given: string, justIssued: boolean) {
    token = given;
    replaceAtMs = decideReplaceAtMs(readTokenLife(given), { now: now(), justIssued });
    generation += 1;
  }

  async function write(value: string | null) {
    try {
      await tokenStore?.write(value);
    } catch (error) {
      logger?.warn(
        { code: codeOf(error) },
        "The token could not be written to its store; the next start signs in again",
      );
    }
  }

  if (credentials !== undefined && "token" in credentials) {
    take(credentials.token, false);
    // Nothing could replace it; the shop shall say whether it still holds.
    replaceAtMs = null;
  }

  return {
    generation: () => generation,
    hasToken: () => token !== undefined,
    isReady: () => token !== undefined && (replaceAtMs === null || now() < replaceAtMs),
    expiresAtMs: () => (token === undefined ? null : readTokenLife(token).expiresAtMs),
    headers() {
      if (token === undefined) {
        throw notSentError({
          code: "sign-in-missing",
          message: "There is no token; sign in first.",
          operation: "iMeshh login",
        });
      }
      return { authorization: `Bearer ${token}` };
    },
    secrets() {
      const password = credentials !== undefined && "password" in credentials ? credentials.password : undefined;
      return [token, password].filter((secret) => secret !== undefined && secret !== "") as string[];
    },
    async load() {
      loading ??= (async () => {
        if (token !== undefined || tokenStore === undefined) return;
        try {
          const kept = await tokenStore.read();
          if (typeof kept === "string" && sendable.test(kept) && token === undefined) take(kept, false);
        } catch (error) {
          logger?.warn({ code: codeOf(error) }, "The token could not be read from its store; signing in instead");
        }
      })();
      await loading;
    },
    async keep(issued) {
      take(issued, true);
      await write(issued);
    },
    async forget() {
      token = undefined;
      replaceAtMs = null;
      await write(null);
    },
  };
}

/** Throws a `TypeError` that names what is missing, never what was given. */
export function checkCredentials(credentials: ImeshhCredentials | undefined): void {
  if (credentials === undefined) return;
  const given: { username?: unknown; password?: unknown; token?: unknown } = credentials;
  if (typeof given.token === "string") {
    if (!sendable.test(given.token)) throw new TypeError("credentials.token must be a token as the shop gave it");
    return;
  }
  for (const field of ["username", "password"] as const) {
    if (typeof given[field] !== "string" || given[field] === "") {
      throw new TypeError(`credentials.${field} must be a text that is not empty`);
    }
  }
}

/** The message of a foreign error may hold what was to be stored; its code does not. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "unknown";
}
