// Pictures on their way from the shop's host through the daemon's cache to a page, with hosts that mean ill.
import { readdirSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { pageCookieName, picturePath } from "../src/api/contract/page.ts";
import { makeScene, type Scene, type TestDaemon } from "./scene/scene.ts";

vi.setConfig({ testTimeout: 120_000 });

const clayVase = 132611;
const png = Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(200)]);
const svg = '<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("/api/v1/status")</script></svg>';

/** A picture host of our own; counts who asked for what, and with which credentials. */
async function startHost(): Promise<{ origin: string; asked: string[]; credentials: string[] }> {
  const asked: string[] = [];
  const credentials: string[] = [];
  const server: Server = createServer((request, response) => {
    const { url = "" } = request;
    asked.push(url);
    credentials.push(...[request.headers.authorization, request.headers.cookie].filter((value) => value !== undefined));
    if (url === "/good.png") response.writeHead(200, { "content-type": "application/octet-stream" }).end(png);
    else if (url === "/svg.png") response.writeHead(200, { "content-type": "image/png" }).end(svg);
    else if (url === "/away.png") response.writeHead(302, { location: `http://localhost:${port}/good.png` }).end();
    else if (url === "/large.png") response.writeHead(200, { "content-length": 20_000_001 }).write(png);
    else if (url === "/endless.png") response.writeHead(200).write(png);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${port}`, asked, credentials };
}

/** A daemon whose catalog says that the vase's pictures are at these addresses. */
async function startWith(addresses: readonly string[]): Promise<{ scene: Scene; daemon: TestDaemon }> {
  const scene = await makeScene({ wanted: [] });
  const images = addresses.map((src, id) => ({ id: id + 1, name: `p${id}`, src, thumbnail_src: src }));
  scene.sandbox.updateProduct(clayVase, { fields: { thumbnail_id: 1, thumbnail_src: addresses[0], images } });
  const daemon = await scene.start();
  await daemon.sync();
  return { scene, daemon };
}

const ask = async ({ daemon }: TestDaemon, index: number, headers?: Record<string, string>, key = "none") => {
  const revision = "none";
  const path = picturePath({ pictureKey: key, productId: clayVase, index, size: "small", revision });
  return fetch(daemon.address + path, { headers: headers ?? { authorization: `Bearer ${daemon.token}` } });
};

it("shows the shop's own pictures to a page, and keeps them over a restart", async () => {
  const scene = await makeScene({ wanted: [] });
  const daemon = await scene.start();
  await daemon.sync();
  const { address, token } = daemon.daemon;
  const json = { "content-type": "application/json" };
  const opened = await daemon.call<{ url: string }>("POST", "/api/v1/page-code");
  const code = new URL(opened.url).hash.slice("#code=".length);
  const session = await fetch(`${address}/page-session`, {
    method: "POST",
    headers: json,
    body: JSON.stringify({ code }),
  });
  const { pictureKey } = (await session.json()) as { pictureKey: string };
  const cookie = session.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  expect(cookie.startsWith(pageCookieName(Number(new URL(address).port)))).toBe(true);

  const { revision } = await daemon.call<{ revision: string }>("GET", `/api/v1/products/${clayVase}`);
  const path = picturePath({ pictureKey, productId: clayVase, index: 0, size: "small", revision });
  const shown = await fetch(address + path, { headers: { cookie, "sec-fetch-site": "same-origin" } });
  expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/png"]);
  expect(shown.headers.get("cache-control")).toBe("private, max-age=604800, immutable");
  expect(shown.headers.get("x-content-type-options")).toBe("nosniff");
  expect((await shown.arrayBuffer()).byteLength).toBeGreaterThan(1_000);

  const wrong = path.replace(pictureKey, `${pictureKey}x`);
  expect((await fetch(address + wrong, { headers: { cookie } })).status).toBe(401);
  expect((await fetch(address + path)).status).toBe(401);
  expect((await fetch(address + path, { headers: { cookie, "sec-fetch-site": "cross-site" } })).status).toBe(403);
  expect((await fetch(address + path, { method: "POST", headers: { ...json, cookie }, body: "{}" })).status).toBe(401);
  const beside = picturePath({ pictureKey, productId: clayVase, index: 99, size: "large", revision });
  expect((await fetch(address + beside, { headers: { cookie } })).status).toBe(404);

  const picturesAsked = () => scene.sandbox.requests({ host: "cdn" }).length;
  expect(picturesAsked()).toBe(1);
  await daemon.stop();
  const again = await scene.start();
  const bearer = { authorization: `Bearer ${again.daemon.token}` };
  expect((await fetch(again.daemon.address + path, { headers: bearer })).status).toBe(200);
  expect(picturesAsked()).toBe(1);
  expect(token).not.toBe(again.daemon.token);
});

it("hands on what the bytes say, never what the host says, and takes nothing from where it may not", async () => {
  const { origin, asked, credentials } = await startHost();
  const { port } = new URL(origin);
  const { daemon, scene } = await startWith([
    `${origin}/good.png`,
    `${origin}/svg.png`,
    `${origin}/away.png`,
    `${origin}/large.png`,
    `http://localhost:${port}/good.png`,
    "http://169.254.169.254/latest/meta-data/",
    "https://evil.example/good.png",
  ]);
  const good = await ask(daemon, 0);
  expect([good.status, good.headers.get("content-type")]).toEqual([200, "image/png"]);
  // Another revision than the address says: right to show, wrong to keep.
  expect(good.headers.get("cache-control")).toBe("no-store");
  expect(Buffer.from(await good.arrayBuffer())).toEqual(png);
  for (const index of [1, 2, 3, 4, 5, 6]) expect([index, (await ask(daemon, index)).status]).toEqual([index, 204]);
  // Asked again they are not there at once, and nobody is asked.
  for (const index of [1, 2, 3]) expect((await ask(daemon, index)).status).toBe(204);
  expect(asked).toEqual(["/good.png", "/svg.png", "/away.png", "/large.png"]);
  expect(credentials).toEqual([]);
  expect(readdirSync(join(scene.home, "thumbnails"))).toHaveLength(1);
});

it("does not let a host that never answers hold up anything else", async () => {
  const { origin } = await startHost();
  const { daemon } = await startWith(Array.from({ length: 40 }, (_, index) => `${origin}/silent-${index}.png`));
  const pictures = Promise.all(
    Array.from({ length: 40 }, (_, index) => ask(daemon, index).then(({ status }) => status)),
  );
  // More than the API has connections for would be refused; all of these are answered, and so is a call meanwhile.
  expect((await daemon.status()).products).toBe(22);
  expect(new Set(await pictures)).toEqual(new Set([503]));
});
