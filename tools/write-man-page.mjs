// Part of the daemon's build: writes the manual page that is published, from the table of commands.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const daemon = join(root, "apps/sync-daemon");
const { status, stdout } = spawnSync(process.execPath, [join(daemon, "bin/asset-sync.mjs"), "man"], {
  encoding: "utf8",
  stdio: ["ignore", "pipe", "inherit"],
});
if (status === 0) {
  mkdirSync(join(daemon, "man"), { recursive: true });
  writeFileSync(join(daemon, "man/asset-sync.1"), stdout);
}
process.exitCode = status ?? 1;
