import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createHttpClient } from "./create-http-client.ts";
import type { HttpSettings } from "./http-settings.ts";
import type { Operation } from "./operation.ts";
import { failureOf } from "./testing/expect-failure.ts";
import { withServer } from "./testing/with-server.ts";

const get = { name: "Shop get", method: "GET", path: "/a?b=1", repeat: "once" } satisfies Operation;

/** A proxy as companies have them: CONNECT for https, whole URLs for http, Basic authentication. */
async function withProxy<T>(
  behaviour: { password?: string; connectStatus?: number; hang?: boolean; to: number },
  use: (proxy: { url: string; seen: { line: string; authorization: string | undefined }[] }) => Promise<T>,
): Promise<T> {
  const seen: { line: string; authorization: string | undefined }[] = [];
  const sockets = new Set<Socket>();
  const allowed = (given: string | undefined) =>
    behaviour.password === undefined ||
    given === `Basic ${Buffer.from(`user:${behaviour.password}`).toString("base64")}`;
  const server: Server = createServer((request, response) => {
    seen.push({ line: `${request.method} ${request.url}`, authorization: request.headers["proxy-authorization"] });
    if (!allowed(request.headers["proxy-authorization"])) return void response.writeHead(407).end();
    response.end(`by proxy, host ${request.headers.host}`);
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
  });
  server.on("connect", (request, client: Socket) => {
    seen.push({ line: `CONNECT ${request.url}`, authorization: request.headers["proxy-authorization"] });
    if (behaviour.hang) return;
    const status = behaviour.connectStatus ?? (allowed(request.headers["proxy-authorization"]) ? 200 : 407);
    if (status !== 200) return void client.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const target = connect(behaviour.to, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 OK\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
    sockets.add(target);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    return await use({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen });
  } finally {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }
}

const folder = mkdtempSync(join(tmpdir(), "certificates-"));
const hasOpenssl = (() => {
  try {
    execFileSync("openssl", ["version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

function makeCertificate(name: string): { key: string; cert: string; path: string } {
  const path = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  execFileSync(
    "openssl",
    [
      "req",
      "-x509",
      "-newkey",
      "ec",
      "-pkeyopt",
      "ec_paramgen_curve:P-256",
      "-nodes",
      "-keyout",
      key,
      "-out",
      path,
      ...subject,
      "-days",
      "2",
    ],
    { stdio: "ignore" },
  );
  return { key: readFileSync(key, "utf8"), cert: readFileSync(path, "utf8"), path };
}

/** `openssl req` knows no dates before version 3.4; `openssl ca` always did. */
function makeExpiredCertificate(): { key: string; cert: string } {
  const at = (name: string) => join(folder, `expired-${name}`);
  writeFileSync(at("index"), "");
  writeFileSync(at("serial"), "01\n");
  const lines = [
    "[ca]",
    "default_ca=c",
    "[c]",
    `database=${at("index")}`,
    `new_certs_dir=${folder}`,
    `serial=${at("serial")}`,
  ];
  lines.push(
    "default_md=sha256",
    "policy=p",
    "x509_extensions=e",
    "[p]",
    "commonName=supplied",
    "[e]",
    "subjectAltName=DNS:localhost",
    "",
  );
  writeFileSync(at("config"), lines.join("\n"));
  const run = (...words: string[]) => execFileSync("openssl", words, { stdio: "ignore" });
  run(
    "req",
    "-new",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-keyout",
    at("key"),
    "-out",
    at("request"),
    "-subj",
    "/CN=localhost",
  );
  run(
    "ca",
    "-batch",
    "-selfsign",
    "-notext",
    "-config",
    at("config"),
    "-keyfile",
    at("key"),
    "-in",
    at("request"),
    "-out",
    at("crt"),
    "-startdate",
    "20200101000000Z",
    "-enddate",
    "20200102000000Z",
  );
  return { key: readFileSync(at("key"), "utf8"), cert: readFileSync(at("crt"), "utf8") };
}

describe.skipIf(!hasOpenssl)("https (skipped without openssl)", () => {
  let certificate: { key: string; cert: string; path: string };
  let server: ReturnType<typeof createHttpsServer>;
  let port: number;
  beforeAll(async () => {
    certificate = makeCertificate("localhost");
    server = createHttpsServer(
      { key: certificate.key, cert: certificate.cert },
      (_request, response) => void response.end("secure"),
    );
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  const textFrom = (origin: string, http: HttpSettings) =>
    createHttpClient({ origin, http: { retry: { maxAttempts: 1 }, proxy: "none", ...http } }).requestText(get);

  it("refuses a self-signed certificate, and nothing has been sent", async () => {
    const error = await failureOf(textFrom(`https://localhost:${port}`, {}));
    expect(error).toMatchObject({
      kind: "transport",
      code: "certificate-untrusted",
      retryable: false,
      neverSent: true,
    });
    expect(error.message).toContain("CA file");
  });

  it("accepts it when its CA is named, as a file or as text, with or without the system's", async () => {
    for (const ca of [{ extraFiles: [certificate.path] }, { extraPem: [certificate.cert], system: false }]) {
      expect((await textFrom(`https://localhost:${port}`, { ca })).text).toBe("secure");
    }
  });

  it("refuses a certificate of another host", async () => {
    const error = await failureOf(textFrom(`https://127.0.0.1:${port}`, { ca: { extraFiles: [certificate.path] } }));
    expect(error).toMatchObject({ code: "certificate-name-mismatch", neverSent: true });
  });

  it("refuses an expired certificate", async () => {
    const expired = makeExpiredCertificate();
    const other = createHttpsServer(
      { key: expired.key, cert: expired.cert },
      (_request, response) => void response.end(),
    );
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    try {
      const origin = `https://localhost:${(other.address() as AddressInfo).port}`;
      expect(await failureOf(textFrom(origin, { ca: { extraPem: [expired.cert] } }))).toMatchObject({
        code: "certificate-expired",
      });
    } finally {
      other.close();
    }
  });

  it("refuses TLS 1.1, and plain http on an https port", async () => {
    const old = createHttpsServer({
      key: certificate.key,
      cert: certificate.cert,
      minVersion: "TLSv1",
      maxVersion: "TLSv1.1",
      ciphers: "DEFAULT@SECLEVEL=0",
    });
    await new Promise<void>((resolve) => old.listen(0, "127.0.0.1", resolve));
    try {
      const origin = `https://localhost:${(old.address() as AddressInfo).port}`;
      const error = await failureOf(textFrom(origin, { ca: { extraPem: [certificate.cert] } }));
      expect(error).toMatchObject({ code: "tls-failed", neverSent: true });
    } finally {
      old.close();
    }
    await withServer(
      () => {},
      async (plain) => {
        const error = await failureOf(textFrom(`https://127.0.0.1:${plain.port}`, {}));
        expect(error).toMatchObject({ code: "tls-failed", neverSent: true, retryable: false });
      },
    );
  });

  it("says which CA file is unusable", async () => {
    const missing = join(folder, "none.pem");
    expect(await failureOf(textFrom(`https://localhost:${port}`, { ca: { extraFiles: [missing] } }))).toMatchObject({
      code: "certificate-file-unusable",
      neverSent: true,
    });
  });

  it("goes through a proxy by CONNECT, with its password, and still checks the certificate", async () => {
    const name = "shop.invalid";
    const own = makeCertificate(name);
    const target = createHttpsServer(
      { key: own.key, cert: own.cert },
      (_request, response) => void response.end("through"),
    );
    await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
    const { port: to } = target.address() as AddressInfo;
    try {
      await withProxy({ password: "pa:55 word", to }, async (proxy) => {
        const url = proxy.url.replace("//", "//user:pa%3A55%20word@");
        const ca = { extraPem: [own.cert] };
        expect((await textFrom(`https://${name}`, { proxy: { url }, ca })).text).toBe("through");
        expect(proxy.seen[0]?.line).toBe(`CONNECT ${name}:443`);
        expect(await failureOf(textFrom(`https://${name}`, { proxy: { url } }))).toMatchObject({
          code: "certificate-untrusted",
        });
      });
    } finally {
      target.closeAllConnections();
      target.close();
    }
  });

  it("says that the proxy wants a password, without printing the wrong one", async () => {
    await withProxy({ password: "right", to: port }, async (proxy) => {
      const url = proxy.url.replace("//", "//user:wr0ngpass@");
      const error = await failureOf(textFrom("https://shop.invalid", { proxy: { url } }));
      expect(error).toMatchObject({ code: "proxy-authentication-required", neverSent: true, retryable: false });
      expect(error.message).toContain(new URL(proxy.url).host);
      expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("wr0ngpass");
    });
  });

  it.each([
    [403, false],
    [503, true],
  ])("says that the proxy refuses with %i", async (connectStatus, retryable) => {
    await withProxy({ connectStatus, to: port }, async (proxy) => {
      const error = await failureOf(textFrom("https://shop.invalid", { proxy: { url: proxy.url } }));
      expect(error).toMatchObject({ code: "proxy-refused", status: connectStatus, neverSent: true, retryable });
    });
  });

  it("does not wait for ever for a proxy that does not connect", async () => {
    await withProxy({ hang: true, to: port }, async (proxy) => {
      const timeouts = { connectMs: 30, secureConnectMs: 30 };
      const error = await failureOf(textFrom("https://shop.invalid", { proxy: { url: proxy.url }, timeouts }));
      expect(error).toMatchObject({ code: "connection-timed-out", neverSent: true });
    });
  });
});

describe("a proxy that is not there", () => {
  it.each(["http", "https"])("is named in the error (%s)", async (scheme) => {
    const { port } = await withServer(
      () => {},
      async (server) => server,
    );
    const http: HttpSettings = { proxy: { url: `http://127.0.0.1:${port}` }, retry: { maxAttempts: 1 } };
    const client = createHttpClient({ origin: `${scheme}://shop.invalid`, allowPlainHttp: true, http });
    const error = await failureOf(client.request(get));
    expect(error).toMatchObject({ code: "connection-refused", neverSent: true });
    expect(error.message).toContain(`127.0.0.1:${port}`);
  });
});

describe("plain http through a proxy", () => {
  it("gives the proxy the whole URL, and the password to the proxy only", async () => {
    await withProxy({ password: "pw", to: 0 }, async (proxy) => {
      const client = createHttpClient({
        origin: "http://feeds.invalid",
        allowPlainHttp: true,
        http: { proxy: { url: proxy.url.replace("//", "//user:pw@") } },
      });
      expect((await client.requestText({ ...get, repeat: "repeatable" })).text).toBe("by proxy, host feeds.invalid");
      expect(proxy.seen[0]?.line).toBe("GET http://feeds.invalid/a?b=1");
      await client.requestText({ ...get, repeat: "repeatable" });
      expect(proxy.seen.length).toBe(2);
    });
  });
});
