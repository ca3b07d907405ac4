import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { KeptPageSession } from "./page-session-file.ts";

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
 * into the page. Only hashes of them are held here. Codes end with the daemon; sessions outlive it where they are kept.
 */
export interface PageSignIn {
  /** A code of 256 random bits that works once, within `lifeMs`. */
  createCode(): { code: string; lifeMs: number };
  /** Another code in place of this one, which is used up by it; it lives no longer. Undefined as for `exchange`. */
  renew(code: string): string | undefined;
  /** Undefined for a code that is unknown, used or too old. */
  exchange(code: string): (PageSession & { readonly pictureKey: string }) | undefined;
  /** Do both belong to one session that still lives? */
  admits(given: PageSession): boolean;
  /** Does the picture key belong to the cookie's session? Opens pictures and nothing else. */
  admitsPictures(given: { cookie: string; pictureKey: string }): boolean;
  /** What to keep for the next start: hashes only. */
  sessions(): readonly KeptPageSession[];
}

/** A browser starts within seconds. Policy figure. */
const codeLifeMs = 60_000;
/** A page that nobody used for so long has been forgotten. Policy figure. */
const sessionLifeMs = 12 * 3_600_000;
/** How old the kept time of use may become; a session may end so much too early after a restart. Policy figure. */
const usedStepMs = 10 * 60_000;
/** The oldest goes when one more comes. Policy figures. */
const maxCodes = 5;
const maxSessions = 10;

interface HeldSession {
  readonly cookie: Buffer;
  readonly key: Buffer;
  readonly pictureKey: Buffer;
  usedMs: number;
  keptUsedMs: number;
}

const createSecret = (): string => randomBytes(32).toString("base64url");
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
const isSame = (one: Buffer, other: Buffer): boolean => timingSafeEqual(one, other);
/** Made from the key, so that a page that comes back can be told it again; the key cannot be had from it. */
const pictureKeyOf = (key: string): string => createHmac("sha256", key).update("pictures").digest("base64url");

export function createPageSignIn(settings: {
  /** Only ever goes forward, such as `performance.now()`: codes are counted by it. */
  elapsed: () => number;
  /** The clock of the day, since sessions live on while the daemon does not run. */
  now: () => number;
  kept?: readonly KeptPageSession[];
  /** Called when `sessions()` has something new to keep. */
  onChange?: () => void;
}): PageSignIn {
  const { elapsed, now, onChange = () => {} } = settings;
  let codes: { readonly hash: Buffer; readonly untilMs: number }[] = [];
  // A time ahead of the clock, which was set back since, would keep a session for as long as it was ahead.
  let sessions: HeldSession[] = (settings.kept ?? []).slice(-maxSessions).map((one) => ({
    cookie: Buffer.from(one.cookieHash, "hex"),
    key: Buffer.from(one.keyHash, "hex"),
    pictureKey: Buffer.from(one.pictureKeyHash, "hex"),
    usedMs: Math.min(one.usedAtMs, now()),
    keptUsedMs: one.usedAtMs,
  }));

  const addCode = (untilMs: number): string => {
    const code = createSecret();
    codes = [...codes, { hash: digest(code), untilMs }].slice(-maxCodes);
    return code;
  };
  const takeCode = (code: string): { untilMs: number } | undefined => {
    const hash = digest(code);
    const found = codes.find((one) => isSame(one.hash, hash));
    if (found === undefined) return undefined;
    codes = codes.filter((one) => one !== found);
    return elapsed() > found.untilMs ? undefined : found;
  };
  const admit = (belongs: (one: HeldSession) => boolean): boolean => {
    const atMs = now();
    sessions = sessions.filter(({ usedMs }) => atMs - usedMs <= sessionLifeMs);
    const found = sessions.find(belongs);
    if (found === undefined) return false;
    found.usedMs = atMs;
    if (Math.abs(atMs - found.keptUsedMs) >= usedStepMs) {
      found.keptUsedMs = atMs;
      onChange();
    }
    return true;
  };

  return {
    createCode: () => ({ code: addCode(elapsed() + codeLifeMs), lifeMs: codeLifeMs }),
    renew(code) {
      const taken = takeCode(code);
      return taken && addCode(taken.untilMs);
    },
    exchange(code) {
      if (takeCode(code) === undefined) return undefined;
      const session: PageSession = { cookie: createSecret(), key: createSecret() };
      const pictureKey = pictureKeyOf(session.key);
      const held = {
        cookie: digest(session.cookie),
        key: digest(session.key),
        pictureKey: digest(pictureKey),
        usedMs: now(),
        keptUsedMs: now(),
      };
      sessions = [...sessions, held].slice(-maxSessions);
      onChange();
      return { ...session, pictureKey };
    },
    admits({ cookie, key }) {
      const given = { cookie: digest(cookie), key: digest(key) };
      return admit((one) => isSame(one.cookie, given.cookie) && isSame(one.key, given.key));
    },
    admitsPictures({ cookie, pictureKey }) {
      const given = { cookie: digest(cookie), pictureKey: digest(pictureKey) };
      return admit((one) => isSame(one.cookie, given.cookie) && isSame(one.pictureKey, given.pictureKey));
    },
    sessions: () =>
      sessions.map(({ cookie, key, pictureKey, usedMs }) => ({
        cookieHash: cookie.toString("hex"),
        keyHash: key.toString("hex"),
        pictureKeyHash: pictureKey.toString("hex"),
        usedAtMs: usedMs,
      })),
  };
}
