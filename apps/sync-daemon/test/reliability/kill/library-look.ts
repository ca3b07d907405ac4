import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  catalogFileName,
  libraryFolders,
  manifestFileName,
  markerFileName,
  syncFolderName,
} from "../../../src/domain/library-layout.ts";
import type { Manifest } from "../../../src/domain/manifest.ts";

/** What a person did to a library before the kill, by content: it must outlive everything. */
export interface Person {
  /** SHA-256 of each file that a person made or changed. */
  readonly contents: ReadonlySet<string>;
  /** Files of assets that a person removed, below the library's root. */
  readonly removed: ReadonlySet<string>;
}

export const nobody: Person = { contents: new Set(), removed: new Set() };

export interface LibraryLook {
  /** What must never be seen, one sentence each. */
  readonly problems: string[];
  /** What a reader finds: path to hash, times and random ids left out. Equal looks are equal libraries. */
  readonly tree: Record<string, string>;
  /** Hashes of the old versions in `.sync/replaced`, sorted. */
  readonly aside: string[];
  /** The text of each catalog file that is there. */
  readonly catalogs: Record<string, string>;
  /** What only a process that died leaves behind: staging folders and temporary files. */
  readonly leftovers: string[];
}

const sha256 = (bytes: Uint8Array | string): string => createHash("sha256").update(bytes).digest("hex");

/** Looks at all libraries below `root` as a reader would, and at what is kept beside them. */
export async function lookAtLibraries(root: string, person: Person): Promise<LibraryLook> {
  const look: LibraryLook = { problems: [], tree: {}, aside: [], catalogs: {}, leftovers: [] };
  const seen = new Set<string>();
  const folders = existsSync(root) ? await readdir(root) : [];
  for (const name of folders) {
    if (!Object.values(libraryFolders).includes(name)) look.problems.push(`${name} is no library.`);
    else await lookAtLibrary({ root, name, person, look, seen });
  }
  for (const content of person.contents) {
    if (!seen.has(content)) look.problems.push(`A file of the person (${content.slice(0, 8)}) is gone.`);
  }
  look.aside.sort();
  return look;
}

async function lookAtLibrary(at: {
  root: string;
  name: string;
  person: Person;
  look: LibraryLook;
  seen: Set<string>;
}): Promise<void> {
  const { root, name, person, look, seen } = at;
  const files = new Map<string, Buffer>();
  const entries = await readdir(join(root, name), { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name).slice(root.length + 1);
    if (/\.sync\/staging\/./.test(path)) look.leftovers.push(path);
    else if (entry.isFile()) files.set(path, await readFile(join(root, path)));
  }
  const assets = [...files.keys()]
    .filter((path) => path.endsWith(`/${manifestFileName}`) && !path.includes(`/${syncFolderName}/`))
    .map((path) => path.slice(0, -manifestFileName.length));
  for (const folder of assets) lookAtAsset({ folder, files, person, look });

  for (const [path, bytes] of files) {
    const hash = sha256(bytes);
    seen.add(hash);
    const inLibrary = path.slice(name.length + 1);
    if (path.endsWith(".asset-sync-tmp")) look.leftovers.push(path);
    else if (inLibrary.startsWith(`${syncFolderName}/`)) {
      if (/replaced\/[^/]+\/asset\//.test(inLibrary) && !path.endsWith(manifestFileName)) look.aside.push(hash);
    } else if (inLibrary === markerFileName) look.tree[path] = "a marker";
    else if (path.endsWith(manifestFileName)) look.tree[path] = sha256(JSON.stringify(withoutTime(bytes)));
    else {
      look.tree[path] = hash;
      if (inLibrary === catalogFileName) look.catalogs[name] = bytes.toString("utf8");
      else if (!assets.some((folder) => path.startsWith(folder)) && !person.contents.has(hash))
        look.problems.push(`${path} lies outside of every asset and is nobody's.`);
    }
  }
}

/** Absent or whole: each file as its manifest says, or a person's own. */
function lookAtAsset(at: {
  folder: string;
  files: ReadonlyMap<string, Buffer>;
  person: Person;
  look: LibraryLook;
}): void {
  const { folder, files, person, look } = at;
  const manifest: Manifest = JSON.parse(files.get(`${folder}${manifestFileName}`)?.toString("utf8") ?? "");
  const listed = new Map(manifest.files.map((file) => [`${folder}${file.path}`, file]));
  for (const [path, file] of listed) {
    const bytes = files.get(path);
    if (bytes === undefined) {
      if (!person.removed.has(path)) look.problems.push(`${path} is missing.`);
    } else if ((bytes.length !== file.bytes || sha256(bytes) !== file.sha256) && !person.contents.has(sha256(bytes)))
      look.problems.push(`${path} is not what its manifest says.`);
  }
  for (const [path, bytes] of files) {
    const isInside = path.startsWith(folder) && path !== `${folder}${manifestFileName}`;
    if (isInside && !listed.has(path) && !person.contents.has(sha256(bytes)) && !path.endsWith(".asset-sync-tmp"))
      look.problems.push(`${path} is in no manifest and nobody's.`);
  }
}

function withoutTime(bytes: Buffer): object {
  const { installedAt: _installedAt, ...lasting }: Manifest = JSON.parse(bytes.toString("utf8"));
  return lasting;
}
