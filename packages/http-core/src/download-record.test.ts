import { describe, expect, it } from "vitest";
import { bytesToKeep, type DownloadRecord, resourceKey, validatorOf } from "./download-record.ts";

const record: DownloadRecord = {
  version: 1,
  url: "https://r2.example/a.zip",
  resource: "r",
  totalBytes: 1_000,
  etag: '"1"',
  syncedBytes: 300,
  boot: "b",
};
const facts = { record, resource: "r", partBytes: 500, boot: "b", expectedBytes: undefined, maxBytes: 1_000 };

describe("bytesToKeep", () => {
  it.each([
    ["the same boot", {}, 500],
    ["another boot", { boot: "c" }, 300],
    ["a boot nobody knows", { boot: undefined, record: { ...record, boot: undefined } }, 300],
    ["a part shorter than what was synced", { boot: "c", partBytes: 100 }, 100],
    ["another resource", { resource: "s" }, 0],
    ["no record", { record: undefined }, 0],
    ["no validator", { record: { ...record, etag: undefined } }, 0],
    ["a date as validator", { record: { ...record, etag: undefined, lastModified: "x" } }, 500],
    ["another expected length", { expectedBytes: 999 }, 0],
    ["the expected length", { expectedBytes: 1_000 }, 500],
    ["a limit below the total", { maxBytes: 999 }, 0],
    ["a part that is too long", { partBytes: 1_001 }, 0],
    ["a whole part", { partBytes: 1_000 }, 1_000],
  ])("%s", (_name, more, expected) => {
    expect(bytesToKeep({ ...facts, ...more })).toBe(expected);
  });
});

describe("validatorOf", () => {
  const date = "Thu, 01 Jan 2026 12:00:00 GMT";
  const now = Date.parse(date);
  it.each([
    [{ etag: '"abc"' }, { etag: '"abc"' }],
    [{ etag: 'W/"abc"' }, undefined],
    [{ etag: "abc" }, undefined],
    [{ etag: '""' }, undefined],
    [{ "last-modified": "Thu, 01 Jan 2026 11:59:00 GMT", date }, { lastModified: "Thu, 01 Jan 2026 11:59:00 GMT" }],
    [{ "last-modified": "Thu, 01 Jan 2026 11:59:01 GMT", date }, undefined],
    [{ "last-modified": "Thu, 01 Jan 2026 11:59:00 GMT" }, { lastModified: "Thu, 01 Jan 2026 11:59:00 GMT" }],
    [{ "last-modified": "yesterday", date }, undefined],
    [{}, undefined],
  ])("%o", (headers, expected) => {
    expect(validatorOf(headers as Record<string, string>, now)).toEqual(expected);
  });
});

describe("resourceKey", () => {
  const key = (url: string) => resourceKey(new URL(url));
  it("is the same for two links to one file and different for two files", () => {
    const base = key("https://r2.example/a.zip?X-Amz-Signature=1&X-Amz-Expires=60&part=2");
    expect(key("https://r2.example/a.zip?part=2&X-Amz-Signature=2&X-Amz-Expires=90")).toBe(base);
    for (const other of [
      "https://r2.example/a.zip?part=3",
      "https://r2.example/b.zip?part=2",
      "https://r3.example/a.zip?part=2",
    ]) {
      expect(key(other)).not.toBe(base);
    }
  });
});
