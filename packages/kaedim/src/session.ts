import type { HttpLogger } from "@org/http-core";
import { decideReplaceAtMs, readExpiryMs } from "./json-web-token.ts";

/**
 * Keeps the JWT between runs and between processes: Kaedim accepts only the newest one of a devID, so all processes of
 * a devID must share one store. What it keeps gives access to the account: protect it.
 */
export interface TokenStore {
  read(): Promise<string | null>;
  write(token: string | null): Promise<void>;
  /**
   * Runs `work` while no other process does, where the store can promise that. Without it, two processes that refresh
   * in the same moment cost one refresh more; they find together again through `read`.
   */
  exclusively?<T>(work: () => Promise<T>): Promise<T>;
}

/** How the JWT stands in the Authorization header: behind `Bearer `, or alone. */
export type AuthorizationForm = "bearer" | "raw";

/** The one JWT of a client. It lives in closures, so that printing the client does not print it. */
export interface Session {
  token(): string | undefined;
  /** There is a JWT, and by all we know it is good for some minutes more. */
  isReady(): boolean;
  /** By Kaedim's clock; `null` where the JWT does not say. */
  expiresAtMs(): number | null;
  /** The form that was accepted last, else the one to try first. */
  form(): AuthorizationForm;
  /** Kaedim has accepted a form already. */
  isFormKnown(): boolean;
  rememberForm(form: AuthorizationForm): void;
  refreshToken(): string;
  keepRefreshToken(refreshToken: string): void;
  /** What must not be printed. */
  secrets(): readonly string[];
  /** Takes what the store or the settings have, once. */
  load(): Promise<void>;
  /** Takes what the store has now: another process may have refreshed. */
  reload(): Promise<void>;
  /** Takes a JWT that Kaedim has just issued and puts it into the store. */
  keep(token: string): Promise<void>;
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** What can stand in a header; anything else in a store is damage. */
const sendable = /^[\x21-\x7e]+$/;

/** Makes a session; reads and sends nothing. A store that fails is told to `logger` and costs one refresh, no more. */
export function createSession(settings: {
  apiKey: string;
  refreshToken: string;
  jwt: string | undefined;
  authorization: AuthorizationForm;
  tokenStore: TokenStore | undefined;
  logger: HttpLogger | undefined;
  now: () => number;
}): Session {
  const { tokenStore, logger, now } = settings;
  let refreshToken = settings.refreshToken;
  let token: string | undefined;
  let replaceAtMs: number | null = null;
  let form = settings.authorization;
  let isFormKnown = false;
  let loading: Promise<void> | undefined;
  const past = new Set<string>();

  function take(given: string, justIssued: boolean) {
    if (token !== undefined) past.add(token);
    token = given;
    replaceAtMs = decideReplaceAtMs(given, { now: now(), justIssued });
  }

  async function readStore(): Promise<string | null> {
    try {
      const kept = (await tokenStore?.read()) ?? null;
      return typeof kept === "string" && sendable.test(kept) ? kept : null;
    } catch (error) {
      logger?.warn({ code: codeOf(error) }, "The JWT could not be read from its store; asking for a new one instead");
      return null;
    }
  }

  return {
    token: () => token,
    isReady: () => token !== undefined && (replaceAtMs === null || now() < replaceAtMs),
    expiresAtMs: () => (token === undefined ? null : readExpiryMs(token)),
    form: () => form,
    isFormKnown: () => isFormKnown,
    rememberForm(accepted) {
      form = accepted;
      isFormKnown = true;
    },
    refreshToken: () => refreshToken,
    keepRefreshToken(issued) {
      past.add(refreshToken);
      refreshToken = issued;
    },
    secrets: () => [settings.apiKey, refreshToken, ...(token === undefined ? [] : [token]), ...past],
    async load() {
      loading ??= (async () => {
        // The store's is newer than one that was once written into the settings.
        const kept = (await readStore()) ?? settings.jwt;
        if (kept !== undefined && token === undefined) take(kept, false);
      })();
      await loading;
    },
    async reload() {
      const before = token;
      const kept = await readStore();
      // One issued to us while the store was being read is newer than what the store had.
      if (kept !== null && kept !== token && token === before && !past.has(kept)) take(kept, false);
    },
    async keep(issued) {
      take(issued, true);
      try {
        await tokenStore?.write(issued);
      } catch (error) {
        logger?.warn(
          { code: codeOf(error) },
          "The JWT could not be written to its store; other processes ask for a new one",
        );
      }
    },
    async exclusively(work) {
      if (tokenStore?.exclusively === undefined) return work();
      let outcome: ReturnType<typeof work> | undefined;
      const run = () => {
        outcome = work();
        return outcome;
      };
      try {
        return await tokenStore.exclusively(run);
      } catch (error) {
        // What the work came to stands, whether or not the lock could be given back.
        if (outcome !== undefined) return outcome;
        logger?.warn({ code: codeOf(error) }, "The store of the JWT could not be locked; refreshing without a lock");
        return work();
      }
    },
  };
}

/** Throws a `TypeError` that names what is missing, never what was given. */
export function checkCredentials(given: {
  devId: unknown;
  apiKey: unknown;
  refreshToken: unknown;
  jwt: unknown;
}): void {
  for (const field of ["devId", "apiKey", "refreshToken"] as const) {
    const value = given[field];
    if (typeof value !== "string" || !sendable.test(value)) {
      throw new TypeError(`${field} must be a text without spaces, as Kaedim's settings page shows it`);
    }
  }
  if (given.jwt !== undefined && (typeof given.jwt !== "string" || !sendable.test(given.jwt))) {
    throw new TypeError("jwt must be the token alone, without “Bearer”");
  }
}

/** The message of a foreign error may hold what was to be stored; its code does not. */
function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "unknown";
}
