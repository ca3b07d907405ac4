import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { lockLibrary } from "./library-lock.ts";

function makeLibrary() {
  const folder = mkdtempSync(join(tmpdir(), "asset-sync-library-lock-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const syncFolder = join(folder, ".sync");
  mkdirSync(syncFolder);
  return { folder, syncFolder };
}

it("is had by one at a time, names the holder, and leaves no name behind", () => {
  const library = makeLibrary();
  const first = lockLibrary(library);
  expect(first.problem).toBeNull();
  expect(() => lockLibrary(library)).toThrow(
    `Another asset-sync (process ${process.pid}) keeps the library "${library.folder}"; nothing is written there meanwhile.`,
  );
  first.release();
  expect(readdirSync(library.syncFolder)).toEqual(["lock.db"]);
  const second = lockLibrary(library);
  second.release();
  second.release();
});

it.each(["lock.db", "lock.json"])("does not follow a link in the place of %s", (name) => {
  const library = makeLibrary();
  const elsewhere = join(library.folder, "elsewhere");
  writeFileSync(elsewhere, "not a database, and nobody's to empty");
  symlinkSync(elsewhere, join(library.syncFolder, name));
  expect(() => lockLibrary(library)).toThrow(/is a link or a folder; put it away/);
});

it("is taken also where the file holds rubbish", () => {
  const library = makeLibrary();
  writeFileSync(join(library.syncFolder, "lock.db"), "rubbish".repeat(1_000));
  const lock = lockLibrary(library);
  expect(lock.problem).toBeNull();
  lock.release();
});
