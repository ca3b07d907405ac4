import { inspect } from "node:util";
import { ApiError, type HttpSettings } from "@org/http-core/policy";
import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import { create3dverse } from "../3dverse-client.ts";

export const origin = "https://api.3dverse.com";
export const base = "/app/v1";
export const apiKey = "planted-api-key-4711";

/** Retries without waits, no proxy of this machine. */
export const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

export const client = (http: HttpSettings = quick) => create3dverse({ credential: { apiKey }, http });

/** The service; paths below its base. */
export const service = (headers: nock.Options = {}) => nock(origin + base, headers);

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

/** The failure of a call that must fail. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<ApiError> {
  const error = await promise.then(
    (value) => new Error(`expected a failure, got ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  if (!ApiError.isInstance(error)) throw error;
  return error;
}
