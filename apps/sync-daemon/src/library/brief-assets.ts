import { join } from "node:path";
import { manifestFileName } from "../domain/library-layout.ts";
import type { BriefAsset } from "../domain/manifest.ts";
import { lstatIfThere } from "./durable-rename.ts";
import { readManifestIn, type UnreadableManifest } from "./manifest-file.ts";
import type { Library } from "./open-library.ts";
import { walkAssets } from "./read-manifests.ts";

/** Reads again and again what is installed in one library, each manifest only when it is another file than the last time. */
export interface BriefAssets {
  /**
   * Looks at every asset's folder; of 5,000 assets that takes a tenth of a second, where reading their manifests takes
   * seconds. Throws what `readManifests` throws.
   */
  look(options: { library: Library; signal: AbortSignal }): Promise<readonly BriefAsset[]>;
}

interface Remembered {
  readonly stamp: string;
  readonly asset: BriefAsset;
}

export function createBriefAssets(): BriefAssets {
  let remembered = new Map<string, Remembered>();
  return {
    async look({ library, signal }) {
      const next = new Map<string, Remembered>();
      const readIn = async (path: string, folder: string): Promise<BriefAsset | UnreadableManifest | null> => {
        const stamp = await stampOf(join(path, manifestFileName));
        if (stamp === null) return null;
        const before = remembered.get(folder);
        if (before !== undefined && before.stamp === stamp) {
          next.set(folder, before);
          return before.asset;
        }
        const manifest = await readManifestIn(path);
        if (manifest === null || "reason" in manifest) return manifest;
        const { productId, downloadId, revision, installedAt } = manifest;
        const asset = { assetType: library.assetType, folder, productId, downloadId, revision, installedAt };
        if (stamp !== undefined) next.set(folder, { stamp, asset });
        return asset;
      };
      const { found } = await walkAssets({ library, signal, readIn });
      remembered = next;
      return found.map(({ manifest }) => manifest);
    },
  };
}

/** Tells one state of a file from another without reading it. Null: there is none; undefined: it cannot be told. */
async function stampOf(path: string): Promise<string | null | undefined> {
  try {
    const stats = await lstatIfThere(path);
    return stats === null ? null : [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join(" ");
  } catch {
    // What cannot be looked at is read, which says why.
    return undefined;
  }
}
