import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createClock } from "./__fixtures__/temporary-home.ts";
import { type FeedStore, openFeedStore } from "./feeds.ts";

let folder: string;
let store: FeedStore;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "asset-sync-feeds-"));
  store = openFeedStore({ folder, now: createClock() });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Stages feeds and puts them to use. */
async function save(catalogRevision: string, feeds: { name: string; text: string }[], name = `of-${catalogRevision}`) {
  await store.stageFeeds(name, feeds);
  await store.saveFeeds(catalogRevision, name);
}
async function refuse(catalogRevision: string, feeds: { name: string; text: string }[], reason: string) {
  await store.stageFeeds("refused", feeds);
  return store.quarantine(catalogRevision, "refused", reason);
}
const textOf = (name: string): string | undefined =>
  existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : undefined;

const feed = (text: string, name = "latest_products.json") => ({ name, text });
const quarantined = () => readdirSync(join(folder, "quarantine")).sort();

test("saved feeds replace their predecessors and stand alone", async () => {
  await save("1", [feed("[]"), feed("{}", "latest_categories.json")]);
  await save("2", [feed("[1]")]);
  expect(textOf("latest_products.json")).toBe("[1]");
  expect(textOf("latest_categories.json")).toBe("{}");
  expect(await store.readFeeds()).toEqual({ catalogRevision: "2", feeds: [feed("[1]")] });
  expect(JSON.parse(readFileSync(join(folder, "revision.json"), "utf8"))).toMatchObject({ catalogRevision: "2" });
  expect(readdirSync(folder).sort()).toEqual([
    "incoming",
    "latest_categories.json",
    "latest_products.json",
    "revision.json",
  ]);
});

test("feeds saved at the same moment are saved one after the other", async () => {
  const revisions = Array.from({ length: 8 }, (_, index) => String(index));
  await Promise.all(revisions.map((revision) => save(revision, [feed(revision), feed("{}", "b.json")])));
  expect(textOf("latest_products.json")).toBe("7");
});

test("what a crash left behind is not mixed in", async () => {
  mkdirSync(join(folder, "incoming", "earlier"), { recursive: true });
  writeFileSync(join(folder, "incoming", "earlier", "half.json"), "[");
  await save("1", [feed("[]")]);
  expect(existsSync(join(folder, "half.json"))).toBe(false);
  await store.discardAll();
  expect(existsSync(join(folder, "incoming"))).toBe(false);
});

test("feeds of which one is missing, or whose revision cannot be read, are none", async () => {
  expect(await store.readFeeds()).toBeUndefined();
  await save("1", [feed("[]"), feed("{}", "latest_categories.json")]);
  rmSync(join(folder, "latest_categories.json"));
  expect(await store.readFeeds()).toBeUndefined();
  await save("2", [feed("[]")]);
  writeFileSync(join(folder, "revision.json"), "{");
  expect(await store.readFeeds()).toBeUndefined();
});

test("staged feeds are not in use, and can be thrown away", async () => {
  await save("1", [feed("[]")]);
  await store.stageFeeds("next", [feed("[1]")]);
  expect((await store.readFeeds())?.feeds).toEqual([feed("[]")]);
  await store.discard("next");
  await store.discard("next");
  expect(readdirSync(join(folder, "incoming"))).toEqual([]);
});

test.each(["../escape.json", "a/b.json", "..", "", ".hidden", "incoming", "quarantine", "C:\\x"])(
  "a feed named %j is not written",
  async (name) => {
    await expect(save("1", [feed("[]", name)])).rejects.toThrow("cannot be kept");
    await expect(save("1", [feed("[]")], name)).rejects.toThrow("cannot be kept");
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("a refused feed is kept aside with the reason, and the good one stays", async () => {
  await save("1", [feed("good")]);
  const kept = await refuse("2", [feed("bad")], "It lost half.");
  expect(readFileSync(join(kept, "latest_products.json"), "utf8")).toBe("bad");
  expect(JSON.parse(readFileSync(join(kept, "reason.json"), "utf8"))).toMatchObject({
    catalogRevision: "2",
    reason: "It lost half.",
  });
  expect(textOf("latest_products.json")).toBe("good");
});

test("five refusals are kept, the same one once, and a person's own folders always", async () => {
  mkdirSync(join(folder, "quarantine", "my notes"), { recursive: true });
  for (const revision of ["1", "2", "3", "4", "5", "6", "7"]) await refuse(revision, [feed(revision)], "why");
  await refuse("7", [feed("7 again")], "why");
  const texts = quarantined()
    .filter((name) => name !== "my notes")
    .map((name) => readFileSync(join(folder, "quarantine", name, "latest_products.json"), "utf8"));
  expect(texts).toEqual(["3", "4", "5", "6", "7 again"]);
  expect(quarantined()).toContain("my notes");
});

test("a folder that cannot be written fails with its name", async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file");
  await expect(save("1", [feed("[]")])).rejects.toMatchObject({ code: "disk-failed", path: folder });
});
