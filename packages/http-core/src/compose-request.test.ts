import { describe, expect, it } from "vitest";
import { composeBody, composeUrl, parseOrigin } from "./compose-request.ts";
import { createHttpClient } from "./create-http-client.ts";
import type { Operation } from "./operation.ts";
import { withServer } from "./testing/with-server.ts";

const operation = { name: "Shop get", method: "POST", path: "/x", repeat: "once" } satisfies Operation;

describe("parseOrigin", () => {
  it.each([
    "shop.example",
    "ftp://shop.example",
    "https://u:p4ssw0rd@shop.example",
    "https://shop.example/?a=1",
    "http://shop.example",
  ])("refuses %s without repeating a password", (text) => {
    expect(() => parseOrigin(text, false)).toThrow(TypeError);
    expect(() => parseOrigin(text, false)).not.toThrow(/p4ssw0rd/);
  });

  it("takes plain http for loopback, and elsewhere when told to", () => {
    expect(parseOrigin("http://127.0.0.1:80", false).host).toBe("127.0.0.1");
    expect(parseOrigin("http://shop.example", true).host).toBe("shop.example");
  });
});

describe("composeUrl", () => {
  const url = (origin: string, path: string, query?: Operation["query"]) =>
    composeUrl(new URL(origin), { name: "x", path, query }).href;

  it("puts paths below the base path, and queries behind them", () => {
    expect(url("https://a.example/v1/", "/users", { q: "a b&c", page: 2, no: undefined, id: [1, 2] })).toBe(
      "https://a.example/v1/users?q=a+b%26c&page=2&id=1&id=2",
    );
  });

  it.each(["users", "@evil.example/x", "/../x", "/..%2f/../../x", "", "https://evil.example/"])(
    "refuses the path %s",
    (path) => {
      expect(() => url("https://a.example/v1", path)).toThrow(TypeError);
    },
  );

  it("cannot be led to another host by a path", () => {
    expect(new URL(url("https://a.example", "//evil.example/x")).host).toBe("a.example");
    expect(new URL(url("https://a.example", "/\\evil.example/x")).host).toBe("a.example");
  });
});

describe("bodies", () => {
  it("come as JSON, form, text, bytes, FormData or nothing", async () => {
    const form = new FormData();
    form.set("file", new Blob(["abc"]), "a.txt");
    const cases: [Partial<Operation>, RegExp | undefined, RegExp][] = [
      [{ json: { a: 1 } }, /^application\/json$/, /^{"a":1}$/],
      [{ form: { a: "b c", d: "ü" } }, /^application\/x-www-form-urlencoded$/, /^a=b\+c&d=%C3%BC$/],
      [{ body: "plain", headers: { "Content-Type": "text/x" } }, /^text\/x$/, /^plain$/],
      [{ body: new Uint8Array([65, 66]) }, undefined, /^AB$/],
      [{ body: form }, /^multipart\/form-data; ?boundary=/, /filename="a.txt"[\s\S]*abc/],
      [{}, undefined, /^$/],
    ];
    await withServer(
      (_request, response) => void response.end(),
      async ({ origin, seen }) => {
        const client = createHttpClient({ origin, http: { proxy: "none" } });
        for (const [more, type, body] of cases) {
          await client.request({ ...operation, ...more });
          const request = seen.at(-1);
          expect(request?.body.toString()).toMatch(body);
          if (type === undefined) expect(request?.headers["content-type"]).toBeUndefined();
          else expect(request?.headers["content-type"]).toMatch(type);
        }
      },
    );
  });

  it("are one, and not for GET", () => {
    expect(() => composeBody({ ...operation, json: 1, body: "x" })).toThrow(TypeError);
    expect(() => composeBody({ ...operation, method: "GET", json: 1 })).toThrow(TypeError);
  });
});
