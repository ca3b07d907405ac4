// Global set-up of the tests: those of the whole daemon run what is published, not its sources. What is built already is
// taken from turbo's cache. See docs/decisions/0056.
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

export function setup() {
  const turbo = fileURLToPath(new URL("turbo.mjs", import.meta.url));
  const args = [turbo, "run", "build", "--filter=@org/sync-daemon...", "--output-logs=errors-only"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`The daemon could not be built (${status}):\n${stdout}\n${stderr}`);
}
