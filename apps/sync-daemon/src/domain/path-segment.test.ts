import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { explainUnsafeSegment, foldForCollision, maxSegmentBytes, toSafeSegment } from "./path-segment.ts";

const anyName = fc.oneof(
  fc.string({ unit: "binary", maxLength: 400 }),
  fc.string({ unit: "grapheme", maxLength: 100 }),
  // Names built from the very characters and words that the rules are about.
  fc
    .array(
      fc.constantFrom(
        ...'/\\:*?"<>|. \0\n\t~$_',
        "..",
        "con",
        "NUL",
        "com¹",
        ".txt",
        "\u202e",
        "\ud800",
        "\ufffd",
        "\u0338",
        "é",
        "e\u0301",
        "ß",
        "\u200b",
      ),
      { maxLength: 12 },
    )
    .map((parts) => parts.join("")),
);

describe("explainUnsafeSegment", () => {
  it.each([
    "Lamps &amp; Lighting",
    "Étagère Øst 01",
    "Wood_01_",
    "PROGRA~1",
    "%2e%2e%2f",
    "~",
    "\uff0e\uff0e",
    ".hidden",
    "console.txt",
    "com10",
    "aux_01.blend",
    "a b.c d",
    "日本語.blend",
    "b".repeat(maxSegmentBytes),
  ])("accepts %j", (name) => {
    expect(explainUnsafeSegment(name)).toBeNull();
  });

  it.each([
    ["", "empty"],
    [".", "position"],
    ["..", "position"],
    ["...", "dot or space"],
    [".. ", "dot or space"],
    ["file.", "dot or space"],
    ["file ", "dot or space"],
    ["a\0b", "NUL"],
    ["a\nb", "control"],
    ["a\u0085b", "control"],
    ["a\u2028b", "control"],
    ["txt.\u202eexe.blend", "direction"],
    ["\u2067x", "direction"],
    ["a\ufffdb", "valid text"],
    ["a\ud800b", "valid text"],
    ["a/b", "/"],
    ["a\\b", "\\"],
    ["a:b", ":"],
    ["a*b", "*"],
    ["CON", "device"],
    ["nul.tar.gz", "device"],
    ["PRN .txt", "device"],
    ["com¹.txt", "device"],
    ["LPT³", "device"],
    ["conin$", "device"],
    ["CLOCK$.x", "device"],
    ["b".repeat(maxSegmentBytes + 1), "longer"],
    ["é".repeat(128), "longer"],
  ])("refuses %j", (name, reason) => {
    expect(explainUnsafeSegment(name)).toContain(reason);
  });
});

describe("toSafeSegment", () => {
  it.each(["Lamps &amp; Lighting", "Étagère Øst 01", "Wood_01_", "Furniture", "Étagère", "PROGRA~1", "日本語"])(
    "leaves %j as it is",
    (name) => {
      expect(toSafeSegment(name)).toBe(name);
    },
  );

  it.each([
    ["", "_"],
    ["   ", "_"],
    ["..", "__"],
    [".sync", "_sync"],
    [" .asset.json", "_asset.json"],
    ["../../etc", "___.._etc"],
    ["a:b?", "a_b_"],
    ["Name.", "Name_"],
    ["Name ", "Name"],
    ["con", "_con"],
    ["Nul.tar.gz", "_Nul.tar.gz"],
    ["a\u202eb", "a_b"],
    ["E\u0301t", "Ét"],
  ])("turns %j into %j", (name, safe) => {
    expect(toSafeSegment(name)).toBe(safe);
  });

  it("gives a safe name for every name, the same one again for its own result, and no leading dot", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const safe = toSafeSegment(name);
        expect(explainUnsafeSegment(safe)).toBeNull();
        expect(safe.startsWith(".")).toBe(false);
        expect(toSafeSegment(safe)).toBe(safe);
        expect(explainUnsafeSegment(`${safe}_1234567890`)).toBeNull();
      }),
      { numRuns: 2000 },
    );
  });
});

describe("foldForCollision", () => {
  it.each([
    ["Tex.png", "tex.PNG"],
    ["straße.txt", "STRASSE.txt"],
    ["STRA\u1e9eE.txt", "strasse.txt"],
    ["k.txt", "\u212a.txt"],
    ["café.txt", "cafe\u0301.txt"],
    ["a.txt", "a\u200c.txt"],
    ["a\ufe0f", "a"],
    ["οδός", "ΟΔΌΣ"],
    ["\u0130x", "i\u0307x"],
    ["a/x", "a/./x"],
    ["a\\b", "a/b"],
    ["dir./x", "dir/x"],
    ["ﬁle", "FILE"],
  ])("takes %j and %j for one file", (left, right) => {
    expect(foldForCollision(left)).toBe(foldForCollision(right));
  });

  it.each([
    ["a", "b"],
    ["a/b", "ab"],
    ["a.txt", "atxt"],
    ["e", "é"],
    ["\uff41", "a"],
    ["a_1", "a-1"],
  ])("keeps %j and %j apart", (left, right) => {
    expect(foldForCollision(left)).not.toBe(foldForCollision(right));
  });

  it("does not change with letter case, normal form or a second pass", () => {
    fc.assert(
      fc.property(anyName, (name) => {
        const key = foldForCollision(name);
        expect(foldForCollision(name.toUpperCase())).toBe(key);
        expect(foldForCollision(name.normalize("NFC"))).toBe(key);
        expect(foldForCollision(name.normalize("NFD"))).toBe(key);
        expect(foldForCollision(key)).toBe(key);
      }),
      { numRuns: 2000 },
    );
  });
});
