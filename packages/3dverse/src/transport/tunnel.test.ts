import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "@org/http-core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create3dverse } from "../3dverse-client.ts";

const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false; // then there is no certificate to test with
  }
})();

describe.skipIf(!hasOpenssl)("through a tunnel", () => {
  const folder = mkdtempSync(join(tmpdir(), "3dverse-tunnel-"));
  const heads: (string | undefined)[] = [];
  let pem = "";
  let close = async () => {};
  let proxyUrl = "";

  beforeAll(async () => {
    const [key, cert] = [join(folder, "key"), join(folder, "cert")];
    const name = ["-subj", "/CN=api.service.example", "-addext", "subjectAltName=DNS:api.service.example"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
    execFileSync("openssl", ["req", "-x509", ...curve, "-keyout", key, "-out", cert, ...name], { stdio: "ignore" });
    pem = readFileSync(cert, "utf8");
    const service = createSecureServer({ key: readFileSync(key), cert: pem }, (request, response) => {
      heads.push(`${request.method} ${request.url} ${String(request.headers.api_key)}`);
      request.resume().on("end", () => response.end('{"folder_id":"f1","name":"a","upload_task_id":"t1"}'));
    });
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    const proxy = createServer();
    proxy.on("connect", (request, socket: Socket) => {
      heads.push(`CONNECT ${request.url} ${String(request.headers.api_key)}`);
      const onward = connect((service.address() as AddressInfo).port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
        socket.pipe(onward).pipe(socket);
      });
      for (const one of [socket, onward]) one.on("error", () => one.destroy());
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    close = async () => {
      service.closeAllConnections();
      service.close();
      proxy.close();
    };
  });
  afterAll(async () => {
    await close();
    rmSync(folder, { recursive: true, force: true });
  });

  const client = (extraPem: string[]) =>
    create3dverse({
      credential: { apiKey: "key-4711" },
      baseUrl: "https://api.service.example/app/v1",
      http: { proxy: { url: proxyUrl }, ca: { extraPem }, retry: { maxAttempts: 1 } },
    });

  it("reads and uploads over TLS to the service itself; the proxy sees no key", async () => {
    const trusting = client([pem]);
    expect((await trusting.getFolderInfo({ folder_id: "f1" })).name).toBe("a");
    const files = [{ content: Buffer.alloc(2_000_000), name: "x.glb" }];
    expect((await trusting.uploadFiles({ folder_id: "f1", files })).upload_task_id).toBe("t1");
    expect(heads).toEqual([
      "CONNECT api.service.example:443 undefined",
      "GET /app/v1/folders/f1 key-4711",
      "CONNECT api.service.example:443 undefined",
      "POST /app/v1/folders/f1/source-files key-4711",
    ]);
  });

  it("trusts no certificate that nobody vouched for", async () => {
    const error = await failureOf(client([]).getFolderInfo({ folder_id: "f1" }));
    expect(error).toMatchObject({ code: "certificate-untrusted", kind: "transport", neverSent: true });
  });
});
