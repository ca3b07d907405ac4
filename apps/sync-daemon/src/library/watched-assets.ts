import { join } from "node:path";
import type { Publish } from "../domain/event.ts";
import { manifestFileName } from "../domain/library-layout.ts";
import type { InstalledAsset, Manifest } from "../domain/manifest.ts";
import { clockToleranceMs, hashFile } from "./asset-files.ts";
import { lstatIfThere } from "./durable-rename.ts";
import { readManifestIn } from "./manifest-file.ts";
import type { Library } from "./open-library.ts";
import { readManifests } from "./read-manifests.ts";

/** What was touched in a library since the last look. Paths relative to its root, with `/`. */
export interface TouchedPaths {
  /** Folders whose manifest came, changed or went. */
  readonly manifests: ReadonlySet<string>;
  /** .blend files that changed. */
  readonly blendFiles: ReadonlySet<string>;
  /** Folders that went, with all below them. */
  readonly goneFolders: ReadonlySet<string>;
}

/** What is remembered of one asset: little, for there are many. */
interface Known {
  readonly productId: number;
  readonly downloadId: string;
  /** An edit is said once. */
  isEdited: boolean;
}

/** The assets of a library as they were at the last look. */
export interface WatchedAssets {
  /** Takes over all assets; says which of the known ones are gone, if any were known. */
  replaceAll(assets: readonly InstalledAsset[]): void;
  /**
   * Looks at what was touched, on disk, and says what happened to assets. The disk decides, not the notifications. Returns
   * the folders of assets that are missing for the first time: they are told as removed when the next look at them finds
   * the same, since a replacement or a move may just be under way.
   */
  look(touched: TouchedPaths): Promise<ReadonlySet<string>>;
}

/** Is the .blend file other than the manifest says? Hashed only if its size is right and it is newer than the manifest. */
async function isEdited(assetPath: string, manifest: Manifest, file: string): Promise<boolean> {
  const installed = manifest.files.find(({ path }) => path === file);
  const stats = await lstatIfThere(join(assetPath, file));
  if (installed === undefined || stats === null || !stats.isFile()) return false;
  if (Number(stats.size) !== installed.bytes) return true;
  const manifestStats = await lstatIfThere(join(assetPath, manifestFileName));
  if (Number(stats.mtimeMs) <= Number(manifestStats?.mtimeMs ?? 0) + clockToleranceMs) return false;
  return (await hashFile(join(assetPath, file))) !== installed.sha256;
}

/** Remembers a library's assets and says when one was removed or edited. */
export function createWatchedAssets(watched: {
  library: Library;
  publish: Publish;
  signal: AbortSignal;
}): WatchedAssets {
  const { library, publish, signal } = watched;
  const { assetType } = library;
  let known = new Map<string, Known>();
  const missing = new Set<string>();

  const findAssetFolder = (path: string): string | null => {
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
      if (known.has(path.slice(0, at))) return path.slice(0, at);
    }
    return null;
  };

  // An asset that turned up in another folder was moved by a person, which is their business.
  const publishGone = (gone: ReadonlyMap<string, Known>): void => {
    const present = new Set([...known.values()].map(({ productId, downloadId }) => `${productId}/${downloadId}`));
    for (const [folder, { productId, downloadId }] of gone) {
      if (!present.has(`${productId}/${downloadId}`)) publish({ type: "asset-removed", productId, assetType, folder });
    }
  };

  async function lookAtBlendFile(path: string): Promise<void> {
    const folder = findAssetFolder(path);
    const asset = folder === null ? undefined : known.get(folder);
    if (folder === null || asset === undefined || asset.isEdited) return;
    const assetPath = join(library.folder, folder);
    const manifest = await readManifestIn(assetPath);
    if (manifest === null || "reason" in manifest) return;
    if (!(await isEdited(assetPath, manifest, path.slice(folder.length + 1)))) return;
    // Another version may have been put in its place between the two looks; that was us, and is looked at by itself.
    const after = await readManifestIn(assetPath);
    if (JSON.stringify(after) !== JSON.stringify(manifest)) return;
    asset.isEdited = true;
    publish({ type: "asset-edited", productId: asset.productId, assetType, folder });
  }

  return {
    replaceAll(assets) {
      const before = known;
      missing.clear();
      known = new Map(
        assets.map(({ folder, manifest: { productId, downloadId } }) => [
          folder,
          { productId, downloadId, isEdited: before.get(folder)?.isEdited ?? false },
        ]),
      );
      publishGone(new Map([...before].filter(([folder]) => !known.has(folder))));
    },
    async look({ manifests, blendFiles, goneFolders }) {
      const doubtful = new Set(manifests);
      for (const gone of goneFolders) {
        for (const folder of known.keys()) if (folder === gone || folder.startsWith(`${gone}/`)) doubtful.add(folder);
      }
      const gone = new Map<string, Known>();
      for (const folder of doubtful) {
        const manifest = await readManifestIn(join(library.folder, folder));
        const before = known.get(folder);
        if (manifest !== null) missing.delete(folder);
        if (manifest !== null && !("reason" in manifest)) {
          known.set(folder, { productId: manifest.productId, downloadId: manifest.downloadId, isEdited: false });
        } else if (manifest === null && before !== undefined) {
          if (!missing.delete(folder)) {
            missing.add(folder);
            continue;
          }
          gone.set(folder, before);
        }
      }
      // Where an asset was moved to may be notified of much later than that it is gone, so the disk is asked.
      if (gone.size > 0) {
        const { assets } = await readManifests({ library, signal });
        for (const folder of gone.keys()) known.delete(folder);
        for (const { folder, manifest } of assets) {
          const { productId, downloadId } = manifest;
          if (!known.has(folder)) known.set(folder, { productId, downloadId, isEdited: false });
        }
      }
      publishGone(gone);
      for (const path of blendFiles) await lookAtBlendFile(path);
      return new Set(missing);
    },
  };
}
