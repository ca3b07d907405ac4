// `pnpm bench`: every benchmark in turn, each as a ratio to the peers present on this machine. `pnpm bench extract` runs
// one of them.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { root } from "./pinned-node.mjs";

const benches = {
  extract: "apps/sync-daemon/bench/extract.ts",
  download: "packages/http-core/bench/download.ts",
  refresh: "apps/sync-daemon/bench/refresh.ts",
  search: "apps/sync-daemon/bench/search.ts",
  grid: "apps/console/bench/grid.ts",
  idle: "apps/sync-daemon/bench/idle-memory.ts",
  "3dverse": "packages/3dverse/bench/compare.ts",
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark "${unknown.join(", ")}"; there are ${Object.keys(benches).join(", ")}.\n`,
  );
  process.exit(2);
}
let failed = false;
for (const [name, file] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  process.stdout.write(`\n── ${name}\n\n`);
  const { status } = spawnSync(process.execPath, ["--conditions=@org/source", join(root, file)], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) failed = true;
}
process.exitCode = failed ? 1 : 0;
