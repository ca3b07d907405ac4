import { createHash } from "node:crypto";
import type { JournalEntry, Sandbox } from "@org/sandbox";
import { expect } from "vitest";
import { partsOf } from "../src/__fixtures__/nock-imagine.ts";

/** One operation of the collection, and what must be sent and answered. */
export interface Row {
  /** The operation's name in the collection. */
  name: string;
  call: () => Promise<unknown>;
  /** The typed answer. */
  answer: unknown;
  host?: "imagine" | "imagineS3";
  /** Which credential went along. */
  key: "secret" | "public" | "zapier" | "none";
  path?: () => string;
  query?: () => Record<string, string>;
  status: number;
  /** A JSON body, or the fields of a form. */
  json?: () => unknown;
  fields?: () => [string, string][];
}

const sha256 = (data: string) => createHash("sha256").update(data).digest("hex");

/** What the journal shows of each credential. */
function credentialHash(key: Row["key"], sandbox: Sandbox): string | undefined {
  const { secretKey, publicKey, zapierToken } = sandbox.imagine.credentials();
  if (key === "none") return undefined;
  const sent = {
    secret: `Imagine-key ${secretKey}`,
    public: `Imagine-key ${publicKey}`,
    zapier: `Zapier ${zapierToken}`,
  };
  return sha256(sent[key]).slice(0, 8);
}

/** Asserts where and with what a call went. */
export function expectSent(
  row: Row,
  operation: { method: string; path: string },
  { sandbox, entry }: { sandbox: Sandbox; entry: JournalEntry | undefined },
): void {
  const { host = "imagine", key, path, query, status } = row;
  expect(entry).toMatchObject({ host, method: operation.method, status, leak: null, refusal: null });
  // The collection's Zapier paths begin with two slashes, one of them from its variable.
  expect(entry?.path).toBe(path?.() ?? operation.path.replace(/^\/\//, "/"));
  expect(entry?.query).toEqual(query?.() ?? {});
  const { authorization, origin } = entry?.headers ?? {};
  const hash = credentialHash(key, sandbox);
  if (hash === undefined) expect(authorization).toBeUndefined();
  else expect(authorization).toMatch(new RegExp(`sha256:${hash}$`));
  expect(origin).toBe(key === "secret" || key === "public" ? sandbox.imagine.credentials().domain : undefined);
}

/** Asserts what went along. */
export function expectBody(row: Row, { entry, body }: { entry: JournalEntry | undefined; body: string }): void {
  const type = entry?.headers["content-type"];
  if (row.host === "imagineS3") {
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(entry?.headers["content-length"]).toBe(String(entry?.bytesReceived));
    return;
  }
  if (row.json !== undefined) {
    expect(type).toBe("application/json");
    expect(JSON.parse(body)).toEqual(row.json());
  } else if (row.fields !== undefined) {
    expect(type).toMatch(/^multipart\/form-data; boundary=/);
    expect(partsOf(body).map(({ name, value }) => [name, value])).toEqual(row.fields());
  } else {
    expect(body).toBe("");
    expect(type).toBeUndefined();
  }
}
