import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createExtractor, type Extractor } from "../../src/archive/extract-archive.ts";
import { verifyArchive } from "../../src/archive/verify-archive.ts";
import { Failure, isFailureCode } from "../../src/domain/failure.ts";
import { refusedCases, usedCases } from "./verdicts.ts";

interface Case {
  readonly file: string;
  readonly expect: "REJECT" | "SANITIZE" | "ACCEPT";
  readonly why: string;
}

const limits = { maxArchiveBytes: 2e9, maxExtractedBytes: 4e9, maxEntries: 20_000 };
const { signal } = new AbortController();
const idOf = (file: string): string => file.slice(0, 3);

let folder: string;
let extractor: Extractor;
let cases: readonly Case[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
  // --big: one case holds 10 GB of zeros and takes 10 MB. All of it is made in under 10 seconds.
  const generator = join(import.meta.dirname, "generate.mjs");
  execFileSync(process.execPath, [generator, join(folder, "cases"), "--big"], { stdio: "ignore" });
  cases = JSON.parse(await readFile(join(folder, "cases", "manifest.json"), "utf8"));
  extractor = createExtractor();
}, 120_000);

afterAll(async () => {
  await extractor.close();
  await rm(folder, { recursive: true, force: true });
});

/** Every path below `root` with what it is; links are named, not followed. */
function listTree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map(
      (found) =>
        `${found.isFile() ? "file" : found.isDirectory() ? "folder" : "other"} ${join(found.parentPath, found.name)}`,
    )
    .sort();
}

/** Extracts into the depth of a folder of its own, so that what leaves the target is seen. */
async function tryArchive(path: string) {
  const surroundings = await mkdtemp(join(folder, "around-"));
  const into = join(surroundings, "a", "b", "c", "target");
  await mkdir(into, { recursive: true, mode: 0o700 });
  await writeFile(join(surroundings, "a", "canary"), "untouched");
  const before = listTree(surroundings);
  try {
    await verifyArchive({ path, expectedBytes: null, signal });
    const contents = await extractor.inspectArchive({ path, limits, signal });
    const files = await extractor.extractArchive({ path, contents, into, signal, durable: false });
    const onDisk = listTree(into).filter((line) => !line.startsWith("folder "));
    const outside = listTree(surroundings).filter((line) => !line.includes(into));
    return { contents, files, onDisk, into, failure: null, strays: outside.length - (before.length - 1) };
  } catch (error) {
    const after = listTree(surroundings);
    return { failure: error, strays: after.length - before.length, contents: null, files: [], onDisk: [], into };
  }
}

describe("the hostile archives", () => {
  it("are 163, each with one verdict that agrees with the generator's", () => {
    expect(cases).toHaveLength(163);
    const refused = Object.values(refusedCases).flat();
    const used = Object.keys(usedCases);
    expect([...refused, ...used].sort()).toEqual(cases.map(({ file }) => idOf(file)).sort());
    for (const { file, expect: verdict } of cases) {
      const ours = usedCases[idOf(file)];
      const said = ours === undefined ? "REJECT" : ours.skipped === undefined ? "ACCEPT" : "SANITIZE";
      expect(`${file} ${said}`).toBe(`${file} ${verdict}`);
    }
  });

  it.each(Object.entries(refusedCases).flatMap(([code, ids]) => ids.map((id) => ({ code, id }))))(
    "$id is refused with $code, and nothing is written inside or outside the target",
    async ({ code, id }) => {
      const file = cases.find((one) => idOf(one.file) === id)?.file ?? "";
      const tried = await tryArchive(join(folder, "cases", file));
      expect(tried.failure).toBeInstanceOf(Failure);
      if (!(tried.failure instanceof Failure)) return;
      expect(tried.failure.code).toBe(code);
      expect(isFailureCode(tried.failure.code)).toBe(true);
      // One sentence, on one line, about this archive.
      expect(tried.failure.message).toContain(`"${file}"`);
      expect(tried.failure.message).toMatch(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,400}\.$/u);
      expect(tried.strays).toBe(0);
    },
  );

  it.each(Object.entries(usedCases))("%s is used, and leaves exactly its files", async (id, expected) => {
    const file = cases.find((one) => idOf(one.file) === id)?.file ?? "";
    const tried = await tryArchive(join(folder, "cases", file));
    expect(tried.failure).toBeNull();
    expect(tried.files.map(({ path }) => path)).toEqual(expected.files);
    expect(tried.onDisk).toEqual(expected.files.map((path) => `file ${join(tried.into, path)}`).sort());
    expect(tried.contents?.skipped.map(({ name }) => name)).toEqual(expected.skipped ?? []);
    expect(tried.strays).toBe(0);
    for (const { path, bytes } of tried.files) {
      const stats = lstatSync(join(tried.into, path));
      expect(stats.size).toBe(bytes);
      expect(stats.mode & 0o7777 & ~0o644).toBe(0);
      expect(Math.abs(Date.now() - stats.mtimeMs)).toBeLessThan(60_000);
    }
  });

  it("left nothing in the places they aim at", () => {
    for (const place of ["/", "/tmp", "/var", tmpdir()]) {
      if (!existsSync(place)) continue;
      expect(readdirSync(place).filter((name) => name.startsWith("evil"))).toEqual([]);
    }
  });
});
