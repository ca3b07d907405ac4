import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { parseCatalogFile } from "../../../src/library/catalog-file.ts";
import { type Library, openLibrary } from "../../../src/library/open-library.ts";
import { updateCatalogFile } from "../../../src/library/update-catalog-file.ts";
import { count, runSeed } from "../level.ts";
import { record } from "../record.ts";

// T19: whoever reads blender_assets.cats.txt, at any instant, finds the text before or the text after, and whatever in
// it is a person's stays. The real file on the real disk, read by another process without a pause.

const fileName = "blender_assets.cats.txt";
const poller = fileURLToPath(new URL("poll-catalog-file.ts", import.meta.url));
const hashOf = (content: string | Uint8Array) => createHash("sha256").update(content).digest("hex");

/** Mulberry32: the same seed gives the same numbers from 0 to 1. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const idOf = (number: number, kind = "0000") =>
  `${number.toString(16).padStart(8, "0")}-${kind}-4000-8000-000000000000`;

async function makeLibrary(): Promise<Library> {
  const folder = mkdtempSync(join(tmpdir(), "asset-sync-catalogs-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return openLibrary({ folder, assetType: "model", source: "imeshh", expectedId: null });
}

/** The shop's catalogs at this step: some come, some go, some are renamed. */
function serve(random: () => number): string {
  const lines = ["VERSION 1", ""];
  const size = 20 + Math.floor(random() * 400);
  for (let number = 1; number <= size; number += 1) {
    if (random() < 0.1) continue;
    const name = random() < 0.1 ? `Renamed ${Math.floor(random() * 1e6)}` : `Shelf ${number}`;
    lines.push(`${idOf(number)}:Shop/${name}:Shop-${name}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Reads the file without a pause in another process until told to end. */
async function startPolling(file: string) {
  const child = spawn(process.execPath, ["--conditions=@org/source", poller, file], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  let output = "";
  const begun = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.includes("reading\n")) begun.resolve();
  });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  await begun.promise;
  return {
    async end() {
      child.stdin.end();
      await ended;
      const lines = output.split("\n").filter((line) => line !== "" && line !== "reading");
      const reads = Number(lines.find((line) => line.startsWith("reads "))?.slice("reads ".length) ?? 0);
      return { reads, seen: lines.filter((line) => !line.startsWith("reads ")) };
    },
  };
}

it("each reading is the text before or after an update, and what a person wrote is in each", {
  timeout: count({ commit: 120_000, nightly: 600_000 }),
}, async () => {
  const startedMs = performance.now();
  const seed = runSeed();
  const random = createRandom(seed);
  const library = await makeLibrary();
  const file = join(library.folder, fileName);
  const updates = count({ commit: 150, nightly: 500, release: 1_000 });

  let base: string | null = null;
  const written = new Set<string>();
  const own: string[] = [];
  const foreign: string[] = [];
  const wrong: string[] = [];
  const first = serve(random);
  await updateCatalogFile({ library, base: null, theirs: first });
  base = first;
  written.add(hashOf(readFileSync(file)));
  const polling = await startPolling(file);

  for (let step = 1; step <= updates; step += 1) {
    if (random() < 0.3) {
      // As an editor saves that writes beside and renames; one that overwrites in place is half-read by anybody.
      const id = idOf(step, "abcd");
      const line = `${id}:Mine/Folder ${step}:Mine-${step}`;
      const odd = `# a note, caf\u00e9 ${step}`;
      const ending = ["\n", "\r\n", ""][Math.floor(random() * 3)] ?? "";
      const text = `${readFileSync(file, "utf8")}${odd}\n${line}${ending}`;
      writeFileSync(`${file}.saving`, text);
      spawnSync("mv", ["-f", `${file}.saving`, file]);
      written.add(hashOf(text));
      own.push(line);
      foreign.push(odd);
    }
    const theirs = serve(random);
    const before = readFileSync(file);
    const { problem } = await updateCatalogFile({ library, base, theirs });
    if (problem !== null) wrong.push(`step ${step}: ${problem}`);
    base = theirs;
    const after = readFileSync(file);
    written.add(hashOf(after));
    const parsed = parseCatalogFile(after);
    if (parsed.refusal !== null || parsed.duplicates > 0) wrong.push(`step ${step}: Blender would refuse it`);
    const text = after.toString("utf8");
    for (const line of [...own, ...foreign]) if (!text.includes(line)) wrong.push(`step ${step}: lost "${line}"`);
    const kept = readFileSync(join(library.folder, ".sync", `${fileName}.before`));
    if (!after.equals(before) && !kept.equals(before)) wrong.push(`step ${step}: the text before is not kept`);
  }
  const { reads, seen } = await polling.end();
  const halves = seen.filter((hash) => !written.has(hash));
  record({
    test: "T19",
    what: "updates of a catalog file that another process reads without a pause, a person's edits in between",
    injections: updates,
    wrong: wrong.length + halves.length,
    secondSpends: null,
    seed,
    ms: Math.round(performance.now() - startedMs),
    note: `${reads} readings, ${seen.length} different texts, ${own.length} edits of a person`,
  });
  expect(halves, `seed ${seed}`).toEqual([]);
  expect(wrong, `seed ${seed}`).toEqual([]);
  // The reader did see updates happen, many of them, and the person did write.
  expect(seen.length, `seed ${seed}`).toBeGreaterThan(updates / 10);
  expect(own.length).toBeGreaterThan(updates / 10);
});

const catalogLine = `${idOf(1)}:Shop/Chairs:Shop-Chairs`;
const mine = `${idOf(7, "abcd")}:Mine/Wood:Mine-Wood`;
const served = `VERSION 1\n${catalogLine}\n`;
const megabyte = 1024 * 1024;
/** A comment of this many bytes. */
const filler = (bytes: number) => `# ${"x".repeat(bytes)}\n`;

interface Variant {
  readonly name: string;
  readonly before: string | Buffer;
  /** Left as it is, byte for byte, and the person told so. */
  readonly handsOff?: RegExp;
  /** Bytes that must stand in the file afterwards. */
  readonly keeps?: readonly (string | Buffer)[];
}

const variants: readonly Variant[] = [
  { name: "CRLF", before: `VERSION 1\r\n\r\n# mine\r\n${mine}\r\n`, keeps: [mine, "# mine"] },
  { name: "a lone CR", before: `VERSION 1\r${mine}\r`, keeps: [mine] },
  { name: "no newline at the end", before: `VERSION 1\n${mine}`, keeps: [mine] },
  { name: "a byte order mark", before: `\ufeffVERSION 1\n${mine}\n`, keeps: [mine] },
  { name: "no version", before: `${mine}\n`, keeps: [mine] },
  {
    name: "lines that Blender does not know, and bytes that are no text",
    before: Buffer.concat([
      Buffer.from(`# head \u00e9\nVERSION 1\n${mine}\nnot a catalog at all\n# latin `),
      Buffer.from([0xe9, 0xff, 0x80]),
      Buffer.from("\n"),
    ]),
    keeps: [mine, "# head \u00e9", "not a catalog at all", Buffer.from([0xe9, 0xff, 0x80])],
  },
  {
    name: "9 MB of a person's lines",
    before: `VERSION 1\n${mine}\n${filler(9 * megabyte)}`,
    keeps: [mine, filler(9 * megabyte).trim()],
  },
  { name: "more than 10 MB", before: `VERSION 1\n${mine}\n${filler(10 * megabyte)}`, handsOff: /larger than 10 MB/ },
  { name: "VERSION 2", before: `VERSION 2\n${mine}\nsomething new\n`, handsOff: /VERSION 2/ },
  { name: "VERSION 99 with a mark", before: `\ufeffVERSION 99\n${mine}\n`, handsOff: /VERSION 99/ },
  { name: "something else altogether", before: "<html>not a catalog file</html>\n", handsOff: /no catalog file/ },
  { name: "an empty file", before: "" },
];

it.each(variants)("a file with $name: a person's bytes stay", async ({ before, handsOff, keeps = [] }) => {
  const library = await makeLibrary();
  const file = join(library.folder, fileName);
  const bytes = Buffer.from(before);
  writeFileSync(file, bytes);
  const { problem } = await updateCatalogFile({ library, base: null, theirs: served });
  const after = readFileSync(file);
  if (handsOff !== undefined) {
    expect(problem).toMatch(handsOff);
    expect(after.equals(bytes)).toBe(true);
    return;
  }
  expect(problem).toBeNull();
  for (const kept of keeps) expect(after.includes(kept)).toBe(true);
  const parsed = parseCatalogFile(after);
  expect(parsed.refusal).toBeNull();
  expect(parsed.catalogs.map(({ id }) => id)).toContain(idOf(1));
  expect(readFileSync(join(library.folder, ".sync", `${fileName}.before`)).equals(bytes)).toBe(true);
  // Again with the same: nothing to do, not a byte is written.
  expect((await updateCatalogFile({ library, base: served, theirs: served })).changed).toBe(false);
  expect(readFileSync(file).equals(after)).toBe(true);
});
