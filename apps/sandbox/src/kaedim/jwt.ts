import { createHmac, randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";

/** The JWTs of one account, of which only the newest is good. */
export interface Jwts {
  /** A new JWT; the one before it is dead from now on. */
  issue(claims: { devId: string; lifeMs: number }): string;
  /** `replaced`: it was good until another one was issued. */
  check(jwt: string): "good" | "expired" | "replaced" | "unknown";
  /** Makes the newest one expired, whatever its `exp` says. */
  expire(): void;
  /** Milliseconds since 1970; undefined before the first. */
  expiresAtMs(): number | undefined;
  /** All that were issued, the dead ones too. */
  all(): readonly string[];
}

export function createJwts(settings: { clock: Clock; secret: string }): Jwts {
  const { clock, secret } = settings;
  const issued: string[] = [];
  let expiresAtMs: number | undefined;
  return {
    issue({ devId, lifeMs }) {
      const nowMs = clock.now();
      expiresAtMs = nowMs + lifeMs;
      const claims = {
        devID: devId,
        jti: randomUUID(),
        iat: Math.floor(nowMs / 1000),
        exp: Math.floor(expiresAtMs / 1000),
      };
      const text = [{ alg: "HS256", typ: "JWT" }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
        .join(".");
      const jwt = `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
      issued.push(jwt);
      return jwt;
    },
    check(jwt) {
      if (!issued.includes(jwt)) return "unknown";
      if (jwt !== issued.at(-1)) return "replaced";
      return clock.now() >= (expiresAtMs ?? 0) ? "expired" : "good";
    },
    expire() {
      if (expiresAtMs !== undefined) expiresAtMs = clock.now();
    },
    expiresAtMs: () => expiresAtMs,
    all: () => issued,
  };
}
