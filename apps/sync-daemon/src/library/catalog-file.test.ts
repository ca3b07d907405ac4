import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addMissingParents, type Catalog, formatCatalogFile, parseCatalogFile } from "./catalog-file.ts";
import { createCatalogId, parseCatalogId } from "./catalog-id.ts";
import { decodeCatalogText, encodeCatalogText } from "./catalog-text.ts";

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const one = id(1);
const scope = "imeshh/model";
const parse = (...lines: string[]) => parseCatalogFile(`VERSION 1\n${lines.join("\n")}\n`);
const catalogsOf = (...lines: string[]) => parse(...lines).catalogs;

describe("parseCatalogFile reads as Blender does", () => {
  it.each([
    ["a simple name", `${one}:a/b:A-B`, "a/b", "A-B"],
    ["further colons belong to the simple name", `${one}:a/b:x:y:z`, "a/b", "x:y:z"],
    ["no simple name", `${one}:a/b`, "a/b", ""],
    ["an empty simple name", `${one}:a/b:`, "a/b", ""],
    ["slashes around", `${one}:/a/:x`, "a", "x"],
    ["double slashes", `${one}:a//b:x`, "a/b", "x"],
    ["backslashes", `${one}:Win\\Back:x`, "Win/Back", "x"],
    ["blanks around parts", `${one}: a / b :  x  `, "a/b", "x"],
    ["dots are ordinary names", `${one}:./..:x`, "./..", "x"],
    ["entities are plain text", `${one}:Kitchen &amp; Bath:x`, "Kitchen &amp; Bath", "x"],
    ["emoji", `${one}:🪑/日本:x`, "🪑/日本", "x"],
    ["an end-of-line comment is part of the name", `${one}:a:x # y`, "a", "x # y"],
  ])("%s", (_what, line, path, simpleName) => {
    expect(catalogsOf(line)).toEqual([{ id: one, path, simpleName }]);
  });

  it.each([
    ["no colon", "just words"],
    ["a second version line", "VERSION 1"],
    ["no id", "not-an-id:a:b"],
    ["braces around the id", `{${one}}:a:b`],
    ["an empty path", `${one}::name`],
    ["a path of slashes", `${one}:///:x`],
    ["only an id", `${one}:`],
    ["an absurdly deep path", `${one}:${"a/".repeat(100)}:x`],
  ])("is no catalog, is reported and kept: %s", (_what, line) => {
    const file = parse(line);
    expect(file.catalogs).toEqual([]);
    expect(file.problems).toHaveLength(1);
    expect(file.problems[0]?.message).toMatch(/^Line 2 /);
    expect(file.keptLines.map(({ text }) => text).join()).toContain(line);
  });

  it.each([
    ["upper case", "0000000A-000B-4000-8000-00000000000C", "0000000a-000b-4000-8000-00000000000c"],
    ["short fields", "1-2-3-0405-060708090a0b", "00000001-0002-0003-0405-060708090a0b"],
    ["text after it", `${one}-trailing`, one],
    ["a sign and 0x, as scanf takes them", "+0x1f-2-3-0405-060708090a0b", "0000001f-0002-0003-0405-060708090a0b"],
    ["a field cut short", "00000000-0000-4000-8000-0000000000", null],
    ["one that is not hex", "g0000000-0000-4000-8000-000000000001", null],
    ["empty", "", null],
  ])("ids: %s", (_what, text, expected) => {
    expect(parseCatalogId(text)).toBe(expected);
  });

  it("takes the first of two lines with one id and keeps the other as a comment", () => {
    const file = parse(`${one}:a:x`, `${one}:b:y`);
    expect(file.catalogs).toEqual([{ id: one, path: "a", simpleName: "x" }]);
    expect(file.duplicates).toBe(1);
    expect(file.keptLines[0]?.text).toBe(`# kept, not a catalog: ${one}:b:y`);
  });

  it("allows several ids for one path", () => {
    expect(catalogsOf(`${id(1)}:a:x`, `${id(2)}:a:x`)).toHaveLength(2);
  });

  it.each([
    ["VERSION 1", null],
    ["VERSION 1.5 beta", null],
    ["  VERSION 1  ", null],
    ["VERSION  01", null],
    ["VERSION 2", "version-unknown"],
    ["VERSION 12", "version-unknown"],
    ["VERSION x", "version-unknown"],
    ["VERSION", "version-missing"],
    ["version 1", "version-missing"],
  ])("the first real line is the version: %s", (line, refusal) => {
    expect(parseCatalogFile(`# comment\n\n${line}\n${one}:a:x\n`).refusal).toBe(refusal);
  });

  it("reads CRLF, comments and blank lines anywhere", () => {
    const file = parseCatalogFile(`# top\r\n\r\n  # more\r\nVERSION 1\r\n\r\n# about a\r\n${one}:a:x\r\n`);
    expect(file).toMatchObject({
      refusal: null,
      catalogs: [{ id: one, path: "a", simpleName: "x" }],
      header: ["# top", "# more"],
      keptLines: [{ text: "# about a", aboveId: one }],
      problems: [],
    });
  });

  it("says that Blender ignores a file with a byte order mark or in UTF-16, and reads what was meant", () => {
    const text = `VERSION 1\n${one}:a:x\n`;
    const meant = [{ id: one, path: "a", simpleName: "x" }];
    const bom = Buffer.from(`\ufeff${text}`);
    expect(parseCatalogFile(bom)).toMatchObject({ refusal: "byte-order-mark", catalogs: meant });
    expect(parseCatalogFile(`\ufeff${text}`)).toMatchObject({ refusal: "byte-order-mark", catalogs: meant });
    const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
    expect(parseCatalogFile(utf16)).toMatchObject({ refusal: "utf-16", catalogs: meant });
    expect(parseCatalogFile(utf16.swap16())).toMatchObject({ refusal: "utf-16", catalogs: meant });
  });

  it("never throws, whatever the bytes", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void parseCatalogFile(bytes)));
  });
});

describe("the text of a catalog file", () => {
  it("loses no byte, not even those that are no UTF-8", () => {
    const awkward = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .array(fc.constantFrom(0x41, 0xc3, 0xa9, 0xf0, 0x9f, 0xaa, 0x91, 0xed, 0xb2, 0x80, 0xff), { maxLength: 12 })
        .map((bytes) => Uint8Array.from(bytes)),
    );
    fc.assert(
      fc.property(awkward, (bytes) => {
        const { text, byteOrderMark } = decodeCatalogText(bytes);
        fc.pre(byteOrderMark === "none");
        expect(Buffer.from(encodeCatalogText(text))).toEqual(Buffer.from(bytes));
      }),
    );
  });
});

const pathArbitrary = fc
  .array(fc.constantFrom("a", "b", "Ä", "c d", "&amp;", "e.", "🪑"), { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"));
const catalogsArbitrary: fc.Arbitrary<Catalog[]> = fc
  .uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 12 })
  .chain((numbers) =>
    fc.tuple(
      ...numbers.map((number) =>
        fc.record({
          id: fc.constant(id(number)),
          path: pathArbitrary,
          simpleName: fc.constantFrom("", "x", "a:b", "n m"),
        }),
      ),
    ),
  );

describe("formatCatalogFile", () => {
  it("writes what Blender reads: version first, sorted by bytes of the path, parents explicit, no mark", () => {
    const text = formatCatalogFile({
      catalogs: [
        { id: id(3), path: "b", simpleName: "b" },
        { id: id(2), path: "a/c", simpleName: "a-c" },
      ],
      scope,
    });
    const parent = createCatalogId({ scope, path: "a", attempt: 1 });
    expect(text.split("\n").slice(1)).toEqual([
      "",
      "VERSION 1",
      "",
      `${parent}:a:a`,
      `${id(2)}:a/c:a-c`,
      `${id(3)}:b:b`,
      "",
    ]);
    expect(text).toMatch(/^# /);
  });

  it("cannot be made to write a second line, a colon in a path or an id twice", () => {
    const text = formatCatalogFile({
      catalogs: [
        { id: one, path: `a:b\n${id(9)}:evil:x`, simpleName: `n\r\n${id(8)}:evil:x` },
        { id: one, path: "again", simpleName: "" },
      ],
      scope,
    });
    const { catalogs, problems } = parseCatalogFile(text);
    expect(problems).toEqual([]);
    expect(catalogs).toEqual([{ id: one, path: `a-b ${id(9)}-evil-x`, simpleName: `n ${id(8)}:evil:x` }]);
  });

  it("is read back as the same catalogs, plus the parents", () => {
    fc.assert(
      fc.property(catalogsArbitrary, (catalogs) => {
        const text = formatCatalogFile({ catalogs, scope });
        const file = parseCatalogFile(text);
        expect(file).toMatchObject({ refusal: null, duplicates: 0, problems: [] });
        const complete = addMissingParents({ catalogs, scope });
        expect(new Set(file.catalogs)).toEqual(new Set(complete));
        expect(formatCatalogFile({ catalogs: file.catalogs, scope })).toBe(text);
        expect(formatCatalogFile({ catalogs: [...catalogs].reverse(), scope })).toBe(text);
      }),
    );
  });

  it("gives parents the same ids on every machine, and others where the id is taken", () => {
    expect(createCatalogId({ scope, path: "Furniture", attempt: 1 })).toBe("3a1491bb-3df6-5bef-85af-c193503a77ab");
    const taken = createCatalogId({ scope, path: "a", attempt: 1 });
    const complete = addMissingParents({
      catalogs: [
        { id: taken, path: "moved", simpleName: "" },
        { id: one, path: "a/b", simpleName: "" },
      ],
      scope,
    });
    expect(complete.at(-1)).toEqual({
      id: createCatalogId({ scope, path: "a", attempt: 2 }),
      path: "a",
      simpleName: "a",
    });
  });

  it("shortens a long simple name as Blender does", () => {
    const path = `${"p".repeat(80)}/x`;
    const parent = addMissingParents({ catalogs: [{ id: one, path, simpleName: "" }], scope })[1];
    expect(parent?.simpleName).toBe(`...${"p".repeat(60)}`);
  });
});
