import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { chooseProxy, isExempt, printableProxy, proxyAuthorization } from "./proxy.ts";

const https = new URL("https://shop.example.com/a");
const http = new URL("http://feeds.example.com/a");

describe("chooseProxy", () => {
  it.each([
    ["HTTPS_PROXY", { HTTPS_PROXY: "http://p:1" }, https, "p:1"],
    ["lower case", { https_proxy: "http://p:1" }, https, "p:1"],
    ["lower case first", { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }, https, "low:1"],
    ["HTTP_PROXY is for http only", { HTTP_PROXY: "http://p:1" }, https, undefined],
    ["HTTP_PROXY", { HTTP_PROXY: "http://p:1" }, http, "p:1"],
    ["ALL_PROXY", { ALL_PROXY: "http://p:1" }, https, "p:1"],
    ["the special one before ALL_PROXY", { ALL_PROXY: "http://all:1", HTTPS_PROXY: "http://p:1" }, https, "p:1"],
    ["without a scheme", { HTTPS_PROXY: "proxy.example:3128" }, https, "proxy.example:3128"],
    ["empty is none", { HTTPS_PROXY: "" }, https, undefined],
    ["NO_PROXY", { HTTPS_PROXY: "http://p:1", NO_PROXY: "example.com" }, https, undefined],
    ["no_proxy", { HTTPS_PROXY: "http://p:1", no_proxy: "other.com, example.com" }, https, undefined],
  ])("%s", (_name, environment, url, expected) => {
    const proxy = chooseProxy(url, "environment", environment);
    expect(proxy && printableProxy(proxy)).toBe(expected);
  });

  it("obeys what was said explicitly, and ignores the environment then", () => {
    const environment = { HTTPS_PROXY: "http://p:1" };
    expect(chooseProxy(https, "none", environment)).toBeUndefined();
    expect(chooseProxy(https, { url: "http://own:2" }, environment)?.host).toBe("own:2");
    expect(chooseProxy(https, { url: "http://own:2", noProxy: "*" }, environment)).toBeUndefined();
  });

  it.each([
    "http://localhost/",
    "http://127.0.0.1:8080/",
    "https://127.9.9.9/",
    "http://[::1]:80/",
    "http://a.localhost/",
  ])("never sends %s to a proxy", (url) => {
    expect(chooseProxy(new URL(url), { url: "http://p:1" })).toBeUndefined();
  });

  it("keeps the password out of what is printed and thrown", () => {
    const proxy = chooseProxy(https, { url: "http://user:pa55word@p:1" });
    expect(proxy?.password).toBe("pa55word");
    expect(proxy && printableProxy(proxy)).toBe("p:1");
    expect(() => chooseProxy(https, { url: "socks5://user:pa55word@p:1" })).toThrow(/socks5/);
    expect(() => chooseProxy(https, { url: "socks5://user:pa55word@p:1" })).not.toThrow(/pa55word/);
    expect(() => chooseProxy(https, { url: "http://user:pa55word@:x" })).not.toThrow(/pa55word/);
  });
});

describe("isExempt", () => {
  it.each([
    ["*", "https://shop.example.com/", true],
    ["shop.example.com", "https://shop.example.com/", true],
    ["SHOP.example.com", "https://shop.example.com/", true],
    ["example.com", "https://shop.example.com/", true],
    [".example.com", "https://shop.example.com/", true],
    ["*.example.com", "https://shop.example.com/", true],
    ["example.com", "https://badexample.com/", false],
    ["shop.example.com", "https://example.com/", false],
    ["example.com:443", "https://shop.example.com/", true],
    ["example.com:8443", "https://shop.example.com/", false],
    ["example.com:8443", "https://shop.example.com:8443/", true],
    ["10.0.0.0/8", "http://10.1.2.3/", true],
    ["10.0.0.0/8", "http://11.1.2.3/", false],
    ["10.0.0.0/8", "http://ten.example/", false],
    ["10.1.2.3", "http://10.1.2.3/", true],
    ["10.1.2.3:80", "http://10.1.2.3/", true],
    ["1.2.3", "http://10.1.2.3/", false],
    ["fd00::/8", "http://[fd00::1]/", true],
    ["[fd00::1]:80", "http://[fd00:0::1]/", true],
    ["fd00::1", "http://[fd00::1]/", true],
    ["10.0.0.0/99", "http://10.1.2.3/", false],
    ["", "http://10.1.2.3/", false],
    [".", "http://x/", false],
  ])("%s and %s", (noProxy, url, expected) => {
    expect(isExempt(new URL(url), noProxy)).toBe(expected);
    expect(isExempt(new URL(url), `other.test ${noProxy},another.test`)).toBe(expected);
  });

  it("holds for every subdomain and for no other host", () => {
    const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/);
    fc.assert(
      fc.property(label, label, label, (sub, name, top) => {
        const url = (host: string) => new URL(`https://${host}/`);
        for (const entry of [`${name}.${top}x`, `.${name}.${top}x`, `*.${name}.${top}x`]) {
          expect(isExempt(url(`${sub}.${name}.${top}x`), entry)).toBe(true);
          expect(isExempt(url(`${sub}${name}.${top}x`), entry)).toBe(false);
          expect(isExempt(url(`${sub}.${name}.${top}xy`), entry)).toBe(false);
        }
      }),
    );
  });
});

it("sends name and password of a proxy decoded", () => {
  const sent = proxyAuthorization(new URL("http://na%40me:pass%3Aword@p:1"))["proxy-authorization"] ?? "";
  expect(Buffer.from(sent.replace("Basic ", ""), "base64").toString()).toBe("na@me:pass:word");
  expect(proxyAuthorization(new URL("http://p:1"))).toEqual({});
});
