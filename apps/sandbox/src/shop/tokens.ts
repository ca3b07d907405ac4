import { createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Account } from "./accounts.ts";

/** Why a token is not good, in the plugin's codes and words. */
interface TokenProblem {
  code: "jwt_auth_invalid_token" | "jwt_auth_bad_iss" | "jwt_auth_bad_request";
  message: string;
}

export interface Tokens {
  /** A token in the JWT plugin's form: HS256 with `iss`, `iat`, `nbf`, `exp` and `data.user.id`. */
  issue(account: Account): string;
  check(token: string): { account: Account } | { problem: TokenProblem };
  /** Makes every token issued so far expired, whatever its `exp` says. */
  expireAll(): void;
  /** Whether the text holds a token that was issued here; for finding leaks. */
  occursIn(text: string): boolean;
}

export function createTokens(settings: {
  clock: Clock;
  secret: string;
  lifeMs: number;
  issuer: () => string;
  accounts: readonly Account[];
}): Tokens {
  const { clock, secret, lifeMs, issuer, accounts } = settings;
  const issued = new Set<string>();
  const expired = new Set<string>();
  let expiredUpToSeconds = Number.NEGATIVE_INFINITY;

  const sign = (payload: object): string => {
    const parts = [{ typ: "JWT", alg: "HS256" }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    return `${parts.join(".")}.${signature(parts.join("."), secret)}`;
  };

  return {
    issue(account) {
      const nowSeconds = Math.floor(clock.now() / 1000);
      let expirySeconds = nowSeconds + Math.floor(lifeMs / 1000);
      for (;;) {
        const token = sign({
          iss: issuer(),
          iat: nowSeconds,
          nbf: nowSeconds,
          exp: expirySeconds,
          data: { user: { id: String(account.userId) } },
        });
        if (!expired.has(token)) {
          issued.add(token);
          return token;
        }
        // Two tokens of one second would be the same text; one that was expired by hand must not come back.
        expirySeconds += 1;
      }
    },
    check(token) {
      const problem = (message: string): { problem: TokenProblem } => ({
        problem: { code: "jwt_auth_invalid_token", message },
      });
      const parts = token.split(".");
      const [header, payload, given] = parts;
      if (parts.length !== 3 || header === undefined || payload === undefined || given === undefined) {
        return problem("Wrong number of segments");
      }
      const claims = parseJsonPart(payload);
      if (parseJsonPart(header) === undefined) return problem("Invalid header encoding");
      if (claims === undefined) return problem("Invalid claims encoding");
      if (!sameText(given, signature(`${header}.${payload}`, secret))) return problem("Signature verification failed");
      const nowSeconds = clock.now() / 1000;
      const issuedAt = Number(claims.iat);
      if (Number(claims.nbf) > nowSeconds) {
        return problem(
          `Cannot handle token prior to ${new Date(Number(claims.nbf) * 1000).toISOString().slice(0, 19)}+0000`,
        );
      }
      const expiredByHand = expired.has(token) || (!issued.has(token) && issuedAt <= expiredUpToSeconds);
      if (expiredByHand || nowSeconds >= Number(claims.exp)) return problem("Expired token");
      if (claims.iss !== issuer()) {
        return { problem: { code: "jwt_auth_bad_iss", message: "The iss do not match with this server" } };
      }
      const account = accounts.find((candidate) => String(candidate.userId) === userIdOf(claims));
      if (account === undefined)
        return { problem: { code: "jwt_auth_bad_request", message: "User ID not found in the token" } };
      return { account };
    },
    expireAll() {
      for (const token of issued) expired.add(token);
      issued.clear();
      expiredUpToSeconds = Math.floor(clock.now() / 1000);
    },
    occursIn: (text) => [...issued, ...expired].some((token) => text.includes(token)),
  };
}

function signature(text: string, secret: string): string {
  return createHmac("sha256", secret).update(text).digest("base64url");
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function parseJsonPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function userIdOf(claims: Record<string, unknown>): string | undefined {
  const data = claims.data as { user?: { id?: unknown } } | null | undefined;
  const id = data?.user?.id;
  return id === undefined ? undefined : String(id);
}
