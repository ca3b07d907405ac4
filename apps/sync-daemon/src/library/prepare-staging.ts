import { constants } from "node:fs";
import { chmod, open } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../domain/failure.ts";
import { manifestFileName } from "../domain/library-layout.ts";
import type { Manifest } from "../domain/manifest.ts";
import { listAssetTree } from "./asset-files.ts";
import { syncFolder } from "./durable-rename.ts";
import { formatManifest } from "./manifest-file.ts";
import { splitPath, withRealFolder } from "./real-folder.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** Staged assets are private while they are made, and readable like any folder once they are in the library. */
const assetFolderMode = 0o755;

// Blender keeps its index of a .blend until the file is newer than the index. A time from the zip would keep the old
// name and a broken picture in the Asset Browser (design notes: asset-libraries.md §0.1).
async function makeFresh(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    const now = new Date();
    await handle.utimes(now, now);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives the .blend files of the asset in `path` the present as their time. */
export async function makeBlendFilesFresh(path: string, files: Iterable<string>): Promise<void> {
  for (const file of files) {
    if (!/\.blend$/i.test(file)) continue;
    const { parent, name } = splitPath(file);
    await withRealFolder({ library: { folder: path }, folder: parent }, (held) => makeFresh(join(held, name)));
  }
}

/**
 * Makes the asset staged in `path` ready for its rename: checks that it holds the manifest's files and nothing unknown,
 * freshens .blend files, writes the manifest last, and brings all folders to the disk. The files' own bytes were
 * brought there by whoever wrote them.
 */
export async function prepareStaging(prepared: {
  path: string;
  manifest: Manifest;
  /** Files beyond the manifest that belong there: a person's, taken over from the version before. */
  carried: ReadonlySet<string>;
}): Promise<void> {
  const { path, manifest, carried } = prepared;
  const tree = await listAssetTree(path);
  const staged = new Set(tree.files);
  const expected = new Set(manifest.files.map((file) => file.path));
  const lacking = manifest.files.find((file) => !staged.has(file.path))?.path;
  const unknown = tree.files.find((file) => !expected.has(file) && !carried.has(file)) ?? tree.others[0];
  if (lacking !== undefined || unknown !== undefined) {
    const what = lacking === undefined ? `holds "${unknown}", which its manifest does not name` : `lacks "${lacking}"`;
    throw new Failure("unexpected", `The staged folder of "${manifest.title}" ${what}.`, {
      productId: manifest.productId,
      path,
    });
  }
  await makeBlendFilesFresh(path, tree.files);
  await chmod(path, assetFolderMode);
  for (const folder of tree.folders) await syncFolder(join(path, folder));
  await writeFileAtomic({ path: join(path, manifestFileName), text: formatManifest(manifest) });
}
