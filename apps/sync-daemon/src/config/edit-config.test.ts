import fc from "fast-check";
import { type ParseError, parse } from "jsonc-parser";
import { describe, expect, it } from "vitest";
import { editConfig } from "./edit-config.ts";
import { formatConfig } from "./format-config.ts";

const read = (text: string): unknown => {
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  expect(errors, text).toEqual([]);
  return value;
};

const handwritten = `// mine
{
  /* where */ "library": { "root": "/a" }, // the disk
  "imeshh": {
    "wanted": [
      // all the wood
      { "category": "Wood" },
      { "productId": 7 } // the vase
      // no more
    ]
    // end of the shop
  },
  "limits": {
    "downloads": 3 // the line is slow
    /* "entries": 5,
    // "entries": 6,
    */
  }
}
`;

describe("editing one key", () => {
  it("puts the line to use that init wrote as a comment", () => {
    const text = formatConfig({ "imeshh.username": "me" });
    const edited = editConfig(text, { key: "limits.downloads", value: 2 });
    expect(edited).toBe(text.replace('    // "downloads": 6,', '    "downloads": 2,'));
    expect(editConfig(edited, { key: "limits.downloads", value: 4 })).toBe(
      text.replace('    // "downloads": 6,', '    "downloads": 4,'),
    );
    expect(editConfig(edited, { key: "limits.downloads", value: undefined, shownDefault: 6 })).toBe(text);
    const long = editConfig(text, { key: "imeshh.wanted", value: [{ tag: "a" }, { tag: "b" }] });
    expect(long).toContain('\n    "wanted": [\n      { "tag": "a" },\n');
    expect(editConfig(long, { key: "imeshh.wanted", value: undefined, shownDefault: [] })).toBe(text);
    expect(read(editConfig(text, { key: "imeshh.updates", value: "never" }))).toMatchObject({
      imeshh: { username: "me", updates: "never" },
    });
  });

  it("keeps what a person wrote around it", () => {
    expect(editConfig(handwritten, { key: "limits.downloads", value: 5 })).toBe(
      handwritten.replace('"downloads": 3', '"downloads": 5'),
    );
    expect(editConfig(handwritten, { key: "limits.entries", value: 9 })).toBe(
      handwritten.replace(
        '"downloads": 3 // the line is slow\n',
        '"downloads": 3, // the line is slow\n    "entries": 9\n',
      ),
    );
    expect(editConfig(handwritten, { key: "library.root", value: undefined })).toBe(
      handwritten.replace('{ "root": "/a" }', "{ }"),
    );
    expect(editConfig(handwritten, { key: "log.level", value: "debug" })).toBe(
      handwritten.replace(/\n {2}\}\n\}\n$/, '\n  },\n  "log": {\n    "level": "debug"\n  }\n}\n'),
    );
  });

  it("touches only the items of a list that differ", () => {
    const wanted = (value: unknown) => editConfig(handwritten, { key: "imeshh.wanted", value });
    expect(wanted([{ category: "Wood" }, { productId: 8 }])).toBe(handwritten.replace("7", "8"));
    expect(wanted([{ productId: 7 }])).toBe(handwritten.replace('      { "category": "Wood" },\n', ""));
    expect(wanted([{ category: "Wood" }, { productId: 7 }, { tag: "a" }])).toBe(
      handwritten.replace('{ "productId": 7 } // the vase', '{ "productId": 7 }, // the vase\n      { "tag": "a" }'),
    );
    expect(wanted([])).toContain("// all the wood");
  });

  it("keeps the ends of lines and the mark at the beginning", () => {
    const text = '\uFEFF{\r\n\t"log": {\r\n\t\t"level": "info"\r\n\t}\r\n}\r\n';
    expect(editConfig(text, { key: "limits.downloads", value: 1 })).toBe(
      '\uFEFF{\r\n\t"log": {\r\n\t\t"level": "info"\r\n\t},\r\n\t"limits": {\r\n\t\t"downloads": 1\r\n\t}\r\n}\r\n',
    );
    expect(read(editConfig("", { key: "limits.downloads", value: 1 }))).toEqual({ limits: { downloads: 1 } });
    expect(read(editConfig("{}", { key: "a", value: 1 }))).toEqual({ a: 1 });
  });

  it("changes that key and nothing else, and loses no comment, whatever the text looks like", () => {
    const name = fc.constantFrom("a", "b", "c");
    const plain = fc.oneof(fc.integer(), fc.constantFrom("x", 'with "quotes", // and {', null, true));
    const item = fc.oneof(plain, fc.dictionary(name, plain, { maxKeys: 2 }));
    const leaf = fc.oneof(plain, fc.array(item, { maxLength: 4 }));
    const group = fc.dictionary(name, leaf, { maxKeys: 3 });
    const value = fc.dictionary(name, group, { maxKeys: 3 });
    const noise = fc.infiniteStream(fc.constantFrom("", "", "\n", " ", "LINE\n", "BLOCK", "\n  BLOCK\n", "\n LINE\n "));
    fc.assert(
      fc.property(
        value,
        noise,
        fc.boolean(),
        name,
        name,
        fc.option(leaf, { nil: undefined }),
        (given, gaps, trailing, outer, inner, set) => {
          let comments = 0;
          const nextName = () => {
            comments += 1;
            return `c${comments}`;
          };
          const gap = () => {
            const { value: kind } = gaps.next();
            return String(kind)
              .replace("LINE", () => `// "${nextName()}": 1,`)
              .replace("BLOCK", () => `/* ${nextName()} */`);
          };
          const write = (data: unknown): string => {
            if (typeof data !== "object" || data === null) return JSON.stringify(data);
            const parts = Array.isArray(data)
              ? data.map((one) => `${gap()}${write(one)}${gap()}`)
              : Object.entries(data).map(([key, one]) => `${gap()}${JSON.stringify(key)}:${write(one)}${gap()}`);
            const [open, close] = Array.isArray(data) ? "[]" : "{}";
            const end = trailing && parts.length > 0 ? "," : "";
            return `${open}${gap()}${parts.join(",")}${end}${gap()}${close}`;
          };
          const text = `${gap()}${write(given)}${gap()}`;
          const edited = editConfig(text, { key: `${outer}.${inner}`, value: set });
          const expected = structuredClone(given) as Record<string, Record<string, unknown>>;
          if (set !== undefined) expected[outer] = { ...expected[outer], [inner]: set };
          else if (expected[outer] !== undefined) delete expected[outer][inner];
          expect(read(edited), edited).toEqual(expected);
          // A value that is replaced whole, or a key that goes, may take the comments inside of it along, no other.
          const old = given[outer]?.[inner];
          const isListKept = Array.isArray(old) && Array.isArray(set);
          const mayLose = (typeof old === "object" && old !== null) || isListKept;
          if (!mayLose) for (let n = 1; n <= comments; n += 1) expect(edited).toMatch(new RegExp(`\\bc${n}\\b`));
        },
      ),
      { numRuns: 500 },
    );
  });
});
