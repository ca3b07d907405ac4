// `npm start` and `npm test` on a machine that has only an older Node and npm: brings the pinned Node and pnpm, installs
// the dependencies, then hands over to tools/NAME.mjs.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { findPinnedTools, root, runWithPinnedNode } from "./pinned-node.mjs";

const [name, ...args] = process.argv.slice(2);
const quietEnvironment = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" };

const tools = findPinnedTools();
execFileSync(tools.pnpm, ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=append-only"], {
  cwd: root,
  // Standard output belongs to what the person asked for.
  stdio: ["ignore", 2, 2],
  env: { ...process.env, ...quietEnvironment, PATH: tools.path, CI: "true" },
  shell: process.platform === "win32",
});
process.exitCode = await runWithPinnedNode(join(root, "tools", `${name}.mjs`), args, quietEnvironment);
