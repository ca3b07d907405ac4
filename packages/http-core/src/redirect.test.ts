import { describe, expect, it } from "vitest";
import { createHttpClient } from "./create-http-client.ts";
import type { Operation } from "./operation.ts";
import { isPrivateAddress } from "./private-address.ts";
import { decideRedirect } from "./redirect.ts";
import { isLoopbackHost, isSameOrigin } from "./same-origin.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { withServer } from "./testing/with-server.ts";

const get = {
  name: "Shop get",
  method: "GET",
  path: "/start",
  repeat: "repeatable",
  credentials: true,
} satisfies Operation;
const ours = {
  authorization: "Bearer abc",
  cookie: "a=b",
  "x-api-key": "k",
  "refresh-token": "r",
  origin: "https://app.example",
  api_key: "q",
  "x-own": "1",
};

function clientFor(origin: string) {
  return createHttpClient({
    origin,
    headers: {
      "x-own": "1",
      origin: "https://app.example",
      cookie: "a=b",
      "User-Agent": "agent",
      Accept: "text/plain",
    },
    credentialHeaders: async () => ({
      Authorization: "Bearer abc",
      "X-API-Key": "k",
      "refresh-token": "r",
      api_key: "q",
    }),
    http: { proxy: "none", retry: { baseDelayMs: 1 } },
  });
}

describe("a redirect", () => {
  it("keeps our headers within the origin", async () => {
    await withServer(
      (request, response) =>
        void (request.url === "/start"
          ? response.writeHead(302, { location: "/next?x=1" }).end()
          : response.end("here")),
      async ({ origin, seen }) => {
        expect((await clientFor(origin).requestText(get)).text).toBe("here");
        expect(seen[1]?.url).toBe("/next?x=1");
        expect(seen[1]?.headers).toMatchObject(ours);
      },
    );
  });

  it.each([301, 302, 303, 307, 308])(
    "takes none of them to another origin (%i), nor back from there",
    async (status) => {
      await withServer(
        (request, response) =>
          void (request.url === "/start"
            ? response.writeHead(status, { location: `${origins.other}/away` }).end()
            : response.end("back")),
        async (shop) => {
          await withServer(
            (_request, response) => void response.writeHead(status, { location: `${shop.origin}/back` }).end(),
            async (other) => {
              origins.other = other.origin;
              expect((await clientFor(shop.origin).requestText(get)).text).toBe("back");
              expect(shop.seen[0]?.headers).toMatchObject(ours);
              for (const request of [other.seen[0], shop.seen[1]]) {
                for (const name of Object.keys(ours)) expect(request?.headers[name]).toBeUndefined();
                expect(request?.headers).toMatchObject({ "user-agent": "agent", accept: "text/plain" });
              }
            },
          );
        },
      );
    },
  );
  const origins = { other: "" };

  it.each([
    ["POST", "repeatable", "a POST"],
    ["GET", "once", "only once"],
    ["GET", "spends", "only once"],
  ] as const)("of a %s that is %s is not followed", async (method, repeat, why) => {
    await withServer(
      (_request, response) => void response.writeHead(307, { location: "/next" }).end(),
      async ({ origin, seen }) => {
        const error = await failureOf(clientFor(origin).request({ ...get, method, repeat }));
        expect(error).toMatchObject({ kind: "refusal", code: "redirect-refused", status: 307 });
        expect(error.message).toContain(why);
        expect(seen.length).toBe(1);
      },
    );
  });

  it("is followed five times and not for ever", async () => {
    await withServer(
      (request, response) => {
        const count = Number(/\d+$/.exec(request.url)?.[0] ?? 0);
        response.writeHead(302, { location: `/n${count + 1}` }).end();
      },
      async ({ origin, seen }) => {
        expect((await failureOf(clientFor(origin).request(get))).message).toContain("more than 5 times");
        expect(seen.length).toBe(6);
      },
    );
    await withServer(
      (_request, response) => void response.writeHead(302, { location: "/start" }).end(),
      async ({ origin, seen }) => {
        expect((await failureOf(clientFor(origin).request(get))).message).toContain("circle");
        expect(seen.length).toBe(1);
      },
    );
  });
});

describe("decideRedirect", () => {
  const decide = (from: string, location: string) =>
    decideRedirect({ method: "GET", repeat: "repeatable", location, visited: [new URL(from)], maxRedirects: 5 });

  it.each([
    ["https://shop.example/a", "http://shop.example/a", "plain http"],
    ["https://shop.example/a", "file:///etc/passwd", "sent on to file:"],
    ["https://shop.example/a", "data:text/plain,x", "sent on to data:"],
    ["https://shop.example/a", "javascript:alert(1)", "sent on to javascript:"],
    ["https://shop.example/a", "https://localhost/a", "this machine"],
    ["https://shop.example/a", "https://[::1]/a", "this machine"],
    ["https://shop.example/a", "http://", "no URL"],
  ])("from %s to %s is refused", (from, location, why) => {
    expect(decide(from, location)).toEqual({ refuse: expect.stringContaining(why) });
  });

  it("drops user info and fragment", () => {
    expect(decide("https://a.example/", "https://u:p@b.example/x#y")).toEqual({
      follow: new URL("https://b.example/x"),
    });
  });
});

describe("origins and addresses", () => {
  it("knows its own origin", () => {
    expect(isSameOrigin("https://a.example/x", "https://a.example:443/y")).toBe(true);
    for (const other of [
      "http://a.example/",
      "https://b.example/",
      "https://a.example:8443/",
      "https://a.example.b/",
    ]) {
      expect(isSameOrigin("https://a.example/", other)).toBe(false);
    }
  });

  it("knows loopback and private addresses", () => {
    for (const host of ["localhost", "LOCALHOST.", "127.0.0.1", "127.255.1.1", "[::1]", "x.localhost"])
      expect(isLoopbackHost(host)).toBe(true);
    for (const host of ["localhost.example", "128.0.0.1", "127.0.0.1.example"])
      expect(isLoopbackHost(host)).toBe(false);
    for (const address of [
      "10.0.0.1",
      "172.31.0.1",
      "192.168.1.1",
      "169.254.169.254",
      "0.0.0.0",
      "100.64.0.1",
      "::1",
      "::",
      "fd00::1",
      "fe80::1",
      "::ffff:10.0.0.1",
    ]) {
      expect(isPrivateAddress(address), address).toBe(true);
    }
    for (const address of ["8.8.8.8", "172.32.0.1", "2606:4700::1", "::ffff:8.8.8.8", "shop.example"])
      expect(isPrivateAddress(address), address).toBe(false);
  });
});
