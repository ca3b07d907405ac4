import { createHash } from "node:crypto";
import { lstat, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Every file and link below `root` by its relative path, with what it holds. `.sync`, which is ours, is left out. */
export async function hashTree(root: string, folder = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.name === ".sync") continue;
    if (entry.isDirectory()) Object.assign(found, await hashTree(root, path));
    else if (entry.isSymbolicLink()) found[path] = `link to ${await readlink(join(root, path))}`;
    else
      found[path] = createHash("sha256")
        .update(await readFile(join(root, path)))
        .digest("hex");
  }
  return found;
}

/** What of `before` is gone or changed in `after`. */
export function findLosses(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((path) => before[path] !== after[path]);
}

export async function exists(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => null)) !== null;
}
