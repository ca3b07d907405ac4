import type { Exchange } from "../hosts/exchange.ts";
import type { Caller } from "./access.ts";
import { type Environment, newId } from "./environment.ts";
import { forbidden, invalid, Problem } from "./problem.ts";
import type { Access } from "./records.ts";

/** The headers that carry a credential; one of them, and no more, comes with each request. */
export const credentialHeaders = ["api_key", "user_token", "guest_token"] as const;

/** Who asks. None is 401, two are 400, a wrong one is 403, an expired one what the settings say. */
export function callerOf(env: Environment, headers: Exchange["headers"]): Caller {
  const sent = credentialHeaders.filter((name) => headers[name] !== undefined);
  const [header, second] = sent;
  if (header === undefined)
    throw new Problem(401, `A credential is missing: one of the headers ${credentialHeaders.join(", ")}.`);
  if (second !== undefined) throw invalid(`Only one credential may be sent; these came: ${sent.join(", ")}.`);
  const value = headers[header] ?? "";
  const { settings } = env;
  if (header === "api_key") {
    if (value === settings.apiKey) return { kind: "api-key" };
    throw forbidden("The api_key is not known.");
  }
  if (header === "user_token") {
    if (value === settings.publicToken) return { kind: "public" };
    if (value === settings.apiKey && settings.apiKeyAsUserToken) return { kind: "api-key" };
  }
  const token = env.tokens.get(value);
  if (token === undefined || header !== `${token.kind}_token`) throw forbidden(`The ${header} is not known.`);
  if (env.clock.now() >= token.expiresAtMs) throw new Problem(settings.expiredStatus, `The ${header} has expired.`);
  if (token.kind === "guest") {
    if (!env.sessions.has(token.sessionId)) throw forbidden("The session of this guest_token has ended.");
    return { kind: "guest", sessionId: token.sessionId, guestId: token.guestId };
  }
  const user = token.userId === env.owner.userId ? env.owner : env.users.get(token.userId);
  if (user === undefined) throw forbidden("The user of this user_token was deleted.");
  return { kind: "user", user, scope: token.scope };
}

export function issueUserToken(env: Environment, given: { userId: string; scope: Access; lifeMs: number }): string {
  const token = `3dverse-user-token-${newId()}`;
  env.tokens.set(token, {
    kind: "user",
    userId: given.userId,
    scope: given.scope,
    expiresAtMs: env.clock.now() + given.lifeMs,
  });
  return token;
}

export function issueGuestToken(env: Environment, sessionId: string): string {
  const token = `3dverse-guest-token-${newId()}`;
  const expiresAtMs = env.clock.now() + env.settings.guestTokenLifeMs;
  env.tokens.set(token, { kind: "guest", sessionId, guestId: newId(), expiresAtMs });
  return token;
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** How long a `ttl` lasts: a whole number and one of s, m, h, d; undefined where it is none. The document shows `24h`. */
export function ttlMs(ttl: string): number | undefined {
  const [, count, unit] = /^([1-9]\d*)([smhd])$/.exec(ttl) ?? [];
  return count === undefined ? undefined : Number(count) * unitMs[unit as keyof typeof unitMs];
}
