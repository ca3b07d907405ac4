import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { createTemporaryLibrary, failureOf } from "./__fixtures__/temporary-library.ts";
import { parseCatalogFile } from "./catalog-file.ts";
import { readCatalogFileState, updateCatalogFile } from "./update-catalog-file.ts";

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const file = (...lines: string[]): string => `VERSION 1\n${lines.join("\n")}\n`;
const served = file(`${id(1)}:Chairs:Chairs`, `${id(2)}:Tables &amp; Desks:Tables`);
const mine = `${id(90)}:Mine:Mine`;
const name = "blender_assets.cats.txt";

async function createLibrary(text: string | Uint8Array | null = null) {
  const library = await createTemporaryLibrary();
  const path = join(library.folder, name);
  if (text !== null) writeFileSync(path, text);
  const pathsOf = () => parseCatalogFile(readFileSync(path)).catalogs.map((catalog) => catalog.path);
  return { library, path, pathsOf };
}

const unchanged = { changed: false, problem: null, mended: null };

it("writes the file where there is none, and not again", async () => {
  const { library, path, pathsOf } = await createLibrary();
  expect(await updateCatalogFile({ library, base: null, theirs: served })).toEqual({ ...unchanged, changed: true });
  expect(pathsOf()).toEqual(["Chairs", "Tables &amp; Desks"]);
  const { ino } = statSync(path);
  expect(await updateCatalogFile({ library, base: served, theirs: served })).toEqual(unchanged);
  expect(statSync(path).ino).toBe(ino);
  expect(readdirSync(library.folder).sort()).toEqual([".asset-sync", ".sync", name]);
});

it("keeps what a person made, the file's mode, and the text before", async () => {
  const before = served + mine;
  const { library, path, pathsOf } = await createLibrary(before);
  chmodSync(path, 0o664);
  const theirs = `${served}${id(3)}:Lamps:Lamps\n`;
  expect((await updateCatalogFile({ library, base: served, theirs })).changed).toBe(true);
  expect(pathsOf()).toEqual(["Chairs", "Lamps", "Mine", "Tables &amp; Desks"]);
  expect(statSync(path).mode & 0o777).toBe(0o664);
  expect(readFileSync(join(library.folder, ".sync", `${name}.before`), "utf8")).toBe(before);
  expect(existsSync(`${path}~`)).toBe(false);
});

it.each([
  ["a newer version", "VERSION 2\nsomething new\n"],
  ["what is no catalog file", "hello\n"],
])("leaves %s alone and says so", async (_what, text) => {
  const { library, path } = await createLibrary(text);
  expect(await updateCatalogFile({ library, base: null, theirs: served })).toEqual({
    ...unchanged,
    problem: expect.stringContaining("left alone"),
  });
  expect(readFileSync(path, "utf8")).toBe(text);
});

it("leaves a link and a huge file alone", async () => {
  const { library, path } = await createLibrary();
  const elsewhere = join(library.folder, "..", "elsewhere.txt");
  writeFileSync(elsewhere, served);
  symlinkSync(elsewhere, path);
  expect((await updateCatalogFile({ library, base: null, theirs: file(mine) })).problem).toContain("link");
  expect(readFileSync(elsewhere, "utf8")).toBe(served);
  rmSync(path);
  writeFileSync(path, Buffer.alloc(11 * 1024 * 1024, "#\n"));
  expect((await updateCatalogFile({ library, base: null, theirs: served })).problem).toContain("10 MB");
});

it("mends a file with a byte order mark and says why", async () => {
  const { library, path, pathsOf } = await createLibrary(`\ufeff${file(mine)}`);
  const updated = await updateCatalogFile({ library, base: null, theirs: served });
  expect(updated).toEqual({ changed: true, problem: null, mended: expect.stringContaining("byte order mark") });
  expect(pathsOf()).toContain("Mine");
  expect(readFileSync(path)[0]).toBe("#".charCodeAt(0));
});

it.each([
  ["<html>404</html>", "feed-unreadable"],
  ["", "feed-unreadable"],
  ["VERSION 2\n", "feed-unreadable"],
  [`VERSION 1\n${"#".repeat(11 * 1024 * 1024)}`, "feed-unreadable"],
  ["VERSION 1\n", "feed-shrunken"],
])("does not let a bad answer near the file", async (theirs, code) => {
  const { library, path } = await createLibrary(served);
  expect((await failureOf(updateCatalogFile({ library, base: served, theirs }))).code).toBe(code);
  expect(readFileSync(path, "utf8")).toBe(served);
});

it("writes nothing where the library is gone", async () => {
  const { library } = await createLibrary();
  rmSync(join(library.folder, ".asset-sync"));
  expect((await failureOf(updateCatalogFile({ library, base: null, theirs: served }))).code).toBe("library-missing");
  expect(existsSync(join(library.folder, name))).toBe(false);
});

/** Saves as Blender does: a new file beside it, the old one to `~`, the new one in its place. */
function saveAsBlender(path: string, change: (text: string) => string): void {
  writeFileSync(`${path}.writing`, change(readFileSync(path, "utf8")));
  renameSync(path, `${path}~`);
  renameSync(`${path}.writing`, path);
}

it("loses no catalog of a Blender that saves again and again meanwhile", async () => {
  const { library, path, pathsOf } = await createLibrary(served);
  let isDone = false;
  const added: string[] = [];
  const blender = (async () => {
    for (let number = 100; !isDone && number < 400; number += 1) {
      saveAsBlender(path, (text) => `${text}${id(number)}:Mine ${number}:x\n`);
      added.push(`Mine ${number}`);
      await sleep(7);
    }
  })();
  let base = served;
  for (let round = 0; round < 12; round += 1) {
    const theirs = `${served}${id(3)}:Round ${round}:x\n`;
    const { problem } = await updateCatalogFile({ library, base, theirs });
    if (problem === null) base = theirs;
  }
  isDone = true;
  await blender;
  await updateCatalogFile({ library, base, theirs: base });
  expect(added.length).toBeGreaterThan(5);
  expect(pathsOf()).toEqual(expect.arrayContaining(added));
  expect(pathsOf()).toEqual(
    expect.arrayContaining(["Chairs", base.includes("Round") ? expect.stringMatching(/^Round/) : "Chairs"]),
  );
});

it("waits while Blender is between its two renames, and not for a Blender that crashed there", async () => {
  const { library, path, pathsOf } = await createLibrary();
  writeFileSync(`${path}.writing`, served + mine);
  const updating = updateCatalogFile({ library, base: served, theirs: `${served}${id(3)}:Lamps:x\n` });
  await sleep(30);
  renameSync(`${path}.writing`, path);
  expect((await updating).changed).toBe(true);
  expect(pathsOf()).toEqual(["Chairs", "Lamps", "Mine", "Tables &amp; Desks"]);

  writeFileSync(`${path}.writing`, "half");
  utimesSync(`${path}.writing`, 1e9, 1e9);
  rmSync(path);
  expect((await updateCatalogFile({ library, base: served, theirs: served })).changed).toBe(true);
});

it("a reader sees at every instant a file that parses", async () => {
  const { library, path } = await createLibrary(served);
  let isDone = false;
  let reads = 0;
  const reader = (async () => {
    while (!isDone) {
      expect(parseCatalogFile(readFileSync(path))).toMatchObject({ refusal: null, problems: [] });
      reads += 1;
      await sleep(1);
    }
  })();
  let base = served;
  for (let round = 0; round < 40; round += 1) {
    const theirs = `${served}${id(3)}:Round ${round}:x\n`;
    await updateCatalogFile({ library, base, theirs });
    base = theirs;
  }
  isDone = true;
  await reader;
  expect(reads).toBeGreaterThan(10);
});

it("knows its own text from a person's", async () => {
  const { library, path } = await createLibrary(served + mine);
  expect((await readCatalogFileState(library)).isOurs).toBe(true);
  await updateCatalogFile({ library, base: served, theirs: `${served}${id(3)}:Lamps:x\n` });
  expect((await readCatalogFileState(library)).isOurs).toBe(true);
  saveAsBlender(path, (text) => `${text}# edited\n`);
  expect((await readCatalogFileState(library)).isOurs).toBe(false);
  rmSync(path);
  expect(await readCatalogFileState(library)).toEqual({ sha256: null, isOurs: false });
});
