// Run inside `npm exec`: says where npm put the pinned Node and pnpm.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const pnpm = (process.env.PATH ?? "")
  .split(delimiter)
  .map((folder) => join(folder, process.platform === "win32" ? "pnpm.cmd" : "pnpm"))
  .find(existsSync);
process.stdout.write(JSON.stringify({ node: process.execPath, pnpm }));
