import { execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, it } from "vitest";
import { count, level, runSeed } from "../level.ts";
import { record, recordSkipped } from "../record.ts";
import { mutations } from "./mutate.ts";

const total = Number(process.env.ARCHIVE_MUTATIONS ?? count({ commit: 2000, nightly: 100_000 }));
const processes = 2;
// What was used is read again by Python after each batch and then removed.
const batchSize = 5000;
// Far longer than the 5 s of work that a mutant may take, so that a busy machine is not taken for a hang.
const silenceMs = 120_000;
const seed = runSeed();
const startedAt = performance.now();

const reason = spawnSync("python3", ["--version"]).status === 0 ? null : "there is no python3 to read archives with";
if (reason !== null) recordSkipped("T22", "mutated archives", reason);

interface Answer {
  readonly refused: Readonly<Record<string, number>>;
  readonly done: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  readonly used: number;
}

let scratch: string;
beforeAll(async () => {
  // In memory where that is possible: what is tested is the reading, not the disk.
  scratch = await mkdtemp(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "mutants-"));
});
afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

/** Runs some mutants in a process. A crash or a hang is an answer too: what is wrong, with the mutant's number. */
async function runMutants(folder: string, range: { first: number; many: number }): Promise<Answer> {
  const runner = join(import.meta.dirname, "run-mutants.ts");
  const child = spawn(process.execPath, [runner, folder, ...[seed, range.first, range.many].map(String)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let last = "";
  let errors = "";
  let isHung = false;
  const hang = (): void => {
    isHung = true;
    child.kill("SIGKILL");
  };
  let timer = setTimeout(hang, silenceMs);
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    last = line;
    clearTimeout(timer);
    timer = setTimeout(hang, silenceMs);
  });
  const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, by) => resolve([code, by]));
  });
  clearTimeout(timer);
  if (status === 0 && last.startsWith("{")) return JSON.parse(last) as Answer;
  const what = isHung ? "hung" : `crashed the process (${signal ?? status}): ${errors}`;
  return { refused: {}, done: {}, used: 0, wrong: [`mutant ${last} ${what}`] };
}

function readIndependently(folder: string): { compared: Record<string, number>; disagreements: string[] } {
  const script = join(import.meta.dirname, "read-independently.py");
  const options = { encoding: "utf8", maxBuffer: 64 << 20 } as const;
  return JSON.parse(execFileSync("python3", [script, join(folder, "used")], options));
}

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

it.skipIf(reason !== null)(
  `${total} mutated archives are refused, or used with the bytes that others find in them (seed ${seed})`,
  async () => {
    const wrong: string[] = [];
    const refused: Record<string, number> = {};
    const done: Record<string, number> = {};
    const compared: Record<string, number> = {};
    const add = (to: Record<string, number>, from: Readonly<Record<string, number>>): void => {
      for (const [key, value] of Object.entries(from)) to[key] = (to[key] ?? 0) + value;
    };
    let used = 0;
    const share = Math.ceil(total / processes);
    const work = async (process: number): Promise<void> => {
      const end = Math.min(total, (process + 1) * share);
      for (let first = process * share; first < end; first += batchSize) {
        const folder = join(scratch, `${process}-${first}`);
        const answer = await runMutants(folder, { first, many: Math.min(batchSize, end - first) });
        add(refused, answer.refused);
        add(done, answer.done);
        wrong.push(...answer.wrong);
        used += answer.used;
        if (answer.used > 0) {
          const reading = readIndependently(folder);
          add(compared, reading.compared);
          wrong.push(...reading.disagreements);
        }
        await rm(folder, { recursive: true });
      }
    };
    await Promise.all(Array.from({ length: processes }, (_, number) => work(number)));
    record({
      test: "T22",
      what: "mutated archives, inspected and extracted; what was used read again by Python",
      injections: sum(refused) + used,
      wrong: wrong.length,
      secondSpends: null,
      seed,
      ms: performance.now() - startedAt,
      note: `${sum(refused)} refused, ${used} used, ${sum(compared)} of those compared`,
    });
    expect(wrong, `seed ${seed}, ${level()}`).toEqual([]);
    // The run did what it says: every kind of damage, both answers, and each used archive was compared.
    expect(sum(refused) + used).toBe(total);
    expect(sum(compared)).toBe(used);
    expect(Object.keys(done).sort()).toEqual([...mutations].sort());
    expect(used).toBeGreaterThan(total / 50);
    expect(sum(refused)).toBeGreaterThan(total / 4);
  },
  count({ commit: 600_000, nightly: 3_600_000 }),
);
