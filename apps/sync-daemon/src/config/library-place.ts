import { constants } from "node:fs";
import { access, lstat } from "node:fs/promises";
import path from "node:path";

/**
 * Why a folder that a caller of the API names cannot hold the libraries, as the rest of a sentence; null where it can
 * (docs/decisions/0040). It must be a real folder, or a new one below a folder that this user may write to. Looks at the
 * disk and writes nothing.
 */
export async function findPlaceProblem(folder: string): Promise<string | null> {
  if (/[\u0000-\u001f\u007f]/.test(folder)) return "its name holds a character that cannot be seen.";
  if (!path.isAbsolute(folder)) return "it is not a whole path such as /Assets/iMeshh or ~/Documents/iMeshh.";
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const stats = await lstat(current).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw error;
    });
    if (stats === null && current !== path.dirname(current)) continue;
    if (stats?.isSymbolicLink() && current === path.resolve(folder))
      return `${current} is a link; name the folder that it leads to.`;
    if (stats?.isSymbolicLink() ? false : !stats?.isDirectory()) return `${current} is a file and no folder.`;
    try {
      await access(current, constants.W_OK | constants.X_OK);
      return null;
    } catch {
      return `you may not write into ${current}.`;
    }
  }
}
