import { readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { withRealFolder } from "./real-folder.ts";

/**
 * Removes the folder `name` in `parent` and all in it; links inside are removed, not followed. Each folder is emptied
 * through itself, held open: Node's `rm` goes by names, and would empty what a folder was exchanged for meanwhile.
 * Throws `library-unsafe-path` where `name` is a link, Node's own error otherwise.
 */
export async function removeTree(parent: string, name: string): Promise<void> {
  await withRealFolder({ library: { folder: parent }, folder: name }, async (path) => {
    for (const entry of await readdir(path, { withFileTypes: true })) {
      if (entry.isDirectory()) await removeTree(path, entry.name);
      else await unlink(join(path, entry.name));
    }
  });
  await rmdir(join(parent, name));
}
