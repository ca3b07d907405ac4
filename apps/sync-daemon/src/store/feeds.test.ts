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

const feed = (text: string, name = "latest_products.json") => ({ name, text });
const quarantined = () => readdirSync(join(folder, "quarantine")).sort();

test("saved feeds replace their predecessors and stand alone", async () => {
  await store.saveFeeds("1", [feed("[]"), feed("{}", "latest_categories.json")]);
  await store.saveFeeds("2", [feed("[1]")]);
  expect(await store.readFeed("latest_products.json")).toBe("[1]");
  expect(await store.readFeed("latest_categories.json")).toBe("{}");
  expect(await store.readFeed("never_seen.json")).toBeUndefined();
  expect(JSON.parse(readFileSync(join(folder, "revision.json"), "utf8"))).toMatchObject({ catalogRevision: "2" });
  expect(readdirSync(folder).sort()).toEqual(["latest_categories.json", "latest_products.json", "revision.json"]);
});

test("feeds saved at the same moment are saved one after the other", async () => {
  const revisions = Array.from({ length: 8 }, (_, index) => String(index));
  await Promise.all(revisions.map((revision) => store.saveFeeds(revision, [feed(revision), feed("{}", "b.json")])));
  expect(await store.readFeed("latest_products.json")).toBe("7");
});

test("what a crash left behind is not mixed in", async () => {
  mkdirSync(join(folder, "incoming"));
  writeFileSync(join(folder, "incoming", "half.json"), "[");
  await store.saveFeeds("1", [feed("[]")]);
  expect(existsSync(join(folder, "half.json"))).toBe(false);
  expect(existsSync(join(folder, "incoming"))).toBe(false);
});

test.each(["../escape.json", "a/b.json", "..", "", ".hidden", "incoming", "quarantine", "C:\\x"])(
  "a feed named %j is not written",
  async (name) => {
    await expect(store.saveFeeds("1", [feed("[]", name)])).rejects.toThrow("cannot be kept");
    await expect(store.quarantine("1", [feed("[]", name)], "why")).rejects.toThrow("cannot be kept");
    expect(readdirSync(folder)).toEqual([]);
  },
);

test("a refused feed is kept aside with the reason, and the good one stays", async () => {
  await store.saveFeeds("1", [feed("good")]);
  const kept = await store.quarantine("2", [feed("bad")], "It lost half.");
  expect(readFileSync(join(kept, "latest_products.json"), "utf8")).toBe("bad");
  expect(JSON.parse(readFileSync(join(kept, "reason.json"), "utf8"))).toMatchObject({
    catalogRevision: "2",
    reason: "It lost half.",
  });
  expect(await store.readFeed("latest_products.json")).toBe("good");
});

test("five refusals are kept, the same one once, and a person's own folders always", async () => {
  mkdirSync(join(folder, "quarantine", "my notes"), { recursive: true });
  for (const revision of ["1", "2", "3", "4", "5", "6", "7"]) await store.quarantine(revision, [feed(revision)], "why");
  await store.quarantine("7", [feed("7 again")], "why");
  const texts = quarantined()
    .filter((name) => name !== "my notes")
    .map((name) => readFileSync(join(folder, "quarantine", name, "latest_products.json"), "utf8"));
  expect(texts).toEqual(["3", "4", "5", "6", "7 again"]);
  expect(quarantined()).toContain("my notes");
});

test("a folder that cannot be written fails with its name", async () => {
  rmSync(folder, { recursive: true });
  writeFileSync(folder, "a file");
  await expect(store.saveFeeds("1", [feed("[]")])).rejects.toMatchObject({ code: "disk-failed", path: folder });
});
