import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Failure, isFailureCode } from "../../src/domain/failure.ts";
import { record } from "../reliability/record.ts";
import { extractInProcess } from "./extract-in-process.ts";
import { refusedCases, usedCases } from "./verdicts.ts";

interface Case {
  readonly file: string;
  readonly expect: "REJECT" | "SANITIZE" | "ACCEPT";
  readonly why: string;
}

const limits = { maxArchiveBytes: 2e9, maxExtractedBytes: 4e9, maxEntries: 20_000 };
const startedAt = performance.now();
const idOf = (file: string): string => file.slice(0, 3);

let folder: string;
let cases: readonly Case[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hostile-"));
  // --big: one case holds 10 GB of zeros and takes 10 MB. All of it is made in under 10 seconds.
  const generator = join(import.meta.dirname, "generate.mjs");
  execFileSync(process.execPath, [generator, join(folder, "cases"), "--big"], { stdio: "ignore" });
  cases = JSON.parse(await readFile(join(folder, "cases", "manifest.json"), "utf8"));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** How many cases came out as expected, and how many left a trace outside of their target. */
const seen = { asExpected: 0, strays: 0 };

/** Every path below `root` with what it is; links are named, not followed. */
function listTree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map(
      (found) =>
        `${found.isFile() ? "file" : found.isDirectory() ? "folder" : "other"} ${join(found.parentPath, found.name)}`,
    )
    .sort();
}

/** Every path, kind, mode, length and content below `root`, but for what is in `except`, as one hash. */
function hashTree(root: string, except: string): string {
  const digest = createHash("sha256");
  for (const line of listTree(root)) {
    const path = line.slice(line.indexOf(" ") + 1);
    if (path.startsWith(`${except}/`)) continue;
    const { mode, size } = lstatSync(path);
    digest.update(`${line} ${mode} ${line.startsWith("file") ? size : 0}\n`);
    if (line.startsWith("file")) digest.update(readFileSync(path));
  }
  return digest.digest("hex");
}

/** Extracts into the depth of a folder of its own, among files that must not change. */
async function tryArchive(path: string) {
  const surroundings = await mkdtemp(join(folder, "around-"));
  const into = join(surroundings, "a", "b", "c", "target");
  await mkdir(into, { recursive: true, mode: 0o700 });
  for (const place of ["a", "a/b", "a/b/c"]) await writeFile(join(surroundings, place, "canary"), "untouched");
  const before = hashTree(surroundings, into);
  const look = () => {
    const isUntouched = hashTree(surroundings, into) === before;
    if (!isUntouched) seen.strays += 1;
    return { into, isUntouched, onDisk: listTree(into).filter((line) => !line.startsWith("folder ")) };
  };
  try {
    const { contents, files } = await extractInProcess({ path, into, limits });
    return { contents, files, failure: null, ...look() };
  } catch (error) {
    return { failure: error, contents: null, files: [], ...look() };
  }
}

afterAll(() => {
  record({
    test: "163 cases",
    what: "hostile archives, those of 10 GB included, each among files that must not change",
    injections: seen.asExpected,
    wrong: cases.length - seen.asExpected,
    secondSpends: null,
    seed: null,
    ms: performance.now() - startedAt,
    note: `${seen.asExpected} as expected, ${seen.strays} with a trace outside the target`,
  });
});

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
      expect(tried.onDisk).toEqual([]);
      expect(tried.isUntouched).toBe(true);
      seen.asExpected += 1;
    },
  );

  it.each(Object.entries(usedCases))("%s is used, and leaves exactly its files", async (id, expected) => {
    const file = cases.find((one) => idOf(one.file) === id)?.file ?? "";
    const tried = await tryArchive(join(folder, "cases", file));
    expect(tried.failure).toBeNull();
    expect(tried.files.map(({ path }) => path)).toEqual(expected.files);
    expect(tried.onDisk).toEqual(expected.files.map((path) => `file ${join(tried.into, path)}`).sort());
    expect(tried.contents?.skipped.map(({ name }) => name)).toEqual(expected.skipped ?? []);
    expect(tried.isUntouched).toBe(true);
    for (const { path, bytes } of tried.files) {
      const stats = lstatSync(join(tried.into, path));
      expect(stats.size).toBe(bytes);
      expect(stats.mode & 0o7777 & ~0o644).toBe(0);
      expect(Math.abs(Date.now() - stats.mtimeMs)).toBeLessThan(60_000);
    }
    seen.asExpected += 1;
  });

  it("left nothing in the places they aim at", () => {
    for (const place of ["/", "/tmp", "/var", tmpdir()]) {
      if (!existsSync(place)) continue;
      expect(readdirSync(place).filter((name) => name.startsWith("evil"))).toEqual([]);
    }
  });
});
