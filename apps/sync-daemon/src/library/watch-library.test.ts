import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { DaemonEvent } from "../domain/event.ts";
import {
  chairFiles,
  createTemporaryFolder,
  createTemporaryLibrary,
  install,
  newChairFiles,
  writeFiles,
} from "./__fixtures__/temporary-library.ts";
import type { Library } from "./open-library.ts";
import { undoReplace } from "./undo-replace.ts";
import { updateCatalogFile } from "./update-catalog-file.ts";
import { watchLibrary } from "./watch-library.ts";

const chair = "Furniture/Chairs/Chair";
const served = "VERSION 1\n00000000-0000-4000-8000-000000000001:Chairs:Chairs\n";
const catalogFile = "blender_assets.cats.txt";
const known = { productId: 132602, assetType: "model" };

/** As in use: what we do ourselves takes longer than `quickly` on a busy machine, and a look must not fall into it. */
const asInUse = { settleMs: 500 };
const quickly = { settleMs: 60 };

async function watched(
  library: Library,
  options: { checkEveryMs?: number; pollingMs?: number; settleMs?: number } = {},
) {
  const { settleMs } = { ...quickly, ...options };
  const events: DaemonEvent[] = [];
  const problems: string[] = [];
  const doubts: string[] = [];
  const watcher = await watchLibrary({
    library,
    publish: (event) => void events.push(event),
    onDoubt: () => void doubts.push("look again"),
    onProblem: (message) => void problems.push(message),
    ...options,
    settleMs,
  });
  onTestFinished(async () => {
    await watcher.close();
    expect(problems).toEqual([]);
  });
  const next = (event: object) =>
    vi.waitFor(() => expect(events).toContainEqual(event), { timeout: 60_000, interval: 10 });
  // What must not be said is only known after something later was: a catalog file that a person edits.
  const nothingBut = async (...expected: object[]) => {
    writeFileSync(join(library.folder, catalogFile), `${served}# ${events.length} ${Math.random()}\n`);
    await next({ type: "catalog-file-edited", assetType: "model" });
    // What is missing is told after a second look.
    await sleep(2 * settleMs + 300);
    expect(events.filter(({ type }) => type !== "catalog-file-edited")).toEqual(expected);
  };
  const doubted = (times: number) =>
    vi.waitFor(() => expect(doubts).toHaveLength(times), { timeout: 60_000, interval: 10 });
  return { events, next, nothingBut, doubted, watcher };
}

async function installed() {
  const library = await createTemporaryLibrary();
  const { asset } = await install(library, chairFiles);
  await updateCatalogFile({ library, base: null, theirs: served });
  return { library, asset, path: join(library.folder, chair) };
}

describe.each([
  ["notified by the system", {}],
  ["by polling", { pollingMs: 50 }],
])("watchLibrary, %s", (_how, options) => {
  it("says when an asset is removed: its folder, its category, or its manifest alone", async () => {
    for (const removed of [chair, "Furniture", `${chair}/.asset.json`]) {
      const { library } = await installed();
      const { next, nothingBut } = await watched(library, options);
      rmSync(join(library.folder, removed), { recursive: true });
      await next({ type: "asset-removed", ...known, folder: chair });
      await nothingBut({ type: "asset-removed", ...known, folder: chair });
    }
  });

  it("says once when a .blend file is edited, whatever its size", async () => {
    const { library, path } = await installed();
    const { next, nothingBut } = await watched(library, options);
    // Blender saves beside the file and renames.
    writeFileSync(join(path, "chair.blend@"), "BLENDER changed by a person");
    renameSync(join(path, "chair.blend"), join(path, "chair.blend1"));
    renameSync(join(path, "chair.blend@"), join(path, "chair.blend"));
    const edited = { type: "asset-edited", ...known, folder: chair };
    await next(edited);
    writeFileSync(join(path, "chair.blend"), "BLENDER changed by a person again");
    await nothingBut(edited);
  });

  it("says nothing of our own work, of moves within the library, and of what is not ours", async () => {
    const { library, asset, path } = await installed();
    const { nothingBut } = await watched(library, { ...options, ...asInUse });
    const updated = await install(library, newChairFiles, { manifest: { revision: "2" }, replaces: asset });
    await undoReplace({ library, asset: updated.asset });
    await updateCatalogFile({
      library,
      base: served,
      theirs: `${served}00000000-0000-4000-8000-000000000002:Lamps:x\n`,
    });
    writeFiles(library.folder, { "Mine/x/y.blend": "BLENDER mine", [`${chair}/notes.txt`]: "mine" });
    symlinkSync(createTemporaryFolder(), join(library.folder, "linked"));
    mkdirSync(join(library.folder, "Moved"));
    renameSync(path, join(library.folder, "Moved/Chair"));
    await nothingBut();
  });

  it("goes on watching an asset that was replaced", async () => {
    const { library, asset, path } = await installed();
    const { next, nothingBut } = await watched(library, { ...options, ...asInUse });
    await install(library, newChairFiles, { manifest: { revision: "2" }, replaces: asset });
    await nothingBut();
    writeFileSync(join(path, "chair.blend"), "BLENDER changed by a person");
    await next({ type: "asset-edited", ...known, folder: chair });
    rmSync(path, { recursive: true });
    await next({ type: "asset-removed", ...known, folder: chair });
  });

  it("watches what is installed later", async () => {
    const { library } = await installed();
    const { next } = await watched(library, options);
    const other = await install(library, { "b.blend": "b" }, { manifest: { productId: 7 }, candidates: ["New/Sub/B"] });
    await sleep(300);
    rmSync(join(library.folder, other.folder), { recursive: true });
    await next({ type: "asset-removed", productId: 7, assetType: "model", folder: "New/Sub/B" });
  });

  it("tells a person's or Blender's catalog file from ours", async () => {
    const { library } = await installed();
    const { events, next } = await watched(library, options);
    await updateCatalogFile({ library, base: served, theirs: served.replace(":Chairs\n", ":Seats\n") });
    await sleep(300);
    expect(events).toEqual([]);
    const path = join(library.folder, catalogFile);
    writeFileSync(`${path}.writing`, `${readFileSync(path, "utf8")}00000000-0000-4000-8000-000000000009:Mine:x\n`);
    renameSync(path, `${path}~`);
    renameSync(`${path}.writing`, path);
    await next({ type: "catalog-file-edited", assetType: "model" });
    expect(events).toHaveLength(1);
  });
});

it("asks for a look when the library is lost and found, once each, and never that its assets were removed", async () => {
  const { library } = await installed();
  const { events, next, doubted } = await watched(library, { checkEveryMs: 50 });
  renameSync(library.folder, `${library.folder}.away`);
  await doubted(1);
  // An empty mount point is not the library either.
  mkdirSync(library.folder);
  await sleep(200);
  rmSync(library.folder, { recursive: true });
  renameSync(`${library.folder}.away`, library.folder);
  await doubted(2);
  expect(events).toEqual([]);
  rmSync(join(library.folder, chair), { recursive: true });
  await next({ type: "asset-removed", ...known, folder: chair });
});

it("says what was removed while the library was away", async () => {
  const { library } = await installed();
  const { next, doubted } = await watched(library, { checkEveryMs: 50 });
  renameSync(library.folder, `${library.folder}.away`);
  await doubted(1);
  rmSync(join(`${library.folder}.away`, chair), { recursive: true });
  renameSync(`${library.folder}.away`, library.folder);
  await next({ type: "asset-removed", ...known, folder: chair });
});

it("says nothing after it was closed or told to stop", async () => {
  const { library, path } = await installed();
  const { events, watcher } = await watched(library);
  const stopping = new AbortController();
  const second = await watchLibrary({
    library,
    publish: (event) => void events.push(event),
    settleMs: 60,
    signal: stopping.signal,
  });
  await watcher.close();
  stopping.abort();
  rmSync(path, { recursive: true });
  await sleep(300);
  await second.close();
  expect(events).toEqual([]);
});
