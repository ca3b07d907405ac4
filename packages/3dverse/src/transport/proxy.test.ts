import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { failureOf } from "@org/http-core/testing";
import { expect, it } from "vitest";
import { create3dverse } from "../3dverse-client.ts";

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
