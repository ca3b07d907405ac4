import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { adviceWords } from "../states/advice-words.ts";
import { createSay, defineWords, type WordTable } from "./define-words.ts";
import { createFormats } from "./format.ts";
import { chooseLanguage, languages } from "./languages.ts";

const source = fileURLToPath(new URL("..", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("-words.ts"));

/** Every table of the console, by file and name. */
async function readTables(): Promise<[string, WordTable][]> {
  const tables: [string, WordTable][] = [];
  for (const file of files) {
    if (file.endsWith("define-words.ts")) continue;
    const module: Record<string, WordTable> = await import(pathToFileURL(join(source, file)).href);
    for (const [name, table] of Object.entries(module)) tables.push([`${file} ${name}`, table]);
  }
  return tables;
}

describe("the texts", () => {
  it("name the same values in each language, and none is empty", async () => {
    const tables = await readTables();
    expect(tables.length).toBeGreaterThan(4);
    const wrong: string[] = [];
    for (const [where, table] of tables) {
      for (const [key, entry] of Object.entries(table)) {
        const formsOf = languages.map((language) => {
          const text = entry[language];
          return typeof text === "string" ? [text] : [text.other, text.one];
        });
        if (formsOf.flat().some((text) => text.trim() === "")) wrong.push(`${where}: ${key} is empty`);
        const values = formsOf.map(([text = ""]) =>
          [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted(),
        );
        if (new Set(values.map(String)).size !== 1) wrong.push(`${where}: ${key} has other values in one language`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it("have an advice in each language for every failure of the daemon", () => {
    const faults = readFileSync(fileURLToPath(new URL("../../../../docs/faults.md", import.meta.url)), "utf8");
    const codes = [...faults.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, code]) => code ?? "");
    expect(codes.length).toBeGreaterThan(40);
    expect(codes.filter((code) => !(code in adviceWords))).toEqual([]);
  });

  it("take the plural's form and write numbers as the language does", () => {
    const words = defineWords({
      found: {
        en: { one: "{count} product", other: "{count} products" },
        de: { one: "{count} Produkt", other: "{count} Produkte" },
      },
    });
    expect(createSay(words, "en")("found", { count: 1 })).toBe("1 product");
    expect(createSay(words, "en")("found", { count: 1_234 })).toBe("1,234 products");
    expect(createSay(words, "de")("found", { count: 1_234 })).toBe("1.234 Produkte");
    expect(createSay(words, "de")("found", { count: 0 })).toBe("0 Produkte");
  });

  it("follow the browser's languages in its order", () => {
    expect(chooseLanguage(["fr-CA", "de-AT", "en"])).toBe("de");
    expect(chooseLanguage(["ja"])).toBe("en");
    expect(chooseLanguage([])).toBe("en");
  });
});

describe("createFormats", () => {
  const en = createFormats("en");
  it("writes sizes in the unit that fits", () => {
    expect(en.bytes(0)).toBe("0 bytes");
    expect(en.bytes(999)).toBe("999 bytes");
    expect(en.bytes(12_345_678)).toBe("12.3 MB");
    expect(en.bytes(123_456_789)).toBe("123 MB");
    expect(createFormats("de").bytes(1_500_000_000)).toMatch(/^1,5\sGB$/);
  });
  it("writes times roughly", () => {
    expect(en.duration(4_000)).toBe("4 sec");
    expect(en.duration(65 * 60_000)).toBe("1 hr 5 min");
    const nowMs = Date.parse("2026-11-30T12:00:00Z");
    expect(en.relative("2026-11-30T11:57:00Z", nowMs)).toBe("3 minutes ago");
    expect(en.relative("2026-11-30T12:00:20Z", nowMs)).toBe("now");
    expect(en.relative("2026-12-01T12:00:00Z", nowMs)).toBe("tomorrow");
  });
});
