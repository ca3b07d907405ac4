/** What a token says about its own life. Nothing here is verified: only the shop can do that. */
interface TokenLife {
  /** Milliseconds since 1970 by the shop's clock; `null` where the token does not say. */
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number | null;
}

/** Reads `iat` and `exp`. A text that is no JSON Web Token says nothing; it is not an error. */
export function readTokenLife(token: string): TokenLife {
  const [, payload] = token.split(".");
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString("utf8"));
  } catch {
    claims = undefined; // an opaque token is a token all the same
  }
  const { iat, exp } =
    typeof claims === "object" && claims !== null ? (claims as { iat?: unknown; exp?: unknown }) : {};
  return { issuedAtMs: secondsToMs(iat), expiresAtMs: secondsToMs(exp) };
}

/** Five minutes: longer than one request with all its phases may take, and than most clocks are wrong. */
const marginMs = 5 * 60_000;

/**
 * When (by our clock) a token should be replaced; `null` when nobody can tell.
 *
 * For a token that was issued just now, its length of life counts and not the shop's dates, so that a wrong clock on
 * either side does no harm. For one that was kept from before, only the shop's date is left.
 */
export function decideReplaceAtMs(life: TokenLife, received: { now: number; justIssued: boolean }): number | null {
  if (life.expiresAtMs === null) return null;
  const lifeMs = life.issuedAtMs === null ? null : life.expiresAtMs - life.issuedAtMs;
  // A tenth: a token that lives ten minutes is still used for nine.
  const early = lifeMs === null || lifeMs <= 0 ? marginMs : Math.min(marginMs, lifeMs / 10);
  if (!received.justIssued) return life.expiresAtMs - early;
  if (lifeMs !== null && lifeMs > 0) return received.now + lifeMs - early;
  const replaceAtMs = life.expiresAtMs - early;
  // Expired on arrival means that the clocks disagree; using it until it is refused beats logging in at every call.
  return replaceAtMs > received.now ? replaceAtMs : null;
}

function secondsToMs(claim: unknown): number | null {
  const seconds = typeof claim === "string" ? Number(claim) : claim;
  return typeof seconds === "number" && Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : null;
}
