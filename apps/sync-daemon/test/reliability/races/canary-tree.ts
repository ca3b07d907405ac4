import { createHash } from "node:crypto";
import { cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * A folder of somebody else that looks like a library from outside: the same folders and files under the same names, so
 * that whatever follows a link into it finds its way, and changes it.
 */
export function makeCanary(options: { library: string; canary: string }): void {
  const { library, canary } = options;
  cpSync(library, canary, { recursive: true });
  // Without the marker: with a copy of it this would be the library itself, at another place.
  rmSync(join(canary, ".asset-sync"), { force: true, recursive: true });
  for (const folder of [".sync/staging", ".sync/replaced", "textures"])
    mkdirSync(join(canary, folder), { recursive: true });
  writeFileSync(join(canary, "textures", "somebody-elses.png"), "somebody else's work");
}

/** Each path below `root` with its kind, mode and content's hash. */
export function describeTree(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const { mode } = lstatSync(path);
    const content = entry.isFile() ? createHash("sha256").update(readFileSync(path)).digest("hex") : "";
    found[path.slice(root.length)] = `${mode.toString(8)} ${content}`;
  }
  return found;
}
