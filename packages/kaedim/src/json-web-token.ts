/** Twelve hours. Source: Kaedim Web API, "Refreshing a JWT". */
const documentedLifeMs = 12 * 60 * 60_000;

/** Five minutes: longer than one request with all its phases may take, and than most clocks are wrong. */
const marginMs = 5 * 60_000;

/** When a JWT ends, in milliseconds since 1970 by Kaedim's clock; `null` where it does not say. Nothing is verified. */
export function readExpiryMs(jwt: string): number | null {
  return readClaims(jwt).expiresAtMs;
}

/**
 * When (by our clock) a JWT should be replaced; `null` when nobody can tell.
 *
 * For one that was issued just now, its length of life counts and not Kaedim's dates, so that a wrong clock on either
 * side does no harm. For one that was kept from before, only Kaedim's date is left.
 */
export function decideReplaceAtMs(jwt: string, received: { now: number; justIssued: boolean }): number | null {
  const { issuedAtMs, expiresAtMs } = readClaims(jwt);
  const claimedLifeMs = issuedAtMs === null || expiresAtMs === null ? null : expiresAtMs - issuedAtMs;
  const lifeMs = claimedLifeMs !== null && claimedLifeMs > 0 ? claimedLifeMs : documentedLifeMs;
  // A tenth: a token that lives ten minutes is still used for nine.
  const earlyMs = Math.min(marginMs, lifeMs / 10);
  if (received.justIssued) return received.now + lifeMs - earlyMs;
  return expiresAtMs === null ? null : expiresAtMs - earlyMs;
}

function readClaims(jwt: string): { issuedAtMs: number | null; expiresAtMs: number | null } {
  const [, payload] = jwt.split(".");
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

function secondsToMs(claim: unknown): number | null {
  return typeof claim === "number" && Number.isFinite(claim) && claim > 0 ? claim * 1_000 : null;
}
