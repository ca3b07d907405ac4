import { join } from "node:path";
import { manifestFileName } from "../domain/library-layout.ts";
import type { AssetSummary, Manifest } from "../domain/manifest.ts";
import { lstatIfThere } from "./durable-rename.ts";
import { readManifestIn, type UnreadableManifest } from "./manifest-file.ts";
import type { Library } from "./open-library.ts";
import { findAssets } from "./read-manifests.ts";

interface ManifestSummary {
  readonly manifest: Omit<Manifest, "files">;
  readonly files: number;
  readonly bytes: number;
}

interface ReadBefore {
  /** Of the file that was read: whoever replaces or writes it changes one of these. */
  readonly fileIdentity: string;
  readonly content: ManifestSummary | UnreadableManifest;
}

/** Reads what is installed again and again: the folders are walked each time, a manifest is read when its file changed. */
export interface AssetSummaries {
  /** As `readManifests`, without the lists of files. */
  read(options: { library: Library; signal: AbortSignal }): Promise<AssetSummary[]>;
}

export function createAssetSummaries(): AssetSummaries {
  const readBefore = new Map<string, Map<string, ReadBefore>>();

  return {
    async read({ library, signal }) {
      const before = readBefore.get(library.folder);
      const now = new Map<string, ReadBefore>();
      const readIn = async (path: string): Promise<ManifestSummary | UnreadableManifest | null> => {
        const fileIdentity = await identify(join(path, manifestFileName));
        if (fileIdentity === null) return null;
        const known = before?.get(path);
        const content = known?.fileIdentity === fileIdentity ? known.content : await summarize(path);
        if (content !== null) now.set(path, { fileIdentity, content });
        return content;
      };
      const { found } = await findAssets({ library, signal, readIn });
      // What is gone is forgotten with the map before.
      readBefore.set(library.folder, now);
      return found.map(({ folder, content }) => ({ assetType: library.assetType, folder, ...content }));
    },
  };
}

/** Null where there is no manifest. */
async function identify(path: string): Promise<string | null> {
  const stats = await lstatIfThere(path);
  return stats === null ? null : [stats.dev, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(" ");
}

async function summarize(path: string): Promise<ManifestSummary | UnreadableManifest | null> {
  const manifest = await readManifestIn(path);
  if (manifest === null || "reason" in manifest) return manifest;
  const { files, ...rest } = manifest;
  return { manifest: rest, files: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
}
