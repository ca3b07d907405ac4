import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";

let daemon: ApiInMemory;
let folder: string;
const index =
  '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><script type="module" src="/assets/index-1a.js"></script>';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asset-sync-console-"));
  await mkdir(join(folder, "console", "assets"), { recursive: true });
  await writeFile(join(folder, "console", "index.html"), index);
  await writeFile(join(folder, "console", "assets", "index-1a.js"), "run();");
  await writeFile(join(folder, "console", "assets", "page.html"), "<p>a second page</p>");
  await writeFile(join(folder, "console", "favicon.svg"), "<svg/>");
  await writeFile(join(folder, "outside.txt"), "not the console's");
  daemon = await startApiInMemory({ consoleFolder: join(folder, "console") });
});
afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true, force: true });
});

const get = async (path: string, headers: Record<string, string> = { accept: "text/html" }) => {
  const response = await fetch(new URL(path, daemon.api.address), { headers });
  return { status: response.status, headers: response.headers, text: await response.text() };
};
const nonceOf = (text: string): string => /content="([^"]+)"/.exec(text)?.[1] ?? "";

describe("the console's page", () => {
  it("comes without a token at each of its addresses, with a number for its styles that only this answer has", async () => {
    const answers = [await get("/"), await get("/products/132611"), await get("/?view=grid")];
    const nonces = answers.map(({ text }) => nonceOf(text));
    for (const [at, { status, headers, text }] of answers.entries()) {
      expect(status).toBe(200);
      expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("content-security-policy")).toBe(
        `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonces[at]}'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'`,
      );
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(text).toBe(index.replace("__CSP_NONCE__", nonces[at] ?? ""));
    }
    expect(new Set(nonces).size).toBe(3);
    for (const nonce of nonces) expect(Buffer.from(nonce, "base64")).toHaveLength(18);
  });

  it("does not take the place of what belongs to the API, nor of what programs ask for", async () => {
    for (const path of ["/api/v1/status", "/api/v1/nothing", "/metrics", "/pictures/1/0/small"])
      expect((await get(path)).status, path).toBe(401);
    expect((await get("/catalog", { accept: "application/json" })).status).toBe(401);
    const withToken = { accept: "text/html", authorization: `Bearer ${daemon.token}` };
    expect((await get("/api/v1/nothing", withToken)).status).toBe(404);
  });

  it("says so where it has not been built", async () => {
    await rm(join(folder, "console"), { recursive: true });
    const { status, text, headers } = await get("/");
    expect(status).toBe(503);
    expect(text).toContain("pnpm build");
    expect(headers.get("content-security-policy")).toContain("style-src 'self';");
  });
});

describe("the console's files", () => {
  it("come without a token; those with a hash in their name may be kept", async () => {
    const script = await get("/assets/index-1a.js", { accept: "*/*" });
    expect([script.status, script.text]).toEqual([200, "run();"]);
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(script.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    expect(script.headers.get("cross-origin-resource-policy")).toBe("same-origin");
    const icon = await get("/favicon.svg", { accept: "*/*" });
    expect([icon.status, icon.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
    expect(icon.headers.get("cache-control")).toBe("no-store");
  });

  it("are absent where there is none, and where a second page would be", async () => {
    for (const path of ["/assets/gone.js", "/assets/page.html", "/robots.txt"]) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, 404]);
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });

  it.each([
    "/../outside.txt",
    "/assets/../../outside.txt",
    "/assets/..%2f..%2foutside.txt",
    "/assets/%2e%2e/%2e%2e/outside.txt",
    "/assets\\..\\..\\outside.txt",
    "/assets//outside.txt",
    "/catalog/../api/v1/status",
  ])("are nowhere else: %s", async (target) => {
    const answer = await daemon.raw(
      `GET ${target} HTTP/1.1\r\nHost: 127.0.0.1:${daemon.port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.slice(0, 12)).toBe("HTTP/1.1 401");
    expect(answer).not.toContain("not the console's");
    expect(daemon.operations.asked).toEqual([]);
  });

  it("answers HEAD with the head alone", async () => {
    const answer = await daemon.raw(
      `HEAD /assets/index-1a.js HTTP/1.1\r\nHost: 127.0.0.1:${daemon.port}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.slice(0, 12)).toBe("HTTP/1.1 200");
    expect(answer.toLowerCase()).toContain("content-length: 6");
    expect(answer).not.toContain("run();");
  });
});

describe("the landing page", () => {
  it("changes its code into another one, once, and knows nothing else", async () => {
    const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
      fetch(new URL(path, daemon.api.address), {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(body),
      });
    const asked = await post("/api/v1/page-code", {}, { authorization: `Bearer ${daemon.token}` });
    const { url, landingUrl } = (await asked.json()) as { url: string; landingUrl: string };
    const code = new URL(landingUrl).hash.slice("#code=".length);
    expect(url).toBe(`${daemon.api.address}/#code=${code}`);
    expect(landingUrl).toBe(`${daemon.api.address}/open#code=${code}`);
    const { status, text } = await get("/open");
    expect([status, text.includes('src="/open.js"')]).toEqual([200, true]);
    expect((await get("/open.js")).text).toContain("/page-landing");
    const landed = await post("/page-landing", { code });
    const fresh = (await landed.json()) as { code: string };
    expect((await post("/page-session", { code })).status).toBe(401);
    expect((await post("/page-landing", { code })).status).toBe(401);
    expect((await post("/page-session", { code: fresh.code })).status).toBe(200);
    expect((await post("/page-session", { code: fresh.code })).status).toBe(401);
  });
});
