// turbo without its telemetry: nothing we run phones home.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const { status } = spawnSync("pnpm", ["exec", "turbo", "--no-update-notifier", ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  shell: process.platform === "win32",
});
process.exitCode = status ?? 1;
