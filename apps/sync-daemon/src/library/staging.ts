import { randomBytes } from "node:crypto";
import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { stagingFolderName } from "../domain/library-layout.ts";
import { systemErrorCode } from "./durable-rename.ts";
import { checkLibrary, type Library } from "./open-library.ts";
import { toLibraryFailure, withRealFolder } from "./real-folder.ts";
import { removeTree } from "./remove-tree.ts";

const stagingName = /^[0-9a-f]{32}$/;

/** The path relative to the library's root of a staging folder that `createStagingFolder` made; throws on any other. */
export function toStagingPath(library: Library, stagingFolder: string): string {
  const parent = join(library.folder, stagingFolderName);
  const name = stagingFolder.slice(parent.length + 1);
  if (join(parent, name) !== stagingFolder || !stagingName.test(name)) {
    throw new Failure("unexpected", `"${stagingFolder}" is no staging folder of "${library.folder}".`, {
      path: stagingFolder,
    });
  }
  return `${stagingFolderName}/${name}`;
}

/** Is it a staging folder's path relative to a library's root? */
export function isStagingPath(folder: string): boolean {
  const prefix = `${stagingFolderName}/`;
  return folder.startsWith(prefix) && stagingName.test(folder.slice(prefix.length));
}

/**
 * A fresh folder below `.sync/staging` that nobody else can read, on the library's own file system. Returns its
 * absolute path. Random and 0700, so that no other user can put a link in the way of what is extracted into it.
 */
export async function createStagingFolder(library: Library): Promise<string> {
  await checkLibrary(library);
  const name = randomBytes(16).toString("hex");
  try {
    await withRealFolder({ library, folder: stagingFolderName, createMissing: true }, async (path) => {
      await mkdir(join(path, name), { mode: 0o700 });
      // Through the folder itself: by its name, what it was exchanged for meanwhile would be changed.
      await withRealFolder({ library: { folder: path }, folder: name }, (own) => chmod(own, 0o700));
    });
  } catch (error) {
    throw toLibraryFailure(error, join(library.folder, stagingFolderName), "Creating a staging folder in");
  }
  return join(library.folder, stagingFolderName, name);
}

/** Removes a staging folder and all in it; links inside are removed, not followed. */
export async function removeStagingFolder(library: Library, stagingFolder: string): Promise<void> {
  const name = toStagingPath(library, stagingFolder).slice(stagingFolderName.length + 1);
  try {
    await withRealFolder({ library, folder: stagingFolderName }, (path) => removeTree(path, name));
  } catch (error) {
    if (systemErrorCode(error) !== "ENOENT") throw toLibraryFailure(error, stagingFolder, "Removing");
  }
}

/** Names of all staging folders of ours; what somebody else put there is left out. */
export async function listStagingFolders(library: Library): Promise<string[]> {
  try {
    const entries = await withRealFolder({ library, folder: stagingFolderName }, (path) =>
      readdir(path, { withFileTypes: true }),
    );
    return entries
      .filter((entry) => entry.isDirectory() && stagingName.test(entry.name))
      .map((entry) => join(library.folder, stagingFolderName, entry.name));
  } catch (error) {
    if (systemErrorCode(error) === "ENOENT") return [];
    throw toLibraryFailure(error, join(library.folder, stagingFolderName), "Listing");
  }
}
