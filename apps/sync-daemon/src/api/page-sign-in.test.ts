import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";
import { pageCookieName, pageKeyHeader } from "./contract/page.ts";
import { createPageSignIn, type PageSession } from "./page-sign-in.ts";

describe("a page's code", () => {
  it("works once", () => {
    const pages = createPageSignIn({ elapsed: () => 0, now: () => 0 });
    const { code } = pages.createCode();
    expect(pages.exchange(code)).toBeDefined();
    expect(pages.exchange(code)).toBeUndefined();
    expect(pages.exchange("")).toBeUndefined();
  });

  it("works for a minute and no longer, and is used up by being late", () => {
    let nowMs = 0;
    const pages = createPageSignIn({ elapsed: () => nowMs, now: () => nowMs });
    const [inTime, late] = [pages.createCode().code, pages.createCode().code];
    nowMs = 60_000;
    expect(pages.exchange(inTime)).toBeDefined();
    nowMs = 60_001;
    expect(pages.exchange(late)).toBeUndefined();
    nowMs = 0;
    expect(pages.exchange(late)).toBeUndefined();
  });

  it("lives no longer for being changed into another", () => {
    let nowMs = 0;
    const pages = createPageSignIn({ elapsed: () => nowMs, now: () => nowMs });
    const [early, late] = [pages.createCode().code, pages.createCode().code];
    nowMs = 50_000;
    const renewed = pages.renew(early) ?? "";
    expect(pages.exchange(early)).toBeUndefined();
    expect(pages.renew(early)).toBeUndefined();
    nowMs = 60_001;
    expect(pages.exchange(renewed)).toBeUndefined();
    expect(pages.renew(late)).toBeUndefined();
  });

  it("is one of at most five", () => {
    const pages = createPageSignIn({ elapsed: () => 0, now: () => 0 });
    const codes = Array.from({ length: 6 }, () => pages.createCode().code);
    expect(codes.map((code) => pages.exchange(code) !== undefined)).toEqual([false, true, true, true, true, true]);
    expect(new Set(codes).size).toBe(6);
    for (const code of codes) expect(Buffer.from(code, "base64url")).toHaveLength(32);
  });
});

describe("a page's session", () => {
  const signIn = (pages: ReturnType<typeof createPageSignIn>): PageSession => {
    const session = pages.exchange(pages.createCode().code);
    if (session === undefined) throw new Error("A fresh code was refused.");
    return session;
  };

  it("needs the cookie and the key that belong together", () => {
    const pages = createPageSignIn({ elapsed: () => 0, now: () => 0 });
    const [one, other] = [signIn(pages), signIn(pages)];
    expect(pages.admits(one)).toBe(true);
    expect(pages.admits(other)).toBe(true);
    expect(pages.admits({ cookie: one.cookie, key: other.key })).toBe(false);
    expect(pages.admits({ cookie: one.key, key: one.cookie })).toBe(false);
    expect(pages.admits({ cookie: one.cookie, key: "" })).toBe(false);
    expect(pages.admits({ cookie: "", key: one.key })).toBe(false);
  });

  it("ends twelve hours after its last use", () => {
    let nowMs = 0;
    const hours = 3_600_000;
    const pages = createPageSignIn({ elapsed: () => nowMs, now: () => nowMs });
    const session = signIn(pages);
    nowMs = 12 * hours;
    expect(pages.admits(session)).toBe(true);
    nowMs = 24 * hours;
    expect(pages.admits(session)).toBe(true);
    nowMs = 36 * hours + 1;
    expect(pages.admits(session)).toBe(false);
    nowMs = 0;
    expect(pages.admits(session)).toBe(false);
  });

  it("is one of at most ten", () => {
    const pages = createPageSignIn({ elapsed: () => 0, now: () => 0 });
    const sessions = Array.from({ length: 11 }, () => signIn(pages));
    expect(sessions.map(pages.admits)).toEqual([false, ...Array(10).fill(true)]);
  });
});

describe("a page's session after a restart", () => {
  const hours = 3_600_000;
  const signIn = (pages: ReturnType<typeof createPageSignIn>) => pages.exchange(pages.createCode().code);

  it("lives on, for twelve hours since its last use by the clock of the day", () => {
    let nowMs = 1_000 * hours;
    const before = createPageSignIn({ elapsed: () => 0, now: () => nowMs });
    const session = signIn(before);
    if (session === undefined) throw new Error("A fresh code was refused.");
    const kept = before.sessions();
    expect(JSON.stringify(kept)).not.toContain(session.key);
    expect(JSON.stringify(kept)).not.toContain(session.cookie);
    nowMs += 11 * hours;
    expect(createPageSignIn({ elapsed: () => 0, now: () => nowMs, kept }).admits(session)).toBe(true);
    expect(createPageSignIn({ elapsed: () => 0, now: () => nowMs, kept: [] }).admits(session)).toBe(false);
    nowMs += 2 * hours;
    expect(createPageSignIn({ elapsed: () => 0, now: () => nowMs, kept }).admits(session)).toBe(false);
  });

  it("is not made longer by a clock that was ahead", () => {
    const ahead = createPageSignIn({ elapsed: () => 0, now: () => 9_000 * hours });
    const session = signIn(ahead);
    if (session === undefined) throw new Error("A fresh code was refused.");
    let nowMs = 1_000 * hours;
    const pages = createPageSignIn({ elapsed: () => 0, now: () => nowMs, kept: ahead.sessions() });
    nowMs += 13 * hours;
    expect(pages.admits(session)).toBe(false);
  });

  it("is written down when it begins, and in use every ten minutes and not more often", () => {
    let [nowMs, changes] = [0, 0];
    const pages = createPageSignIn({ elapsed: () => 0, now: () => nowMs, onChange: () => (changes += 1) });
    const session = signIn(pages);
    if (session === undefined) throw new Error("A fresh code was refused.");
    expect(changes).toBe(1);
    for (nowMs = 0; nowMs < 599_000; nowMs += 1_000) pages.admits(session);
    expect(changes).toBe(1);
    nowMs = 600_000;
    pages.admits(session);
    expect(changes).toBe(2);
  });

  it("opens pictures with the key for pictures, and nothing else with that", () => {
    const pages = createPageSignIn({ elapsed: () => 0, now: () => 0 });
    const [one, other] = [signIn(pages), signIn(pages)];
    if (one === undefined || other === undefined) throw new Error("A fresh code was refused.");
    const later = createPageSignIn({ elapsed: () => 0, now: () => 0, kept: pages.sessions() });
    expect(later.admitsPictures(one)).toBe(true);
    expect(later.admitsPictures({ cookie: one.cookie, pictureKey: other.pictureKey })).toBe(false);
    expect(later.admitsPictures({ cookie: one.cookie, pictureKey: one.key })).toBe(false);
    expect(later.admits({ cookie: one.cookie, key: one.pictureKey })).toBe(false);
  });
});

describe("signing a page in over the wire", () => {
  let daemon: ApiInMemory;
  beforeEach(async () => {
    daemon = await startApiInMemory();
  });
  afterEach(async () => {
    await daemon.close();
  });
  const json = { "content-type": "application/json" };
  const post = (path: string, headers: Record<string, string>, body: unknown = {}) =>
    fetch(new URL(path, daemon.api.address), {
      method: "POST",
      headers: { ...json, ...headers },
      body: JSON.stringify(body),
    });
  const bearer = () => ({ authorization: `Bearer ${daemon.token}` });

  async function signIn() {
    const asked = await post("/api/v1/page-code", bearer());
    const { url } = z.object({ url: z.string() }).parse(await asked.json());
    const code = new URL(url).hash.replace("#code=", "");
    const answer = await post("/page-session", {}, { code });
    const { key } = z.object({ key: z.string() }).parse(await answer.json());
    return { url, code, key, setCookie: answer.headers.get("set-cookie") ?? "" };
  }
  const statusWith = async (headers: Record<string, string>) =>
    (await fetch(new URL("/api/v1/status", daemon.api.address), { headers })).status;

  it("gives a cookie for this port that no script can read, and a key; together they open the API", async () => {
    const { url, key, setCookie } = await signIn();
    expect(url).toMatch(new RegExp(`^${daemon.api.address}/#code=[\\w-]{43}$`));
    expect(setCookie).toMatch(new RegExp(`^asset-sync-${daemon.port}=[\\w-]{43}; Path=/; HttpOnly; SameSite=Strict$`));
    const cookie = setCookie.split(";")[0] ?? "";
    expect(await statusWith({ cookie, [pageKeyHeader]: key })).toBe(200);
    expect(await statusWith({ cookie: `other=1; ${cookie}; more=2`, [pageKeyHeader]: key })).toBe(200);
    expect(await statusWith({ cookie })).toBe(401);
    expect(await statusWith({ [pageKeyHeader]: key })).toBe(401);
    expect(await statusWith({ cookie, [pageKeyHeader]: "1" })).toBe(401);
    // Set by a page on another port of this host, to push ours aside or to be taken for it.
    expect(await statusWith({ cookie: `${cookie}; ${pageCookieName(daemon.port)}=x`, [pageKeyHeader]: key })).toBe(401);
    const otherPort = cookie.replace(String(daemon.port), String(daemon.port + 1));
    expect(await statusWith({ cookie: otherPort, [pageKeyHeader]: key })).toBe(401);
    expect(daemon.operations.asked).toHaveLength(2);
  });

  it("outlives the daemon, as hashes in a file that only its owner can read", async () => {
    const folder = await mkdtemp(join(tmpdir(), "asset-sync-pages-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const pageSessionFile = join(folder, "page-sessions.json");
    await daemon.close();
    daemon = await startApiInMemory({ pageSessionFile });
    const { key, setCookie } = await signIn();
    const cookie = setCookie.split(";")[0] ?? "";
    await daemon.api.close();
    const text = await readFile(pageSessionFile, "utf8");
    expect(text).not.toContain(key);
    expect(text).not.toContain(cookie.split("=")[1]);
    if (process.platform !== "win32") expect((await stat(pageSessionFile)).mode & 0o777).toBe(0o600);
    const { port } = daemon;
    await daemon.close();
    daemon = await startApiInMemory({ pageSessionFile, port });
    expect(await statusWith({ cookie, [pageKeyHeader]: key })).toBe(200);
    await daemon.close();
    await writeFile(pageSessionFile, "{ broken");
    daemon = await startApiInMemory({ pageSessionFile, port });
    expect(await statusWith({ cookie, [pageKeyHeader]: key })).toBe(401);
    expect(daemon.problems).toEqual([]);
  });

  it("works without the file where that cannot be written, and says so", async () => {
    await daemon.close();
    daemon = await startApiInMemory({ pageSessionFile: "/dev/null/page-sessions.json" });
    const { key, setCookie } = await signIn();
    expect(await statusWith({ cookie: setCookie.split(";")[0] ?? "", [pageKeyHeader]: key })).toBe(200);
    await daemon.api.close();
    expect(daemon.problems[0]).toContain("Open pages will have to be opened anew");
  });

  it("gives neither to a wrong or used code, nor to another page, nor a code without the token", async () => {
    const { code } = await signIn();
    for (const wrong of [code, "", "x", "x".repeat(500), 7, null]) {
      const answer = await post("/page-session", {}, { code: wrong });
      expect([400, 401]).toContain(answer.status);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect((await post("/page-session", { origin: "http://evil.example" }, { code })).status).toBe(403);
    expect((await post("/page-session", { "sec-fetch-site": "cross-site" }, { code })).status).toBe(403);
    expect((await post("/page-session", { "content-type": "text/plain" }, { code })).status).toBe(415);
    expect((await post("/page-code", {})).status).toBe(401);
    expect((await post("/api/v1/page-code", {})).status).toBe(401);
    expect((await fetch(new URL("/page-session", daemon.api.address))).status).toBe(401);
  });

  it("waits a second after each wrong code from the 21st within a minute, as after wrong tokens", async () => {
    for (let count = 0; count < 20; count += 1) await post("/page-session", {}, { code: "wrong" });
    const began = performance.now();
    expect((await post("/page-session", {}, { code: "wrong" })).status).toBe(401);
    // A timer is never early, so this is no bound that a slow machine breaks.
    expect(performance.now() - began).toBeGreaterThan(990);
  });
});
