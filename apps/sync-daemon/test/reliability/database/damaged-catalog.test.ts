// The catalog is derived: wherever its database is damaged, the sync that meets it builds it again and goes on.
import { closeSync, copyFileSync, openSync, readdirSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { makeScene } from "../../scene/scene.ts";
import { count } from "../level.ts";
import { record } from "../record.ts";

vi.setConfig({ testTimeout: 300_000 });

/** SQLite's own for a database made without another; what the first byte of a page says is what kind of page it is. */
const pageBytes = 4_096;
/** The first page begins with the header of the file. */
const headerBytes = 100;
const noKindOfPage = 0xf7;

it("is met by one sync, page by page", async () => {
  const startedMs = performance.now();
  const scene = await makeScene();
  const first = await scene.start();
  await first.sync();
  await first.stop();
  const spentBefore = scene.spentAtShop();
  const folder = join(scene.home, "catalogs");
  const catalogFile = () => join(folder, readdirSync(folder).find((name) => name.endsWith(".db")) ?? "none");
  const whole = join(scene.folder, "whole.db");
  copyFileSync(catalogFile(), whole);
  const pages = statSync(whole).size / pageBytes;
  expect(pages).toBeGreaterThan(10);

  // By day every third; the one with the catalog files is among them.
  const step = count({ commit: 3, nightly: 1 });
  let damagedPages = 0;
  let met = 0;
  const wrong: string[] = [];
  for (let page = step - 1; page < pages; page += step) {
    copyFileSync(whole, catalogFile());
    const file = openSync(catalogFile(), "r+");
    writeSync(file, Buffer.from([noKindOfPage]), 0, 1, page === 0 ? headerBytes : page * pageBytes);
    closeSync(file);
    const damaged = catalogFile();
    const daemon = await scene.start();
    const synced = await daemon.sync().catch((error: unknown) => String(error));
    await daemon.stop();
    damagedPages += 1;
    // What was built again has another name.
    if (catalogFile() !== damaged) met += 1;
    const isGood =
      typeof synced !== "string" && synced.products === 22 && synced.spent === 0 && synced.failed.length === 0;
    if (!isGood) wrong.push(`page ${page + 1} of ${pages}: ${JSON.stringify(synced)}`);
    if (catalogFile() === join(folder, "none")) break;
  }
  record({
    test: "T14",
    what: "a page of the catalog damaged",
    injections: met,
    wrong: wrong.length,
    secondSpends: scene.spentAtShop() - spentBefore,
    seed: null,
    ms: performance.now() - startedMs,
    note: `of ${damagedPages} damaged; the others hold nothing that a sync reads`,
  });
  expect(wrong).toEqual([]);
  expect(met).toBeGreaterThan(damagedPages / 4);
});
