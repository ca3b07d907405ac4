import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import nock from "nock";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createImeshh } from "./imeshh-client.ts";

let folder: string;
beforeEach(async () => {
  nock.disableNetConnect();
  folder = await mkdtemp(join(tmpdir(), "imeshh-pictures-"));
});
afterEach(async () => {
  nock.cleanAll();
  nock.enableNetConnect();
  await rm(folder, { recursive: true, force: true });
});

const fetchFrom = (url: string, maxBytes = 1_000) =>
  createImeshh({ credentials: { token: "secret-token" } }).fetchPicture({
    url,
    path: join(folder, "picture"),
    maxBytes,
  });

it("fetches a picture without the token", async () => {
  nock("https://r2.imeshh.com", { badheaders: ["authorization", "cookie"] })
    .get("/vase.png")
    .reply(200, "picture");
  await fetchFrom("https://r2.imeshh.com/vase.png");
  expect(await readFile(join(folder, "picture"), "utf8")).toBe("picture");
});

it.each([
  ["another host", "https://evil.example/vase.png"],
  ["plain http", "http://r2.imeshh.com/vase.png"],
  ["a user name", "https://me:pw@r2.imeshh.com/vase.png"],
  ["no address", "vase.png"],
])("asks nobody for a picture from %s", async (_, url) => {
  await expect(fetchFrom(url)).rejects.toMatchObject({ code: "link-refused", neverSent: true });
});

it("does not follow to another host, nor take more than allowed, nor repeat", async () => {
  nock("https://r2.imeshh.com").get("/away.png").reply(302, "", { location: "https://evil.example/vase.png" });
  await expect(fetchFrom("https://r2.imeshh.com/away.png")).rejects.toMatchObject({ code: "host-refused" });
  nock("https://r2.imeshh.com").get("/large.png").reply(200, "x".repeat(2_000));
  await expect(fetchFrom("https://r2.imeshh.com/large.png")).rejects.toMatchObject({ code: "file-too-large" });
  nock("https://r2.imeshh.com").get("/broken.png").reply(503, "");
  await expect(fetchFrom("https://r2.imeshh.com/broken.png")).rejects.toMatchObject({ status: 503 });
  expect(existsSync(join(folder, "picture"))).toBe(false);
  expect((await readdir(folder)).filter((name) => !name.includes(".part"))).toEqual([]);
});
