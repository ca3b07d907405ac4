import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@org/sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openCatalogDatabase } from "../store/catalog-database.ts";
import { openFeedStore } from "../store/feeds.ts";
import type { CatalogBuilds } from "../sync/parts.ts";
import { createCatalogProcess } from "./start-catalog-process.ts";

let sandbox: Sandbox;
let folder: string;
let builds: CatalogBuilds;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "asset-sync-catalog-process-"));
  sandbox = await startSandbox();
  const { shop, blog, feeds, extensions } = sandbox.origins;
  builds = createCatalogProcess({
    source: "imeshh",
    origins: { shop, blog, feeds, extensions },
    network: { proxy: null, noProxy: null, extraCertificateFiles: [], silenceMs: 30_000 },
    feedsFolder: join(folder, "feeds"),
    catalogsFolder: join(folder, "catalogs"),
    logger: undefined,
    now: Date.now,
  });
});
afterEach(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

const { signal } = new AbortController();
const openBuilt = (file: string) => openCatalogDatabase(join(folder, "catalogs", file));

/** Processes of ours that build a catalog, as the kernel lists them. */
function listChildren(): number[] {
  const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.map(Number).filter((pid) => readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("catalog-child"));
}

async function untilChild(): Promise<number> {
  for (;;) {
    const [child] = listChildren();
    if (child !== undefined) return child;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

test("what the shop offers, and the same again from the feeds that were kept", async () => {
  const { built, stagingName } = await builds.fetch({ catalogRevision: "a", previous: null, signal });
  expect(built).toMatchObject({ catalogRevision: "a", products: 22, added: 22, changed: 0, removed: 0 });
  expect(await builds.restore({ signal })).toBeUndefined();

  const feeds = openFeedStore({ folder: join(folder, "feeds") });
  await feeds.saveFeeds("a", stagingName);
  const again = await builds.restore({ signal });
  expect(again?.built).toMatchObject({ catalogRevision: "a", products: 22, skipped: built.skipped });
  const [first, second] = [openBuilt(built.file), openBuilt(again?.built.file ?? "")];
  expect(second.listPage(0, 100)).toEqual(first.listPage(0, 100));
  expect(second.listSkipped(100)).toEqual(first.listSkipped(100));
  expect(second.servedCatalogFile("fx")).toEqual(first.servedCatalogFile("fx"));
  first.close();
  second.close();
});

test("compares with the one before", async () => {
  const first = await builds.fetch({ catalogRevision: "a", previous: null, signal });
  sandbox.updateProduct(132611);
  sandbox.withdrawProduct(132622);
  const previous = join(folder, "catalogs", first.built.file);
  const { built } = await builds.fetch({ catalogRevision: "b", previous, signal });
  expect(built).toMatchObject({ added: 0, changed: 1, removed: 1 });
  const catalog = openBuilt(built.file);
  expect(catalog.findWithdrawnById(132622)?.product.id).toBe(132622);
  catalog.close();
});

test("a failure keeps its code and sentence, and nothing is left half", async () => {
  sandbox.addFault({
    host: "feeds",
    kind: "html",
    path: "/imeshh-all-product-compress-meta-data/latest_products.json",
  });
  const failed = builds.fetch({ catalogRevision: "a", previous: null, signal });
  await expect(failed).rejects.toMatchObject({ name: "Failure", code: "feed-unreadable" });
  await sandbox.close();
  const unreachable = builds.fetch({ catalogRevision: "a", previous: null, signal });
  await expect(unreachable).rejects.toMatchObject({ code: "provider-unreachable" });
  expect(() => readdirSync(join(folder, "catalogs"))).toThrow("ENOENT");
});

test.skipIf(process.platform !== "linux")("is told to stop, and has ended then", async () => {
  sandbox.addFault({ host: "feeds", kind: "slow-first-byte", ms: 60_000 });
  const stopping = new AbortController();
  const build = builds.fetch({ catalogRevision: "a", previous: null, signal: stopping.signal });
  await untilChild();
  stopping.abort();
  await expect(build).rejects.toMatchObject({ code: "stopped" });
  expect(listChildren()).toEqual([]);
  await expect(builds.restore({ signal: stopping.signal })).rejects.toMatchObject({ code: "stopped" });
});

test.skipIf(process.platform !== "linux")(
  "killed from outside: the last good catalog stays, and it is tried again",
  async () => {
    sandbox.addFault({ host: "feeds", kind: "slow-first-byte", ms: 60_000 });
    const build = builds.fetch({ catalogRevision: "a", previous: null, signal });
    process.kill(await untilChild(), "SIGKILL");
    await expect(build).rejects.toMatchObject({ code: "feed-unreadable", message: expect.stringContaining("SIGKILL") });
  },
);

test.skipIf(process.platform !== "linux")("knows no secret of the daemon", async () => {
  sandbox.addFault({ host: "feeds", kind: "slow-first-byte", ms: 60_000 });
  process.env.ASSET_SYNC_IMESHH_PASSWORD = "planted-password";
  const stopping = new AbortController();
  const build = builds.fetch({ catalogRevision: "a", previous: null, signal: stopping.signal });
  try {
    const child = await untilChild();
    const environment = readFileSync(`/proc/${child}/environ`, "utf8");
    expect(environment).toContain("PATH=");
    expect(environment).not.toContain("planted-password");
    expect(environment).not.toContain("NODE_OPTIONS");
    expect(readFileSync(`/proc/${child}/cmdline`, "utf8")).not.toContain(sandbox.origins.feeds);
  } finally {
    delete process.env.ASSET_SYNC_IMESHH_PASSWORD;
    stopping.abort();
    await expect(build).rejects.toMatchObject({ code: "stopped" });
  }
});
