import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { failureOf } from "@org/http-core/testing";
import { expect, it } from "vitest";
import { create3dverse } from "../3dverse-client.ts";
import { chooseProxy, proxyAuthorization } from "./proxy.ts";

const target = new URL("https://api.3dverse.com/app/v1/users");

it.each([
  ["HTTPS_PROXY", { HTTPS_PROXY: "http://p:1" }, "p:1"],
  ["lower case first", { https_proxy: "http://low:1", HTTPS_PROXY: "http://up:1" }, "low:1"],
  ["HTTP_PROXY is for http only", { HTTP_PROXY: "http://p:1" }, undefined],
  ["ALL_PROXY", { ALL_PROXY: "p:1" }, "p:1"],
  ["NO_PROXY", { HTTPS_PROXY: "http://p:1", NO_PROXY: "other.com, 3dverse.com" }, undefined],
  ["NO_PROXY with a dot", { HTTPS_PROXY: "http://p:1", no_proxy: ".3dverse.com" }, undefined],
  ["NO_PROXY of another port", { HTTPS_PROXY: "http://p:1", NO_PROXY: "api.3dverse.com:8443" }, "p:1"],
  ["NO_PROXY of another name", { HTTPS_PROXY: "http://p:1", NO_PROXY: "not3dverse.com" }, "p:1"],
  ["NO_PROXY for all", { HTTPS_PROXY: "http://p:1", NO_PROXY: "*" }, undefined],
])("%s", (_, environment, expected) => {
  expect(chooseProxy(target, "environment", environment as Record<string, string>)?.host).toBe(expected);
});

it("obeys what was said explicitly, and never proxies loopback", () => {
  const environment = { HTTPS_PROXY: "http://p:1" };
  expect(chooseProxy(target, "none", environment)).toBeUndefined();
  expect(chooseProxy(target, { url: "http://own:2" }, environment)?.host).toBe("own:2");
  expect(chooseProxy(target, { url: "http://own:2", noProxy: "api.3dverse.com" })).toBeUndefined();
  expect(chooseProxy(new URL("http://127.0.0.1:8/"), { url: "http://own:2" })).toBeUndefined();
  expect(chooseProxy(new URL("https://10.1.2.3/"), { url: "http://own:2", noProxy: "10.0.0.0/8" })).toBeUndefined();
  expect(() => chooseProxy(target, { url: "socks5://user:planted@p:1" })).toThrow(TypeError);
  expect(() => chooseProxy(target, { url: "socks5://user:planted@p:1" })).not.toThrow(/planted/);
});

it("sends name and password of a proxy decoded", () => {
  const sent = proxyAuthorization(new URL("http://na%40me:pass%3Aword@p:1"))["proxy-authorization"] ?? "";
  expect(Buffer.from(sent.replace("Basic ", ""), "base64").toString()).toBe("na@me:pass:word");
  expect(proxyAuthorization(new URL("http://p:1"))).toEqual({});
});

it.each([
  [407, "proxy-authentication-required"],
  [502, "proxy-refused"],
])("asks a proxy for a tunnel and tells of its %i", async (status, code) => {
  const asked: { target: string | undefined; authorization: string | undefined; key: unknown }[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket: Socket) => {
    const { headers } = request;
    asked.push({ target: request.url, authorization: headers["proxy-authorization"], key: headers.api_key });
    socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const { port } = proxy.address() as AddressInfo;
  const client = create3dverse({
    credential: { apiKey: "planted-4711" },
    http: { proxy: { url: `http://user:planted-4712@127.0.0.1:${port}` }, retry: { maxAttempts: 1 } },
  });
  const error = await failureOf(client.getFolderInfo({ folder_id: "f1" }));
  expect(error).toMatchObject({ kind: "transport", code, neverSent: true });
  expect(asked).toEqual([
    { target: "api.3dverse.com:443", authorization: expect.stringMatching(/^Basic /), key: undefined },
  ]);
  expect(JSON.stringify(error)).not.toContain("planted");
  proxy.close();
});
