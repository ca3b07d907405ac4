import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkArchiveHosts, decideFileUrl, readLinkExpiry } from "./file-url.ts";

describe("decideFileUrl", () => {
  it.each([
    ["https://r2.imeshh.com/a.zip", ["r2.imeshh.com"]],
    ["https://R2.iMeshh.com:8443/a b.zip?x=1", ["r2.imeshh.com"]],
    ["https://r2.imeshh.com./a.zip", ["R2.imeshh.com"]],
    ["http://127.0.0.1:4001/a.zip", ["127.0.0.1"]],
    ["http://localhost:4001/a.zip", ["localhost"]],
    ["http://[::1]:4001/a.zip", ["::1"]],
  ])("allows %s", (address, hosts) => {
    expect(decideFileUrl(address, hosts).isAllowed).toBe(true);
  });

  it.each([
    ["http://r2.imeshh.com/a.zip", ["r2.imeshh.com"], /http and not https/],
    ["http://127.0.0.1/a.zip", ["r2.imeshh.com"], /not in archiveHosts/],
    ["https://r2.imeshh.com.evil.example/", ["r2.imeshh.com"], /not in archiveHosts/],
    ["https://user:pw@r2.imeshh.com/", ["r2.imeshh.com"], /user name/],
    ["ftp://r2.imeshh.com/", ["r2.imeshh.com"], /ftp/],
    ["file:///etc/passwd", [""], /file/],
    ["//r2.imeshh.com/a", ["r2.imeshh.com"], /no web address/],
    ["https://r2.imeshh.com/", [], /not in archiveHosts/],
  ])("refuses %s", (address, hosts, reason) => {
    const decision = decideFileUrl(address, hosts);
    expect(decision.isAllowed ? "" : decision.reason).toMatch(reason);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => void decideFileUrl(text, ["a"])));
  });
});

it.each([
  ["https://h/a?X-Amz-Date=20250701T120000Z&X-Amz-Expires=60", Date.UTC(2025, 6, 1, 12, 1)],
  ["https://h/a?x-amz-date=20250701T120000Z&x-amz-expires=60", Date.UTC(2025, 6, 1, 12, 1)],
  ["https://h/a?Expires=1751371200&Signature=x", 1_751_371_200_000],
  ["https://h/a?expires=1751371200", 1_751_371_200_000],
  ["https://h/a?Expires=soon", null],
  ["https://h/a?X-Amz-Date=yesterday&X-Amz-Expires=60", null],
  ["https://h/a", null],
])("the expiry of %s is %s", (address, expiry) => {
  expect(readLinkExpiry(new URL(address))).toBe(expiry);
});

describe("checkArchiveHosts", () => {
  it.each(["r2.imeshh.com", "localhost", "127.0.0.1", "::1", "[::1]", "2001:db8::7", "R2.iMeshh.com"])(
    "takes %s",
    (host) => {
      expect(() => checkArchiveHosts([host])).not.toThrow();
    },
  );

  it.each([
    "https://r2.imeshh.com",
    "r2.imeshh.com:443",
    "127.0.0.1:4001",
    "localhost:80",
    "r2.imeshh.com/",
    "*.imeshh.com",
    "",
    "a b",
  ])("refuses %j", (host) => {
    expect(() => checkArchiveHosts([host])).toThrow(TypeError);
  });
});
