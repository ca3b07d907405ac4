import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** What a page holds: the cookie, which no script can read, and the key, which no other page is ever sent. */
export interface PageSession {
  readonly cookie: string;
  readonly key: string;
}

/**
 * How the daemon's own page gets in without ever holding the token. `asset-sync open` asks for a code, which stands in
 * the address after `#` and so reaches no server and no log; the page gives it in exchange for a cookie and a key.
 *
 * Both are asked for with every call. The cookie alone proves nothing: browsers send it to every port of this host,
 * so a server of somebody else on this machine may see it. The key alone could be read by a script that found its way
 * into the page. Everything is kept in memory and ends with the daemon.
 */
export interface PageSignIn {
  /** A code of 256 random bits that works once, within `lifeMs`. */
  createCode(): { code: string; lifeMs: number };
  /** Undefined for a code that is unknown, used or too old. */
  exchange(code: string): (PageSession & { readonly pictureKey: string }) | undefined;
  /** Do both belong to one session that still lives? */
  admits(given: PageSession): boolean;
}

/** A browser starts within seconds. Policy figure. */
const codeLifeMs = 60_000;
/** A page that nobody used for so long has been forgotten. Policy figure. */
const sessionLifeMs = 12 * 3_600_000;
/** The oldest goes when one more comes. Policy figures. */
const maxCodes = 5;
const maxSessions = 10;

const createSecret = (): string => randomBytes(32).toString("base64url");
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const isSame = (one: Buffer, other: Buffer): boolean => timingSafeEqual(one, other);

/** `now` must only ever go forward, such as `performance.now()`. */
export function createPageSignIn({ now }: { now: () => number }): PageSignIn {
  let codes: { readonly hash: Buffer; readonly untilMs: number }[] = [];
  let sessions: { readonly cookie: Buffer; readonly key: Buffer; usedMs: number }[] = [];

  return {
    createCode() {
      const code = createSecret();
      codes = [...codes, { hash: digest(code), untilMs: now() + codeLifeMs }].slice(-maxCodes);
      return { code, lifeMs: codeLifeMs };
    },
    exchange(code) {
      const hash = digest(code);
      const found = codes.find((one) => isSame(one.hash, hash));
      if (found === undefined) return undefined;
      codes = codes.filter((one) => one !== found);
      if (now() > found.untilMs) return undefined;
      const session: PageSession = { cookie: createSecret(), key: createSecret() };
      const held = { cookie: digest(session.cookie), key: digest(session.key), usedMs: now() };
      sessions = [...sessions, held].slice(-maxSessions);
      // Made from the key, so that it is known again without being kept; the key cannot be had from it.
      return { ...session, pictureKey: createHmac("sha256", session.key).update("pictures").digest("base64url") };
    },
    admits({ cookie, key }) {
      sessions = sessions.filter(({ usedMs }) => now() - usedMs <= sessionLifeMs);
      const given = { cookie: digest(cookie), key: digest(key) };
      const found = sessions.find((one) => isSame(one.cookie, given.cookie) && isSame(one.key, given.key));
      if (found === undefined) return false;
      found.usedMs = now();
      return true;
    },
  };
}
