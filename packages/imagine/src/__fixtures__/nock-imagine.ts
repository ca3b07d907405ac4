import { inspect } from "node:util";
import { ApiError, type HttpSettings } from "@org/http-core";
import { fixtureJson } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";
import { createImagine } from "../index.ts";

export const base = "https://api.imagine.io";
export const bucket = "https://example-bucket.s3.amazonaws.com";
export const secretKey = "sk_planted-secret-4711";
export const publicKey = "pk_planted-public-0815";
export const domain = "yourdomain.com";
export const unicode = "ddd233ee-c968-43bc-9e51-4758d946223a";
export const detailsPath = "/v1/product/details/";
export const statusPath = "/v1/product/status/";
export const contentPath = "/v1/product/shared-content/";
export const rendersPath = "/v1/product/render-images/";

/** Retries without waits, no proxy of this machine. */
export const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

export const writeHeaders = { reqheaders: { authorization: `Imagine-key ${secretKey}`, origin: domain } };
export const readHeaders = { reqheaders: { authorization: `Imagine-key ${publicKey}`, origin: domain } };

export const createClient = (http: HttpSettings = {}) =>
  createImagine({ secretKey, publicKey, domain, http: { ...quick, ...http } });

interface Operation {
  name: string;
  method: string;
  path: string;
  request?: unknown;
  responses: { name: string; status: number; body: nock.Body }[];
}

/** Every operation of the collection, with its examples. */
export const collection = fixtureJson(new URL("../x.ts", import.meta.url).href, "collection.json") as Operation[];

/** An example of the collection: its operation's name, and the beginning of its own. */
export function example(operation: string, name: string): { status: number; body: nock.Body } {
  const found = collection
    .find((one) => one.name === operation)
    ?.responses.find((response) => response.name.startsWith(name));
  if (found === undefined) throw new Error(`The collection has no example “${name}” of ${operation}`);
  return found;
}

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
export async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const error = await promise.then(
    (value) => new Error(`expected a failure, got ${inspect(value)}`),
    (reason: unknown) => reason,
  );
  if (!ApiError.isInstance(error)) throw error;
  return error;
}

/** A form as boto3 makes them. */
export function makeForm(
  change: {
    expiration?: string | undefined;
    conditions?: unknown[];
    fields?: Record<string, string>;
    key?: string;
    url?: string;
  } = {},
) {
  const { expiration = "2099-01-01T00:00:00Z", conditions = [], key = "media/private/model.glb" } = change;
  const policy = { expiration, conditions: [{ bucket: "example-bucket" }, { key }, ...conditions] };
  return {
    url: change.url ?? `${bucket}/`,
    fields: {
      key,
      "x-amz-algorithm": "AWS4-HMAC-SHA256",
      "x-amz-credential": "AKIAPLANTED0000000000/20260421/us-east-1/s3/aws4_request",
      "x-amz-date": "20260421T000000Z",
      policy: Buffer.from(JSON.stringify(policy)).toString("base64"),
      "x-amz-signature": "planted0signature0planted0signature0planted0signature00000000000",
      ...change.fields,
    },
  };
}

/** The parts of a form as sent, in order. */
export function partsOf(body: string): { name: string; fileName: string | undefined; value: string }[] {
  const boundary = /^--([^\r]+)\r\n/.exec(body)?.[1] ?? "";
  return body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => {
      const [head = "", ...rest] = part.split("\r\n\r\n");
      return {
        name: / name="([^"]*)"/.exec(head)?.[1] ?? "",
        fileName: / filename="([^"]*)"/.exec(head)?.[1],
        value: rest.join("\r\n\r\n").replace(/\r\n$/, ""),
      };
    });
}

/** Everything of a list. */
export async function allOf<T>(list: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of list) found.push(one);
  return found;
}
