import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Catalog, formatCatalogFile, listParentPaths, parseCatalogFile } from "./catalog-file.ts";
import { createCatalogId } from "./catalog-id.ts";
import { encodeCatalogText } from "./catalog-text.ts";
import { mergeCatalogFiles, readServedCatalogs } from "./merge-catalog-files.ts";

const id = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const scope = "imeshh/model";
const file = (...lines: string[]): string => `VERSION 1\n${lines.join("\n")}\n`;
const parentId = (path: string): string => createCatalogId({ scope, path, attempt: 1 });
const merge = (sides: { base?: string | null; ours: string | Uint8Array | null; theirs: string }) =>
  mergeCatalogFiles({ base: null, scope, ...sides });
const linesOf = (text: string): string[] => text.split("\n").filter((line) => /^[0-9a-f]{8}-/.test(line));

const served = file(`${id(1)}:Chairs:Chairs`, `${id(2)}:Chairs/Office:Chairs-Office`, `${id(3)}:Tables:Tables`);

describe("mergeCatalogFiles", () => {
  it("writes the served file with parents where there is none", () => {
    const merged = merge({ ours: null, theirs: file(`${id(2)}:Chairs/Office:x`) });
    expect(merged.changed).toBe(true);
    expect(linesOf(merged.text)).toEqual([`${parentId("Chairs")}:Chairs:Chairs`, `${id(2)}:Chairs/Office:x`]);
  });

  it("keeps a person's catalogs, names and moves, and brings the shop's news", () => {
    const ours = file(
      `${id(1)}:Chairs:Seats`,
      `${id(2)}:My/Office:Chairs-Office`,
      `${id(3)}:Tables:Tables`,
      `${id(90)}:My:My`,
      `${id(91)}:My/Own:My-Own`,
    );
    const theirs = file(
      `${id(1)}:Chairs:Chairs`,
      `${id(2)}:Chairs/Office:Office chairs`,
      `${id(3)}:Desks:Desks`,
      `${id(4)}:Lamps:Lamps`,
    );
    const merged = merge({ base: served, ours, theirs });
    expect(linesOf(merged.text)).toEqual([
      `${id(1)}:Chairs:Seats`,
      `${id(3)}:Desks:Desks`,
      `${id(4)}:Lamps:Lamps`,
      `${id(90)}:My:My`,
      `${id(2)}:My/Office:Office chairs`,
      `${id(91)}:My/Own:My-Own`,
    ]);
    expect(merged.kept.map(({ choice }) => choice)).toEqual(["changed", "changed", "added", "added"]);
  });

  it("removes what the shop withdrew, unless the person touched it or has something below", () => {
    const ours = file(
      `${id(1)}:Chairs:Chairs`,
      `${id(2)}:Chairs/Office:renamed`,
      `${id(3)}:Tables:Tables`,
      `${id(90)}:Tables/Mine:x`,
    );
    const base = file(
      `${id(1)}:Chairs:Chairs`,
      `${id(2)}:Chairs/Office:Chairs-Office`,
      `${id(3)}:Tables:Tables`,
      `${id(5)}:Gone:Gone`,
    );
    const withGone = `${ours}${id(5)}:Gone:Gone\n`;
    const merged = merge({ base, ours: withGone, theirs: file(`${id(6)}:New:New`) });
    expect(linesOf(merged.text)).toEqual([
      `${id(1)}:Chairs:Chairs`,
      `${id(2)}:Chairs/Office:renamed`,
      `${id(6)}:New:New`,
      `${id(3)}:Tables:Tables`,
      `${id(90)}:Tables/Mine:x`,
    ]);
  });

  it("leaves a deleted catalog deleted until the shop changes it", () => {
    const ours = file(`${id(1)}:Chairs:Chairs`, `${id(2)}:Chairs/Office:Chairs-Office`);
    const merged = merge({ base: served, ours, theirs: served });
    expect(merged).toMatchObject({ changed: false, kept: [{ id: id(3), choice: "deleted" }] });
    const news = served.replace("Tables:Tables", "Tables:Tables and desks");
    expect(linesOf(merge({ base: served, ours, theirs: news }).text)).toContain(`${id(3)}:Tables:Tables and desks`);
  });

  it("brings a deleted parent back with the shop's id when something lies below it", () => {
    const ours = file(`${id(2)}:Chairs/Office:Chairs-Office`, `${id(3)}:Tables:Tables`);
    expect(linesOf(merge({ base: served, ours, theirs: served }).text)).toContain(`${id(1)}:Chairs:Chairs`);
  });

  it("takes an emptied or overwritten file for lost, not for a decision", () => {
    const many = file(...[1, 2, 3, 4, 5].map((number) => `${id(number)}:c${number}:c${number}`));
    expect(linesOf(merge({ base: many, ours: file(`${id(90)}:Mine:x`), theirs: many }).text)).toHaveLength(6);
    expect(linesOf(merge({ base: served, ours: "", theirs: served }).text)).toHaveLength(3);
    expect(linesOf(merge({ base: served, ours: file(), theirs: served }).text)).toHaveLength(3);
  });

  it("leaves a file that holds the right catalogs as it is, however Blender wrote it", () => {
    const ours = `# Blender's own header\r\n\r\nVERSION 1\r\n${id(3)}:/Tables/: Tables \r\n${id(1)}:Chairs:Chairs\r\n${id(2)}:Chairs\\Office:Chairs-Office`;
    expect(merge({ base: served, ours, theirs: served })).toMatchObject({ changed: false, text: ours });
  });

  it("mends what Blender would stumble over: missing parents, ids twice, a byte order mark, no version", () => {
    const own = `${id(90)}:Deep/Mine:x`;
    expect(linesOf(merge({ ours: served + own, theirs: served }).text)).toContain(`${parentId("Deep")}:Deep:Deep`);
    const doubled = merge({ ours: `${served}${id(3)}:Else:Else\n`, theirs: served });
    expect(linesOf(doubled.text)).toEqual(linesOf(served));
    expect(doubled.text).toContain(`# kept, not a catalog: ${id(3)}:Else:Else`);
    for (const ours of [
      `\ufeff${served}${id(90)}:Mine:x`,
      `${id(90)}:Mine:x`,
      Buffer.from(`\ufeffVERSION 1\n${id(90)}:Mine:x`, "utf16le"),
    ]) {
      const mended = merge({ ours, theirs: served });
      expect(linesOf(mended.text)).toContain(`${id(90)}:Mine:x`);
      expect(mended.mended).toMatch(/Blender ignored/);
      expect(parseCatalogFile(encodeCatalogText(mended.text))).toMatchObject({ refusal: null });
    }
  });

  it.each([
    ["a newer Blender's version", `VERSION 2\n${id(90)}:Mine:x\n`],
    ["a newer version behind a byte order mark", `\ufeffVERSION 2\n${id(90)}:Mine:x\n`],
    ["no catalog file at all", "<html>hello</html>\n"],
  ])("keeps its hands off %s", (_what, ours) => {
    const merged = merge({ base: served, ours, theirs: served });
    expect(merged.changed).toBe(false);
    expect(merged.problem).toMatch(/left alone/);
  });

  it("keeps comments with their catalog, and lines it cannot read at the end", () => {
    const ours = `# mine, all mine\nVERSION 1\n# about tables\n${id(3)}:Tables:Tables\nwhat is this\n\n# loose end\n`;
    const { text } = merge({ ours, theirs: served });
    expect(text).toBe(
      `# mine, all mine\n\nVERSION 1\n\n${id(1)}:Chairs:Chairs\n${id(2)}:Chairs/Office:Chairs-Office\n# about tables\n${id(3)}:Tables:Tables\n\nwhat is this\n# loose end\n`,
    );
  });

  it("writes bytes that are no UTF-8 back as they were", () => {
    const ours = Buffer.concat([Buffer.from(`VERSION 1\n${id(90)}:Caf`), Buffer.from([0xe9]), Buffer.from(":x\n")]);
    const { text } = merge({ ours, theirs: served });
    expect(Buffer.from(encodeCatalogText(text)).includes(Buffer.from([0x43, 0x61, 0x66, 0xe9, 0x3a]))).toBe(true);
  });

  it.each(["", "<html><body>404</body></html>", "VERSION 2\n", `${id(1)}:a:b\n`])(
    "refuses %j from the shop",
    (theirs) => {
      expect(() => merge({ ours: served, theirs })).toThrow(expect.objectContaining({ code: "feed-unreadable" }));
    },
  );

  it("drops what no shop means: control characters, the nil id", () => {
    const theirs = file(`${id(1)}:Ok:Ok`, `${id(2)}:a\u0007b:x`, "00000000-0000-0000-0000-000000000000:Nil:x");
    expect(readServedCatalogs(theirs, scope).map(({ path }) => path)).toEqual(["Ok"]);
  });
});

// Few paths and ids, so that sides meet, move over one another and lose parents.
const entryArbitrary = fc.record({
  number: fc.integer({ min: 1, max: 9 }),
  path: fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/")),
  simpleName: fc.constantFrom("", "x", "y"),
});
const sideArbitrary = fc
  .uniqueArray(entryArbitrary, { selector: ({ number }) => number, maxLength: 9 })
  .map((entries) => entries.map(({ number, path, simpleName }): Catalog => ({ id: id(number), path, simpleName })));
const asFile = (catalogs: readonly Catalog[]): string =>
  file(...catalogs.map(({ id: catalogId, path, simpleName }) => `${catalogId}:${path}:${simpleName}`));
// Ours is often what a merge left, changed here and there: then it also holds ids we made for parents.
const sidesArbitrary = fc
  .record({
    base: fc.option(sideArbitrary),
    ours: sideArbitrary,
    theirs: sideArbitrary,
    fromBase: fc.boolean(),
    dropped: fc.nat(9),
  })
  .map(({ base, ours, theirs, fromBase, dropped }) => {
    const baseFile = base === null ? null : asFile(base);
    if (!fromBase || baseFile === null) return { base: baseFile, ours: asFile(ours), theirs: asFile(theirs) };
    const left = parseCatalogFile(formatCatalogFile({ catalogs: base ?? [], scope })).catalogs.filter(
      (_, index) => index !== dropped,
    );
    const edited = new Map([...left, ...ours.slice(0, 3)].map((catalog) => [catalog.id, catalog]));
    return { base: baseFile, ours: asFile([...edited.values()]), theirs: asFile(theirs) };
  });

const toMap = (text: string | null): Map<string, Catalog> =>
  new Map(text === null ? [] : readServedCatalogs(text, scope).map((catalog) => [catalog.id, catalog]));
const oursMap = (text: string): Map<string, Catalog> =>
  new Map(parseCatalogFile(text).catalogs.map((catalog) => [catalog.id, catalog]));

describe("mergeCatalogFiles, for any three files", () => {
  const check = (property: (sides: { base: string | null; ours: string; theirs: string }) => void): void =>
    fc.assert(fc.property(sidesArbitrary, property), { numRuns: 1_000 });

  it("writes a file that Blender reads: every parent present, no id twice", () => {
    check((sides) => {
      const { text } = merge(sides);
      const { refusal, duplicates, catalogs } = parseCatalogFile(text);
      const paths = new Set(catalogs.map(({ path }) => path));
      expect({ refusal, duplicates }).toEqual({ refusal: null, duplicates: 0 });
      for (const { path } of catalogs) for (const parent of listParentPaths(path)) expect(paths).toContain(parent);
    });
  });

  it("changes nothing when done again, before and after the shop's file became the base", () => {
    check((sides) => {
      const { text } = merge(sides);
      expect(merge({ ...sides, ours: text })).toMatchObject({ changed: false, text });
      expect(merge({ ...sides, ours: text, base: sides.theirs })).toMatchObject({ changed: false, text });
    });
  });

  it("loses nothing of the person's: own catalogs, names and moves", () => {
    check((sides) => {
      const base = toMap(sides.base);
      const theirs = toMap(sides.theirs);
      const merged = oursMap(merge(sides).text);
      for (const mine of oursMap(sides.ours).values()) {
        const before = base.get(mine.id);
        const now = theirs.get(mine.id);
        if (before === undefined) expect(merged.get(mine.id)).toEqual(mine);
        else {
          const isTouched = mine.path !== before.path || mine.simpleName !== before.simpleName;
          const isAsServedNow = now !== undefined && now.path === mine.path && now.simpleName === mine.simpleName;
          if (isTouched && !isAsServedNow) expect(merged.has(mine.id)).toBe(true);
          if (mine.path !== before.path && isTouched) expect(merged.get(mine.id)?.path).toBe(mine.path);
          if (mine.simpleName !== before.simpleName) expect(merged.get(mine.id)?.simpleName).toBe(mine.simpleName);
        }
      }
    });
  });

  it("brings what only the shop changed", () => {
    check((sides) => {
      const base = toMap(sides.base);
      const ours = oursMap(sides.ours);
      const merged = oursMap(merge(sides).text);
      for (const now of toMap(sides.theirs).values()) {
        const before = base.get(now.id);
        const mine = ours.get(now.id);
        if (before === undefined && mine === undefined) expect(merged.get(now.id)).toEqual(now);
        if (before !== undefined && mine !== undefined) {
          if (mine.path === before.path) expect(merged.get(now.id)?.path).toBe(now.path);
          if (mine.simpleName === before.simpleName) expect(merged.get(now.id)?.simpleName).toBe(now.simpleName);
        }
      }
    });
  });

  it("holds nothing that none of the three files meant, but parents", () => {
    check((sides) => {
      const known = new Set([
        ...toMap(sides.base).keys(),
        ...oursMap(sides.ours).keys(),
        ...toMap(sides.theirs).keys(),
      ]);
      const merged = [...oursMap(merge(sides).text).values()];
      for (const { id: catalogId, path } of merged) {
        if (!known.has(catalogId)) expect(merged.some((other) => other.path.startsWith(`${path}/`))).toBe(true);
      }
    });
  });
});
