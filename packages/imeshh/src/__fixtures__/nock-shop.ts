import { inspect } from "node:util";
import { ApiError, type HttpSettings } from "@org/http-core";
import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";

export const shop = "https://shop.imeshh.com";
export const blog = "https://blog.imeshh.com";
export const feeds = "http://imeshh-lambda.s3-website-us-east-1.amazonaws.com";
export const extensions = "https://extensions.imeshh.com";
export const account = { username: "user@example.com", password: "pass-word-123" };

export const loginPath = "/wp-json/jwt-auth/v1/token";
export const subscriptionPath = "/wp-json/imeshh/subscription-information";
export const linkPath = "/wp-json/imeshh/product-information/download-link";
export const productsPath = "/imeshh-all-product-compress-meta-data/latest_products.json";

/** Retries without waits, no proxy of this machine. */
export const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

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

/** A token as the sign-in plugin makes them, its signature aside. */
export function makeToken(claims: { iat?: number; exp?: number; id?: number } = {}): string {
  const { iat = 1_767_225_600, exp = iat + 604_800, id = 7 } = claims;
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const body = { iss: shop, iat, nbf: iat, exp, data: { user: { id: String(id) } } };
  return `${part({ typ: "JWT", alg: "HS256" })}.${part(body)}.c2lnbmF0dXJl`;
}

/** The error of the sign-in plugin, with its own status. */
export function jwtError(code: string, message: string) {
  return { code, message, data: { status: 403 } };
}

/** The failure of a call that must fail. */
export async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    (value) => new Error(`expected a failure, got ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  if (!ApiError.isInstance(error)) throw error;
  return error;
}
