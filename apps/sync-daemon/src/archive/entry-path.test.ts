import { posix, win32 } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainUnsafeSegment, foldForCollision } from "../domain/path-segment.ts";
import { decideEntryPath } from "./entry-path.ts";

const parts = ["..", ".", "", "a", "Model", "con", "nul.txt", "C:", "~", "...", ".sync", ".asset.json", ".ASSET-SYNC"];
const hostileParts = [
  ...parts,
  "a.exe",
  "__MACOSX",
  "._x",
  "\u202e",
  "a\0",
  " x",
  "x ",
  "..\u200b",
  "\uff0e\uff0e",
  "é",
  "%2e%2e",
];
const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc
    .array(fc.constantFrom(...hostileParts), { maxLength: 8 })
    .chain((names) => fc.constantFrom("/", "//", "/./").map((separator) => names.join(separator))),
);

describe("decideEntryPath", () => {
  it("lets nothing out of its folder, on any system, and nothing take a reserved name", () => {
    let written = 0;
    fc.assert(
      fc.property(anyName, (name) => {
        const decision = decideEntryPath(name.replaceAll("\\", "/"));
        if (decision.verdict !== "write") return;
        written += 1;
        const { path } = decision;
        expect(posix.isAbsolute(path) || win32.isAbsolute(path)).toBe(false);
        expect(posix.resolve("/library/asset", path)).toBe(`/library/asset/${path}`);
        expect(win32.resolve("D:\\library\\asset", path)).toBe(`D:\\library\\asset\\${path.replaceAll("/", "\\")}`);
        for (const segment of path.split("/")) {
          expect(explainUnsafeSegment(segment)).toBeNull();
          expect([".SYNC", ".ASSET.JSON", ".ASSET-SYNC"]).not.toContain(foldForCollision(segment));
        }
        // Deciding again on its own result changes nothing.
        expect(decideEntryPath(decision.namesFolder ? `${path}/` : path)).toEqual(decision);
      }),
      { numRuns: 5000 },
    );
    expect(written).toBeGreaterThan(100);
  });

  it.each([
    "Chair.blend",
    "textures/wood 01.png",
    "a/b/c.d/e",
    "Étagère/Øst.blend",
    "~/x",
    ".gitignore",
    "a&amp;b.png",
  ])("writes %j as it is", (name) => {
    expect(decideEntryPath(name)).toEqual({ verdict: "write", path: name, namesFolder: false });
  });

  it("takes a trailing slash for a folder", () => {
    expect(decideEntryPath("textures/")).toEqual({ verdict: "write", path: "textures", namesFolder: true });
    expect(decideEntryPath("scripts.py/")).toMatchObject({ verdict: "write" });
  });

  it.each([
    ".DS_Store",
    "a/Thumbs.db",
    "__MACOSX/a/._b.png",
    "__macosx/",
    "a/._b",
    "Icon\r",
    "a/run.EXE",
    "a/start.py",
    "Player.app/Contents/MacOS/Player",
    "blender_assets.cats.txt",
    "a/Blender_Assets.cats.TXT~",
  ])("skips %j", (name) => {
    expect(decideEntryPath(name)).toMatchObject({ verdict: "skip" });
  });

  it.each([
    "__MACOSX/../../x",
    "a/../.DS_Store",
    "/.DS_Store",
    ".sync/x",
    "a/.Asset.json",
    ".asset\u200b.json",
    ".asset-sync",
    "a//b",
    "c:b",
    `${"a/".repeat(32)}b`,
    `${"a".repeat(100)}/${"b".repeat(100)}`,
  ])("refuses %j", (name) => {
    expect(decideEntryPath(name)).toMatchObject({ verdict: "refuse" });
  });

  it("allows 32 parts and 200 characters", () => {
    expect(decideEntryPath(`${"a/".repeat(31)}b`)).toMatchObject({ verdict: "write" });
    expect(decideEntryPath(`${"a".repeat(100)}/${"b".repeat(99)}`)).toMatchObject({ verdict: "write" });
  });
});
