import type { HttpSettings } from "@org/http-core";
import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import type { KaedimSettings } from "../index.ts";

export { failureOf } from "@org/http-core/testing";

export const origin = "https://api.kaedim3d.com";
export const base = "/api/v1";

/** Retries without waits, no proxy of this machine. */
export const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

export const keys = {
  devId: "609d43109ff0b252cce4bc6e",
  apiKey: "planted-api-key-4711",
  refreshToken: "planted-refresh-token-4711",
};

/** A JWT as the document shows them, made whole; the number tells one from another. */
export function makeJwt(id: number, claims: { iat?: number; exp?: number } = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "HS256" })}.${part({ id, ...claims })}.cGxhbnRlZC1zaWduYXR1cmU`;
}

export const jwt = makeJwt(1);

export const settings = (more: Partial<KaedimSettings> = {}): KaedimSettings => ({ ...keys, jwt, http: quick, ...more });

/** Nothing leaves the machine, and every answer that a test prepared must have been asked for. */
export function useNock(): void {
  beforeEach(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.abortPendingRequests();
    nock.cleanAll();
    nock.enableNetConnect();
    expect(pending, "prepared answers that nobody asked for").toEqual([]);
  });
}

/** The API, for requests that carry this JWT in this form. */
export const signed = (token = jwt, form: "bearer" | "raw" = "bearer") =>
  nock(origin, {
    reqheaders: { "x-api-key": keys.apiKey, authorization: form === "bearer" ? `Bearer ${token}` : token },
    badheaders: ["refresh-token"],
  });

/** The API, for requests that carry no JWT. */
export const unsigned = () => nock(origin, { reqheaders: { "x-api-key": keys.apiKey }, badheaders: ["authorization"] });

/** Prepares one refresh that hands out `token`. */
export const refresh = (token: string, times = 1) =>
  nock(origin, {
    reqheaders: { "x-api-key": keys.apiKey, "refresh-token": keys.refreshToken },
    badheaders: ["authorization"],
  })
    .post(`${base}/refreshJWT`, { devID: keys.devId })
    .times(times)
    .reply(200, { status: "success", message: "JWT refreshed successfully.", jwt: token, devID: keys.devId });

export const expired = { status: "error", message: "JWT expired" };

/** One request as the API has it, in a given state. */
export function served(
  more: { requestID?: string; status?: string; results?: unknown; createdAt?: string; dismissedReason?: string | null } = {},
) {
  const { requestID = "req-1", status = "completed", createdAt = "2026-01-01T10:00:00.000Z", dismissedReason = null } = more;
  const { results = { glb: "https://results.example/a.glb?X-Amz-Signature=planted-link-signature" } } = more;
  return {
    requestID,
    createdAt,
    image: ["https://images.example/a.png"],
    image_tags: ["chair"],
    polycount: "20000",
    iterations: [{ createdAt, iterationID: "0", results, status, loq: "standard", dismissedReason }],
  };
}
