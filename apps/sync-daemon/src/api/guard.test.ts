import { describe, expect, it } from "vitest";
import { createTokenBrake, judgeRequest } from "./guard.ts";

const token = "a".repeat(64);
const page = { cookie: "c".repeat(43), key: "k".repeat(43) };
const own = {
  port: 4747,
  token,
  admitsPictures: (given: { cookie: string; pictureKey: string }) =>
    given.cookie === page.cookie && given.pictureKey === "p".repeat(43),
  admitsPage: (given: typeof page) => given.cookie === page.cookie && given.key === page.key,
};
const good: [string, string][] = [
  ["Host", "127.0.0.1:4747"],
  ["Authorization", `Bearer ${token}`],
];

function judge(request: {
  method?: string;
  url?: string;
  headers?: readonly (readonly [string, string])[];
}): number | "served" {
  const { method = "GET", url = "/api/v1/status", headers = good } = request;
  return judgeRequest({ method, url, rawHeaders: headers.flat() }, own)?.status ?? "served";
}

const withHeader = (name: string, value: string): [string, string][] => [...good, [name, value]];
const withHost = (...hosts: string[]): [string, string][] => [
  ...hosts.map((host): [string, string] => ["Host", host]),
  ["Authorization", `Bearer ${token}`],
];

describe("the guard", () => {
  it.each(["127.0.0.1:4747", "localhost:4747", "[::1]:4747", "LOCALHOST:4747"])("serves the host %s", (host) => {
    expect(judge({ headers: withHost(host) })).toBe("served");
  });

  it.each([
    "127.0.0.1",
    "127.0.0.1:80",
    "127.0.0.1:47470",
    "0.0.0.0:4747",
    "localhost",
    "localhost.:4747",
    "localhost.evil:4747",
    "evil.localhost:4747",
    "rebind.test:4747",
    "127.0.0.2:4747",
    "127.1:4747",
    "2130706433:4747",
    "[::]:4747",
    "::1:4747",
    "user@127.0.0.1:4747",
    "127.0.0.1:4747, 127.0.0.1:4747",
    " ",
    "",
  ])("refuses the host %j", (host) => {
    expect(judge({ headers: withHost(host) })).toBe(403);
    expect(judge({ url: "/healthz", headers: [["Host", host]] })).toBe(403);
  });

  it("refuses a missing and a doubled host", () => {
    expect(judge({ headers: withHost() })).toBe(403);
    expect(judge({ headers: withHost("127.0.0.1:4747", "127.0.0.1:4747") })).toBe(403);
    expect(
      judge({
        headers: [
          ["host", "127.0.0.1:4747"],
          ["HOST", "evil:4747"],
          ["Authorization", `Bearer ${token}`],
        ],
      }),
    ).toBe(403);
  });

  it.each(["http://127.0.0.1:4747/api/v1/status", "http://evil/", "//evil/api", "*", ""])(
    "refuses the request target %j",
    (url) => {
      expect(judge({ url })).toBe(403);
    },
  );

  it.each(["http://127.0.0.1:4747"])("serves the origin %s", (origin) => {
    expect(judge({ headers: withHeader("Origin", origin) })).toBe("served");
  });

  it.each([
    "null",
    "http://localhost:4747",
    "https://127.0.0.1:4747",
    "http://127.0.0.1",
    "http://evil.example",
    "http://127.0.0.1:4747.evil",
    "",
    "file://",
  ])("refuses the origin %j", (origin) => {
    expect(judge({ headers: withHeader("Origin", origin) })).toBe(403);
  });

  it("refuses when one of two origins is another's", () => {
    expect(
      judge({ headers: [...withHeader("Origin", "http://127.0.0.1:4747"), ["Origin", "http://evil.example"]] }),
    ).toBe(403);
  });

  it.each([
    ["same-origin", "served"],
    ["none", "served"],
    ["same-site", 403],
    ["cross-site", 403],
    ["", 403],
  ])("answers Sec-Fetch-Site %j with %s", (site, outcome) => {
    expect(judge({ headers: withHeader("Sec-Fetch-Site", site) })).toBe(outcome);
  });

  it.each([
    ["OPTIONS", 403],
    ["PUT", 405],
    ["DELETE", 405],
    ["PATCH", 405],
    ["TRACE", 405],
    ["CONNECT", 405],
    ["HEAD", "served"],
  ])("answers %s with %s", (method, outcome) => {
    expect(judge({ method })).toBe(outcome);
  });

  it.each([
    [undefined],
    [""],
    ["Bearer"],
    ["Bearer "],
    [`Bearer ${"b".repeat(64)}`],
    [`Bearer ${token.slice(1)}`],
    [`Bearer ${token}a`],
    [`Bearer ${token} ${token}`],
    [`Basic ${token}`],
    [token],
    [`Bearer ${token.toUpperCase()}`],
  ])("asks for the token when it is %j", (authorization) => {
    const headers: [string, string][] = [["Host", "127.0.0.1:4747"]];
    if (authorization !== undefined) headers.push(["Authorization", authorization]);
    expect(judge({ headers })).toBe(401);
  });

  it("asks for the token everywhere but at the health check, however that is spelled", () => {
    const headers: [string, string][] = [["Host", "127.0.0.1:4747"]];
    expect(judge({ url: "/healthz", headers })).toBe("served");
    expect(judge({ url: "/healthz?nonce=x", headers })).toBe("served");
    for (const url of [
      "/metrics",
      "/pictures/1/0/small",
      "/api",
      "/api/v1/status",
      "/healthz/",
      "/healthz/../api/v1/status",
      "/HEALTHZ",
      "/healthz#",
      "/%68ealthz",
      "/api/../healthz",
    ]) {
      expect(judge({ url, headers }), url).toBe(401);
    }
  });

  it("refuses two tokens and two content types, since others may read the other one", () => {
    expect(judge({ headers: withHeader("Authorization", "Bearer x") })).toBe(401);
    const twoTypes = [...withHeader("Content-Type", "application/json"), ["Content-Type", "text/plain"] as const];
    expect(judge({ method: "POST", headers: twoTypes })).toBe(415);
  });

  it("does not take the token from the address or a cookie", () => {
    const headers: [string, string][] = [
      ["Host", "127.0.0.1:4747"],
      ["Cookie", `token=${token}`],
    ];
    expect(judge({ url: `/api/v1/status?token=${token}`, headers })).toBe(401);
  });

  it.each([
    ["both", `asset-sync-4747=${page.cookie}`, page.key, "served"],
    ["both, among others", `a=1;asset-sync-4747=${page.cookie};  b=2`, page.key, "served"],
    ["no key", `asset-sync-4747=${page.cookie}`, undefined, 401],
    ["an empty key", `asset-sync-4747=${page.cookie}`, "", 401],
    ["no cookie", undefined, page.key, 401],
    ["another port's cookie", `asset-sync-4748=${page.cookie}`, page.key, 401],
    ["a cookie whose name only ends alike", `x-asset-sync-4747=${page.cookie}`, page.key, 401],
    ["two cookies of one name", `asset-sync-4747=${page.cookie}; asset-sync-4747=x`, page.key, 401],
    ["the token as both", `asset-sync-4747=${token}`, token, 401],
  ])("answers a page with %s", (_, cookie, key, outcome) => {
    const headers: [string, string][] = [["Host", "127.0.0.1:4747"]];
    if (cookie !== undefined) headers.push(["Cookie", cookie]);
    if (key !== undefined) headers.push(["X-Asset-Sync-Page", key]);
    expect(judge({ headers })).toBe(outcome);
    // What a page of ours may do, no other page may, whatever it carries.
    expect(judge({ headers: [...headers, ["Origin", "http://127.0.0.1:4748"]] })).toBe(403);
    expect(judge({ headers: [...headers, ["Sec-Fetch-Site", "same-site"]] })).toBe(403);
  });

  it("lets a page of elsewhere navigate to the landing page, and to nothing else", () => {
    const navigation = (site: string, more: [string, string][] = []): [string, string][] => [
      ["Host", "127.0.0.1:4747"],
      ["Sec-Fetch-Site", site],
      ...more,
    ];
    const top: [string, string][] = [
      ["Sec-Fetch-Mode", "navigate"],
      ["Sec-Fetch-Dest", "document"],
    ];
    const frame: [string, string][] = [
      ["Sec-Fetch-Mode", "navigate"],
      ["Sec-Fetch-Dest", "iframe"],
    ];
    expect(judge({ url: "/open", headers: navigation("cross-site", top) })).toBe("served");
    expect(judge({ url: "/open", headers: navigation("same-site", top) })).toBe("served");
    expect(judge({ url: "/open", headers: navigation("none", top) })).toBe("served");
    expect(judge({ url: "/open", headers: navigation("cross-site", frame) })).toBe(403);
    expect(judge({ url: "/open", headers: navigation("cross-site") })).toBe(403);
    expect(judge({ url: "/open", headers: navigation("cross-site", top.slice(0, 1)) })).toBe(403);
    expect(judge({ url: "/open", method: "POST", headers: navigation("cross-site", top) })).toBe(403);
    expect(judge({ url: "/open", headers: [...navigation("cross-site", top), ["Origin", "null"]] })).toBe(403);
    for (const url of [
      "/",
      "/catalog",
      "/open/",
      "/open.js",
      "/assets/x.js",
      "/favicon.ico",
      "/healthz",
      "/page-landing",
    ])
      expect(judge({ url, headers: navigation("cross-site", top) }), url).toBe(403);
  });

  const cookie = `asset-sync-4747=${page.cookie}`;
  const pictureKey = "p".repeat(43);
  it.each([
    ["cookie and picture key", `/pictures/7/0/small?key=${pictureKey}&revision=1`, cookie, "served"],
    ["no cookie", `/pictures/7/0/small?key=${pictureKey}`, undefined, 401],
    ["another port's cookie", `/pictures/7/0/small?key=${pictureKey}`, `asset-sync-1=${page.cookie}`, 401],
    ["no key", "/pictures/7/0/small", cookie, 401],
    ["a wrong key", `/pictures/7/0/small?key=${pictureKey}x`, cookie, 401],
    ["the page's key", `/pictures/7/0/small?key=${page.key}`, cookie, 401],
    ["two keys", `/pictures/7/0/small?key=${pictureKey}&key=${pictureKey}`, cookie, 401],
    ["the key at another place", `/api/v1/status?key=${pictureKey}`, cookie, 401],
    ["the key at a place that only begins alike", `/pictures?key=${pictureKey}`, cookie, 401],
  ])("answers an image with %s", (_, url, cookies, outcome) => {
    const headers: [string, string][] = [["Host", "127.0.0.1:4747"]];
    if (cookies !== undefined) headers.push(["Cookie", cookies]);
    expect(judge({ url, headers })).toBe(outcome);
    expect(judge({ url, headers: [...headers, ["Sec-Fetch-Site", "cross-site"]] })).toBe(403);
    expect(judge({ url, headers: [...headers, ["Origin", "http://127.0.0.1:4748"]] })).toBe(403);
    // Pictures are looked at and nothing else.
    expect(judge({ method: "POST", url, headers: [...headers, ["Content-Type", "application/json"]] })).toBe(401);
  });

  it("opens the exchange of a page's code to a POST of JSON only", () => {
    const headers: [string, string][] = [["Host", "127.0.0.1:4747"]];
    const json: [string, string] = ["Content-Type", "application/json"];
    expect(judge({ method: "POST", url: "/page-session", headers: [...headers, json] })).toBe("served");
    expect(judge({ method: "POST", url: "/page-session", headers })).toBe(415);
    expect(judge({ url: "/page-session", headers })).toBe(401);
    expect(judge({ method: "POST", url: "/page-landing", headers: [...headers, json] })).toBe("served");
    expect(judge({ url: "/page-landing", headers })).toBe(401);
    expect(judge({ method: "POST", url: "/page-session/", headers: [...headers, json] })).toBe(401);
    expect(judge({ method: "POST", url: "/healthz", headers: [...headers, json] })).toBe(401);
  });

  it.each([
    ["application/json", "served"],
    ["application/json; charset=utf-8", "served"],
    ["Application/JSON", "served"],
    ["text/plain", 415],
    ["application/x-www-form-urlencoded", 415],
    ["multipart/form-data; boundary=x", 415],
    ["text/plain; application/json", 415],
    ["application/jsonp", 415],
    ["", 415],
  ])("answers a POST of %j with %s", (contentType, outcome) => {
    expect(judge({ method: "POST", headers: withHeader("Content-Type", contentType) })).toBe(outcome);
    expect(judge({ method: "POST" })).toBe(415);
  });
});

describe("wrong tokens", () => {
  it("wait a second from the 21st within a minute", () => {
    let nowMs = 0;
    const brake = createTokenBrake({ now: () => nowMs });
    const delays = Array.from({ length: 22 }, () => brake.delayAfterWrongToken());
    expect(delays.slice(0, 20)).toEqual(Array(20).fill(0));
    expect(delays.slice(20)).toEqual([1_000, 1_000]);
    nowMs = 60_001;
    expect(brake.delayAfterWrongToken()).toBe(0);
  });
});
