// How fast is extracting, compared with the programs people would use? Ours inspects, checks every sum and makes a SHA-256
// of each file as well; the others only extract.
// Run: node --conditions=@org/source apps/sync-daemon/bench/extract.ts
import { spawnSync } from "node:child_process";
import { createCipheriv } from "node:crypto";
import { chmod, mkdir, mkdtemp, open, rm, stat, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { createExtractor, type Extractor } from "../src/archive/extract-archive.ts";

const rounds = 3;
const limits = { maxArchiveBytes: 64e9, maxExtractedBytes: 64e9, maxEntries: 20_000 };

export interface ExtractFigure {
  readonly archive: string;
  readonly program: string;
  /** Best of the rounds. */
  readonly bestMs: number;
  /** Our time divided by this program's; below 1 we are faster. */
  readonly oursToIt: number | null;
}

interface Program {
  readonly name: string;
  readonly extract: (archive: string, into: string) => Promise<void>;
}

/** Deterministic noise, so that every run packs the same bytes. */
function createNoise(seed: number): (bytes: number) => Buffer {
  const cipher = createCipheriv("aes-128-ctr", Buffer.alloc(16, seed), Buffer.alloc(16));
  return (bytes) => cipher.update(Buffer.alloc(bytes));
}

async function makeSmallFiles(folder: string): Promise<void> {
  const noise = createNoise(1);
  for (let number = 0; number < 2000; number++) {
    const parent = join(folder, `part-${String(number % 20).padStart(2, "0")}`);
    await mkdir(parent, { recursive: true });
    const half = noise(600 + (number % 7) * 150);
    await writeFile(join(parent, `file-${number}.json`), Buffer.concat([half, Buffer.from(half.toString("hex"))]));
  }
}

const megabyte = 1 << 20;

async function makeLargeFiles(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const noise = createNoise(2);
  // Packed data, as PNG textures and compressed .blend files are; then data that deflate halves, as plain .blend files.
  for (const [name, megabytes, packsWell] of [
    ["albedo.png", 90, false],
    ["normal.png", 90, false],
    ["scene.blend", 160, true],
    ["displacement.exr", 110, true],
    ["roughness.exr", 50, true],
  ] as const) {
    await using file = await open(join(folder, name), "w");
    for (let written = 0; written < megabytes; written++) {
      await file.writeFile(packsWell ? noise(megabyte / 2).toString("hex") : noise(megabyte));
    }
  }
}

function isThere(program: string): boolean {
  return spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
}

function run(program: string, parameters: string[], folder?: string): void {
  const { status, error, stderr } = spawnSync(program, parameters, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  if (error !== undefined || status !== 0) throw error ?? new Error(`${program} failed: ${stderr}`);
}

function pack(archive: string, folder: string): void {
  const sevenZip = ["7z", "7zz"].find(isThere);
  if (sevenZip !== undefined) run(sevenZip, ["a", "-tzip", "-mx3", archive, "."], folder);
  else if (isThere("zip")) run("zip", ["-q", "-r", archive, "."], folder);
  else run("python3", ["-m", "zipfile", "-c", archive, "."], folder);
}

function listPrograms(extractors: { both: Extractor; single: Extractor }): Program[] {
  const ours = async (using: Extractor, task: { path: string; into: string; durable: boolean }): Promise<void> => {
    const { signal } = new AbortController();
    await chmod(task.into, 0o700);
    const contents = await using.inspectArchive({ path: task.path, limits, signal });
    await using.extractArchive({ ...task, contents, signal });
  };
  const { both, single } = extractors;
  const programs: Program[] = [
    { name: "ours", extract: (path, into) => ours(both, { path, into, durable: false }) },
    { name: "ours, flushed to disk", extract: (path, into) => ours(both, { path, into, durable: true }) },
    { name: "ours, one process", extract: (path, into) => ours(single, { path, into, durable: false }) },
  ];
  const others: Record<string, (archive: string, into: string) => string[]> = {
    "7z": (archive, into) => ["x", "-y", `-o${into}`, archive],
    "7zz": (archive, into) => ["x", "-y", `-o${into}`, archive],
    bsdtar: (archive, into) => ["-xf", archive, "-C", into],
    unzip: (archive, into) => ["-q", archive, "-d", into],
  };
  for (const [name, parameters] of Object.entries(others)) {
    if (!isThere(name)) continue;
    programs.push({ name, extract: async (archive, into) => run(name, parameters(archive, into)) });
  }
  return programs;
}

/** Best time of each program. They take turns, so that whatever else the machine does meets all of them. */
async function timeAll(programs: readonly Program[], archive: string, scratch: string): Promise<number[]> {
  const best = programs.map(() => Number.POSITIVE_INFINITY);
  // The first round only warms caches and compilers up, ours and those of the system.
  for (let round = 0; round <= rounds; round++) {
    for (const [number, program] of programs.entries()) {
      const into = await mkdtemp(join(scratch, "into-"));
      // What the run before left unwritten would otherwise be paid for by this one.
      if (isThere("sync")) run("sync", []);
      const start = performance.now();
      await program.extract(archive, into);
      const elapsed = performance.now() - start;
      if (round > 0) best[number] = Math.min(best[number] ?? Number.POSITIVE_INFINITY, elapsed);
      await rm(into, { recursive: true });
    }
  }
  return best;
}

/** Builds both archives below `scratch`, times every program that is installed, and removes what it made. */
export async function benchExtract(options: { scratch?: string } = {}): Promise<ExtractFigure[]> {
  const scratch = await mkdtemp(join(options.scratch ?? tmpdir(), "bench-extract-"));
  const extractors = { both: createExtractor({ processes: 2 }), single: createExtractor({ processes: 1 }) };
  const figures: ExtractFigure[] = [];
  try {
    for (const [label, make] of [
      ["2,000 small files", makeSmallFiles],
      ["5 files, 500 MB", makeLargeFiles],
    ] as const) {
      const folder = join(scratch, "source");
      const archive = join(scratch, "archive.zip");
      await make(folder);
      pack(archive, folder);
      await rm(folder, { recursive: true });
      const packedMegabytes = ((await stat(archive)).size / megabyte).toFixed(1);
      const programs = listPrograms(extractors);
      const times = await timeAll(programs, archive, scratch);
      const oursMs = times[0] ?? Number.NaN;
      for (const [number, { name }] of programs.entries()) {
        const bestMs = times[number] ?? Number.NaN;
        const oursToIt = name.startsWith("ours") ? null : oursMs / bestMs;
        figures.push({ archive: `${label} (${packedMegabytes} MB zip)`, program: name, bestMs, oursToIt });
      }
      await rm(archive);
    }
  } finally {
    await Promise.all([extractors.both.close(), extractors.single.close()]);
    await rm(scratch, { recursive: true, force: true });
  }
  return figures;
}

export function formatExtractFigures(figures: readonly ExtractFigure[]): string {
  const lines = [`Extracting, best of ${rounds}, ${availableParallelism()} cores, Node ${process.versions.node}`];
  for (const { archive, program, bestMs, oursToIt } of figures) {
    const ratio = oursToIt === null ? "" : `ours takes ${oursToIt.toFixed(2)} of its time`;
    lines.push(`  ${archive.padEnd(34)} ${program.padEnd(28)} ${bestMs.toFixed(0).padStart(6)} ms  ${ratio}`.trimEnd());
  }
  return lines.join("\n");
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(formatExtractFigures(await benchExtract()));
}
