import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Failure } from "../domain/failure.ts";
import { createPictureCache, type PictureCache } from "./picture-cache.ts";

const png = (size = 100): Buffer => Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(size - 8)]);

let folder: string;
let nowMs = 0;
let fetched: string[] = [];
let caches: PictureCache[] = [];
/** What the far side has; a failure is thrown, and what waits forever ends with the signal. */
let offer: Record<string, Buffer | Failure | "never"> = {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "asset-sync-pictures-"));
  nowMs = 0;
  fetched = [];
  caches = [];
  offer = {};
});
afterEach(async () => {
  for (const cache of caches) await cache.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(limits: Parameters<typeof createPictureCache>[0]["limits"] = {}): PictureCache {
  const cache = createPictureCache({
    folder: join(folder, "thumbnails"),
    monotonicMs: () => nowMs,
    limits,
    async fetchPicture({ url, path, signal }) {
      fetched.push(url);
      await writeFile(`${path}.part`, "begun");
      const given = offer[url];
      if (given instanceof Failure) throw given;
      if (given === "never") {
        await new Promise((_, reject) =>
          signal.addEventListener("abort", () => reject(new Failure("stopped", "Stopped.")), { once: true }),
        );
      } else await writeFile(path, given ?? "");
    },
  });
  caches.push(cache);
  return cache;
}
const ask = (cache: PictureCache, url: string, { revision = "1", signal = new AbortController().signal } = {}) =>
  cache.get({ url, revision, signal });
const kindOf = async (cache: PictureCache, url: string, revision = "1") => {
  const answer = await ask(cache, url, { revision });
  return typeof answer === "string" ? answer : answer.kind;
};
const files = () => readdirSync(join(folder, "thumbnails"));

it("fetches each revision's picture once, also over a restart", async () => {
  offer.a = png();
  const cache = open();
  expect(await Promise.all([kindOf(cache, "a"), kindOf(cache, "a")])).toEqual(["image/png", "image/png"]);
  expect(await ask(cache, "a")).toEqual({ bytes: png(), kind: "image/png" });
  expect(await kindOf(open(), "a")).toBe("image/png");
  expect(fetched).toEqual(["a"]);
  expect(await kindOf(cache, "a", "2")).toBe("image/png");
  expect(fetched).toEqual(["a", "a"]);
  expect(files()).toHaveLength(2);
});

it.each([
  ["an SVG", Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
  ["a page", Buffer.from("<!DOCTYPE html><script>alert(1)</script>")],
  ["nothing", Buffer.alloc(0)],
])("does not keep %s, and does not ask again for an hour", async (_, bytes) => {
  offer.a = bytes;
  const cache = open();
  expect([await kindOf(cache, "a"), await kindOf(cache, "a")]).toEqual(["absent", "absent"]);
  expect(fetched).toHaveLength(1);
  expect(files()).toEqual([]);
  nowMs = 3_600_000;
  offer.a = png();
  expect(await kindOf(cache, "a")).toBe("image/png");
});

it("asks again sooner where the network was to blame, and after some such failures asks nobody for a while", async () => {
  for (const url of "abcdefgh") offer[url] = new Failure("provider-unreachable", "No answer.");
  const cache = open({ fetches: 1 });
  for (const url of "abcdefgh") expect(await kindOf(cache, url)).toBe("absent");
  expect(fetched).toEqual([..."abcdef"]);
  expect(files()).toEqual([]);
  nowMs = 30_000;
  offer.a = png();
  expect(await kindOf(cache, "a")).toBe("image/png");
});

it("keeps within its limit, the oldest going first, also those of an earlier run", async () => {
  for (const url of "abcde") offer[url] = png();
  const first = open();
  for (const url of "abc") await ask(first, url);
  for (const [index, name] of files().entries()) utimesSync(join(folder, "thumbnails", name), index, index);
  const [oldest] = files();
  const later = open({ maxBytes: 350 });
  expect(await kindOf(later, "d")).toBe("image/png");
  expect(files()).toHaveLength(3);
  expect(files()).not.toContain(oldest);
  expect(await kindOf(later, "e")).toBe("image/png");
  const sizes = files().map((name) => statSync(join(folder, "thumbnails", name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(350);
  expect(await kindOf(later, "d")).toBe("image/png");
  expect(fetched.filter((url) => url === "d")).toHaveLength(1);
});

it("removes what a crash left, and fetches again what somebody removed or spoilt", async () => {
  offer.a = png();
  const cache = open();
  await ask(cache, "a");
  const [name = ""] = files();
  writeFileSync(join(folder, "thumbnails", name), "<svg/>");
  expect(await kindOf(cache, "a")).toBe("image/png");
  rmSync(join(folder, "thumbnails", name));
  expect(await kindOf(cache, "a")).toBe("image/png");
  expect(fetched).toHaveLength(3);
  writeFileSync(join(folder, "thumbnails", "incoming-1.part"), "left");
  expect(await kindOf(open(), "a")).toBe("image/png");
  expect(files()).toEqual([name]);
});

it("lets nobody wait long for a slow host, and gives what it sends to the next who asks", async () => {
  offer.a = "never";
  const cache = open({ waitMs: 1, waiting: 1, fetches: 1, fetchWithinMs: 60_000 });
  expect(await ask(cache, "a")).toBe("later");
  expect(await ask(cache, "a")).toBe("later");
  expect(fetched).toEqual(["a"]);
  // As many wait as may: the next is not let in at all.
  const impatient = open({ waitMs: 60_000, waiting: 1, fetches: 1 });
  const one = ask(impatient, "a");
  await expect.poll(() => fetched.length).toBe(2);
  expect(await ask(impatient, "b")).toBe("later");
  await impatient.close();
  expect(await one).toBe("absent");
  expect(fetched).toEqual(["a", "a"]);
});

it("fetches nothing that nobody waits for any more", async () => {
  offer.slow = "never";
  offer.gone = png();
  const cache = open({ fetches: 1, fetchWithinMs: 300, waitMs: 60_000 });
  const slow = ask(cache, "slow");
  await expect.poll(() => fetched).toEqual(["slow"]);
  const leaving = new AbortController();
  const gone = ask(cache, "gone", { signal: leaving.signal });
  setTimeout(() => leaving.abort(), 20);
  await gone;
  expect(await slow).toBe("absent");
  nowMs = 30_000;
  offer.other = png();
  expect(await kindOf(cache, "other")).toBe("image/png");
  expect(fetched).toEqual(["slow", "other"]);
});
