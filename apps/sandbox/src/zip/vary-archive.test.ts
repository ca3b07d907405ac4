import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundledSampleShop } from "../index.ts";
import { renameProductInArchive, varyArchive } from "./vary-archive.ts";
import { readZipEntries } from "./zip-entries.ts";

const archives = readdirSync(join(bundledSampleShop, "archives"));
const archive = (name: string) => readFileSync(join(bundledSampleShop, "archives", name));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sandbox-zip-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function isInstalled(command: string): boolean {
  try {
    execFileSync(command, ["-h"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

function passes(command: string, args: string[], bytes: Buffer): string {
  const file = join(folder, "tested.zip");
  writeFileSync(file, bytes);
  return execFileSync(command, [...args, file], { encoding: "utf8" });
}

test.each(archives)("%s varied keeps every entry, has one more, and is the same each time", (name) => {
  const original = readZipEntries(archive(name));
  const varied = varyArchive(archive(name), 3);
  const entries = readZipEntries(varied);
  expect(entries.slice(0, -1)).toEqual(original);
  expect(entries.at(-1)?.name).toMatch(/(^|\/)revision-3\.txt$/);
  expect(varyArchive(archive(name), 3).equals(varied)).toBe(true);
  expect(varyArchive(archive(name), 4).equals(varied)).toBe(false);
});

test("an archive with one top folder keeps it, one without stays flat", () => {
  const namesOf = (name: string) => readZipEntries(varyArchive(archive(name), 1)).map((entry) => entry.name);
  expect(namesOf("Decor_Bowl_Glazed_02_Blender.zip").at(-1)).toBe("Decor_Bowl_Glazed_02/revision-1.txt");
  expect(namesOf("Fabric_Linen_Weave_03_1+2+4k.zip").at(-1)).toBe("revision-1.txt");
});

test("another product name goes into the top folder and the .blend, not into the textures", () => {
  const renamed = renameProductInArchive(archive("Decor_Bowl_Glazed_02_Blender.zip"), "Decor_Bowl_Glazed_02", "Other");
  expect(readZipEntries(renamed).map((entry) => entry.name)).toEqual([
    "Other/Other.blend",
    "Other/textures/Decor_Bowl_Glazed_02_color.png",
    "Other/textures/Decor_Bowl_Glazed_02_roughness.png",
  ]);
});

test.skipIf(!isInstalled("unzip"))("unzip -t finds no error in a varied and a renamed archive", () => {
  const bowl = archive("Decor_Bowl_Glazed_02_Blender.zip");
  expect(passes("unzip", ["-t"], varyArchive(bowl, 1))).toContain("No errors detected");
  expect(passes("unzip", ["-t"], renameProductInArchive(bowl, "Decor_Bowl_Glazed_02", "Øther"))).toContain(
    "No errors detected",
  );
});

test.skipIf(!isInstalled("7z"))("7z t finds everything ok in a varied archive", () => {
  expect(passes("7z", ["t"], varyArchive(archive("Decor_Bowl_Glazed_02_Blender.zip"), 1))).toContain(
    "Everything is Ok",
  );
});

test("what is no zip is refused", () => {
  expect(() => varyArchive(Buffer.from("no zip at all, but long enough to look"), 1)).toThrow("no zip end record");
});
