// `pnpm test:nightly`: the reliability suites with the counts of a night, and their results as docs/reliability.md.
// `pnpm test:release`: the same with those of a release, which take some hours.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";
import { reliabilityTable } from "./reliability-table.mjs";

const level = process.argv.includes("--release") ? "release" : "nightly";
const only = process.argv.slice(2).filter((argument) => argument !== "--release");
const scratch = mkdtempSync(join(tmpdir(), "asset-sync-nightly-"));
const results = join(scratch, "results.jsonl");
writeFileSync(results, "");

const suites = "apps/sync-daemon/test/reliability";
const hostileArchives = "apps/sync-daemon/test/hostile-archives";
/** What measures how long the event loop stands still, and what keeps all cores busy by itself: these go first, one by one. */
const alone = ["disk/huge-archive", "memory/catalog-memory", "kill/kill-points", "power/power-loss"].map(
  (name) => `${suites}/${name}.test.ts`,
);

/** Runs these files, each with the counts of this level. */
function run(...vitestArguments) {
  const { status } = spawnSync("pnpm", ["exec", "vitest", "run", ...vitestArguments], {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
    env: { ...process.env, RELIABILITY: level, RELIABILITY_RESULTS: results },
  });
  return status ?? 1;
}

const startedMs = performance.now();
const statuses =
  only.length > 0
    ? [run(...only)]
    : [
        run("--maxWorkers=1", ...alone),
        // One more at a time than there are cores: some of these wait for lines and disks that stand still.
        run(
          `--maxWorkers=${availableParallelism() + 1}`,
          suites,
          hostileArchives,
          ...alone.map((file) => `--exclude=${file}`),
        ),
      ];
const minutes = (performance.now() - startedMs) / 60_000;
const rows = readFileSync(results, "utf8")
  .split("\n")
  .filter((line) => line !== "")
  .map((line) => JSON.parse(line));
const commit = spawnSync("git", ["rev-parse", "--short", "HEAD"], { cwd: root, encoding: "utf8" }).stdout.trim();
const date = new Date().toISOString().slice(0, 10);
const source = `Written by \`pnpm test:${level}\` on ${date}, in ${minutes.toFixed(0)} minutes on ${availableParallelism()} cores.`;
const table = reliabilityTable({ rows, commit, source });
process.stdout.write(`\n${table}\n`);
// A run of some suites only must not replace the table of all.
if (only.length === 0) writeFileSync(join(root, "docs", "reliability.md"), table);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = Math.max(...statuses);
