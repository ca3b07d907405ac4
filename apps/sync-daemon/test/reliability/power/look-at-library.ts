import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  catalogFileName,
  libraryFolders,
  manifestFileName,
  markerFileName,
} from "../../../src/domain/library-layout.ts";
import type { Manifest } from "../../../src/domain/manifest.ts";
import { parseManifest } from "../../../src/library/manifest-file.ts";

/** What lies in the four libraries below one root, read byte by byte, by nothing of the daemon's but its manifest format. */
export interface LibraryLook {
  /** Sentences about assets that are not whole: each file's size and hash must be the manifest's. */
  readonly broken: readonly string[];
  /** Folder of each asset, relative to the root, and its manifest. Old versions set aside are among them. */
  readonly assets: ReadonlyMap<string, Manifest>;
  /** SHA-256 by path of all that belongs to no manifest and is not the daemon's own bookkeeping: a person's files. */
  readonly foreign: ReadonlyMap<string, string>;
  /** SHA-256 by path of the assets' files as the manifests name them, without old versions. */
  readonly installed: ReadonlyMap<string, string>;
  /** Text by library of the catalog files. */
  readonly catalogs: ReadonlyMap<string, string>;
  /** Files and folders of unfinished work, which a recovered library does not have. */
  readonly unfinished: readonly string[];
}

export const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

export async function lookAtLibrary(root: string): Promise<LibraryLook> {
  const paths = await listFiles(root);
  const look = {
    broken: [] as string[],
    assets: new Map<string, Manifest>(),
    foreign: new Map<string, string>(),
    installed: new Map<string, string>(),
    catalogs: new Map<string, string>(),
    unfinished: [] as string[],
  };
  for (const path of paths.filter((one) => one.endsWith(`/${manifestFileName}`) && !isStaged(one))) {
    const folder = path.slice(0, -manifestFileName.length - 1);
    const manifest = parseManifest(await readFile(join(root, path), "utf8"));
    if ("reason" in manifest) look.broken.push(`${folder}: ${manifest.reason}`);
    else look.assets.set(folder, manifest);
  }
  const named = new Set<string>();
  for (const [folder, manifest] of look.assets) {
    for (const file of manifest.files) {
      const path = `${folder}/${file.path}`;
      named.add(path);
      const bytes = existsSync(join(root, path)) ? await readFile(join(root, path)) : null;
      if (bytes === null) look.broken.push(`${path} is missing`);
      else if (bytes.length !== file.bytes) look.broken.push(`${path} has ${bytes.length} of ${file.bytes} bytes`);
      else if (sha256(bytes) !== file.sha256) look.broken.push(`${path} has other bytes than its manifest says`);
      if (!path.includes("/.sync/")) look.installed.set(path, file.sha256);
    }
  }
  for (const path of paths) {
    const [library = "", ...rest] = path.split("/");
    if (named.has(path) || path.endsWith(`/${manifestFileName}`)) continue;
    if (rest.join("/") === catalogFileName) look.catalogs.set(library, await readFile(join(root, path), "utf8"));
    else if (isStaged(path) || path.includes(".asset-sync-tmp")) look.unfinished.push(path);
    else if (rest[0] !== ".sync" && rest[0] !== markerFileName)
      look.foreign.set(path, sha256(await readFile(join(root, path))));
  }
  for (const library of Object.values(libraryFolders)) {
    const staging = join(root, library, ".sync", "staging");
    if (existsSync(staging)) look.unfinished.push(...(await readdir(staging)).map((name) => join(library, name)));
  }
  return look;
}

function isStaged(path: string): boolean {
  return path.includes("/.sync/staging/");
}

/** Every file below `root`, relative to it, sorted. */
async function listFiles(root: string): Promise<string[]> {
  if (!existsSync(root)) return [];
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .toSorted();
}
