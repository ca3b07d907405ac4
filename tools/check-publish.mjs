// Builds every package, packs it, and looks at the tarball as an installer would: publint and are-the-types-wrong.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const scratch = mkdtempSync(join(tmpdir(), "asset-sync-publish-"));
let failed = false;

function run(program, args, cwd = root) {
  const { status } = spawnSync(program, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) failed = true;
  return status === 0;
}

if (run(process.execPath, ["tools/turbo.mjs", "run", "build", "--output-logs=errors-only"])) {
  const folders = ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  for (const folder of folders) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    if (manifest.private) continue;
    const packed = join(scratch, `${manifest.name.replace(/[@/]/g, "-")}.tgz`);
    if (!run("pnpm", ["--silent", "pack", "--out", packed], folder)) continue;
    run("pnpm", ["exec", "publint", "run", packed, "--strict"]);
    // The command-line apps export no types; the packages are ESM only by decision.
    if (manifest.exports?.["."] !== undefined) run("pnpm", ["exec", "attw", packed, "--profile", "esm-only"]);
  }
}
rmSync(scratch, { recursive: true, force: true });
process.exitCode = failed ? 1 : 0;
