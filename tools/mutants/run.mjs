// `pnpm test:mutants [NAME…]`: plants each bug of list.mjs in a copy of this tree, one at a time, and runs the tests that
// must find it. Fails when a bug survives, or when a test fails without any bug, since then it proves nothing.
import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { root } from "../pinned-node.mjs";
import { mutants } from "./list.mjs";

const asked = process.argv.slice(2);
const chosen = asked.length === 0 ? mutants : mutants.filter(({ name }) => asked.includes(name));
const unknown = asked.filter((name) => !mutants.some((mutant) => mutant.name === name));
if (unknown.length > 0) {
  process.stderr.write(`No such mutant: ${unknown.join(", ")}. Known: ${mutants.map(({ name }) => name).join(", ")}\n`);
  process.exit(2);
}

const copy = copyOfTree();
try {
  process.exitCode = runAll() ? 0 : 1;
} finally {
  rmSync(copy, { recursive: true, force: true });
}

function runAll() {
  const suites = [...new Set(chosen.flatMap(({ tests }) => tests))];
  const clean = new Map(suites.map((suite) => [suite, failuresOf([suite])]));
  let good = true;
  for (const [suite, { failed, ran, output }] of clean) {
    if (failed === 0 && ran) continue;
    good = false;
    process.stdout.write(`BROKEN    ${suite} fails without any bug\n${output}\n`);
  }
  if (!good) return false;
  for (const { name, file, find, replace, tests } of chosen) {
    const path = join(copy, file);
    const before = readFileSync(path, "utf8");
    if (before.split(find).length !== 2) {
      process.stdout.write(`STALE     ${name}: its text stands ${before.split(find).length - 1} times in ${file}\n`);
      good = false;
      continue;
    }
    writeFileSync(
      path,
      before.replace(find, () => replace),
    );
    const startedMs = performance.now();
    const { failed, ran, output } = failuresOf(tests);
    writeFileSync(path, before);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
    const verdict = failed > 0 ? "found    " : ran ? "SURVIVED " : "NOT RUN  ";
    process.stdout.write(`${verdict} ${name} (${failed} tests, ${seconds} s)\n${ran ? "" : `${output}\n`}`);
    good &&= failed > 0;
  }
  return good;
}

/** How many tests fail. A run that ends without a report, for example because the bug does not even compile, did not run. */
function failuresOf(tests) {
  const report = join(copy, "mutant-report.json");
  rmSync(report, { force: true });
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules", "vitest", "vitest.mjs"), "run", "--reporter=json", `--outputFile=${report}`, ...tests],
    { cwd: copy, encoding: "utf8", env: { ...process.env, NO_COLOR: "1" } },
  );
  try {
    const { numFailedTests, numTotalTests, success } = JSON.parse(readFileSync(report, "utf8"));
    const ran = numTotalTests > 0;
    const failed = !success && numFailedTests === 0 && ran ? 1 : numFailedTests;
    return { failed, ran, output: stdout + stderr };
  } catch {
    return { failed: 0, ran: false, output: stdout + stderr };
  }
}

/** Everything git knows, as it is now, with the installed packages linked: bugs are never planted in the tree itself. */
function copyOfTree() {
  const folder = mkdtempSync(join(tmpdir(), "asset-sync-mutants-"));
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const files = execFileSync("git", list, { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 });
  for (const file of new Set(files.split("\0"))) {
    if (file === "") continue;
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file), { force: true });
  }
  // A bug often leaves a name unused. That is for a compiler to find; here tests must.
  const settings = join(folder, "tsconfig.base.json");
  writeFileSync(settings, readFileSync(settings, "utf8").replaceAll(/("noUnused\w+": )true/g, "$1false"));
  // The packages are those of the tree: an install in the copy would lead the tree's own links into the copy.
  appendFileSync(join(folder, "pnpm-workspace.yaml"), "verifyDepsBeforeRun: false\n");
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  for (const workspace of execFileSync("git", ["ls-files", "packages/*/package.json", "apps/*/package.json"], {
    cwd: root,
    encoding: "utf8",
  })
    .trim()
    .split("\n")) {
    const from = join(root, dirname(workspace), "node_modules");
    // The links among our own packages are relative, so they lead into the copy.
    cpSync(from, join(folder, dirname(workspace), "node_modules"), { recursive: true, verbatimSymlinks: true });
  }
  return folder;
}
