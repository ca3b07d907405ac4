// `pnpm check`: each check in turn, all of them even when one fails, and a summary at the end.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const scratch = mkdtempSync(join(tmpdir(), "asset-sync-check-"));
const testReport = join(scratch, "tests.json");

const checks = [
  ["format and lint", ["biome", "ci", "."]],
  ["types", ["node", "tools/turbo.mjs", "run", "types", "--output-logs=errors-only"]],
  ["import rules", ["depcruise", "--config", ".dependency-cruiser.cjs", "packages", "apps"]],
  ["package shape", ["node", "tools/check-package-shape.mjs"]],
  ["dependencies", ["node", "tools/check-dependencies.mjs"]],
  ["unused code", ["knip"]],
  ["publish checks", ["node", "tools/check-publish.mjs"]],
  ["tests", ["vitest", "run", "--reporter=default", "--reporter=json", `--outputFile.json=${testReport}`]],
];

const only = process.argv.slice(2);
const results = [];
for (const [name, command] of checks) {
  if (only.length > 0 && !only.includes(name)) continue;
  process.stdout.write(`\n── ${name}\n`);
  const startedMs = performance.now();
  const [program, ...args] =
    command[0] === "node" ? [process.execPath, ...command.slice(1)] : ["pnpm", "exec", ...command];
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  results.push({ name, passed: status === 0, seconds: (performance.now() - startedMs) / 1000 });
}

process.stdout.write("\n");
for (const { name, passed, seconds } of results) {
  process.stdout.write(`${passed ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)\n`);
}
const tests = readTestReport();
if (tests !== null) {
  // Whoever reads only the end of a long log has to learn from it what failed, and what the time went into.
  for (const { file, seconds } of tests.slowestFiles)
    process.stdout.write(`${seconds.toFixed(0).padStart(6)} s ${file}\n`);
  for (const { name, reason } of tests.failures) process.stdout.write(`FAILED test: ${name}\n  ${reason}\n`);
  // The plain closing line that continuous integration counts tests by.
  process.stdout.write(`${tests.passed} passed, ${tests.failed} failed, ${tests.skipped} skipped\n`);
}
const maxSkipped = Number(process.env.ASSET_SYNC_MAX_SKIPPED ?? Number.POSITIVE_INFINITY);
const tooManySkipped = tests !== null && tests.skipped > maxSkipped;
if (tooManySkipped) process.stdout.write(`FAILED: at most ${maxSkipped} tests may be skipped on this machine\n`);
rmSync(scratch, { recursive: true, force: true });
process.exitCode = results.every(({ passed }) => passed) && !tooManySkipped ? 0 : 1;

/** The counts of the test run, its failures with the beginning of their reasons, and its ten slowest files; null without a run. */
function readTestReport() {
  if (!existsSync(testReport)) return null;
  const report = JSON.parse(readFileSync(testReport, "utf8"));
  const files = report.testResults.map((result) => ({
    file: relative(root, result.name),
    seconds: (result.endTime - result.startTime) / 1000,
    result,
  }));
  const failures = files.flatMap(({ file, result }) => {
    const failed = result.assertionResults.filter(({ status }) => status === "failed");
    // A file that could not even be loaded has no tests, only a message.
    const whole =
      failed.length === 0 && result.status === "failed" ? [{ fullName: "", failureMessages: [result.message] }] : [];
    return [...failed, ...whole].map(({ fullName, failureMessages }) => ({
      name: `${file} > ${fullName}`,
      reason: String(failureMessages[0] ?? "").slice(0, 600),
    }));
  });
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests,
    failures,
    slowestFiles: files.sort((left, right) => right.seconds - left.seconds).slice(0, 10),
  };
}
