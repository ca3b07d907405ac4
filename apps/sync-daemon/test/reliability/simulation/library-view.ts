import { join } from "node:path";
import type { Manifest } from "../../../src/domain/manifest.ts";
import { parseManifest } from "../../../src/library/manifest-file.ts";
import { real } from "./real-calls.ts";

export interface SeenAsset {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What somebody sees who looks at the libraries now: assets, and files that are in none. */
export interface SeenLibrary {
  readonly assets: SeenAsset[];
  /** Absolute paths of files outside of assets, and of folders whose manifest cannot be read. */
  readonly loose: string[];
}

/** Looks without following links and without what begins with a dot, as Blender does. */
export function seeLibrary(root: string): SeenLibrary {
  const seen: SeenLibrary = { assets: [], loose: [] };
  const look = (folder: string): void => {
    const entries = real.readdirSync(folder, { withFileTypes: true });
    if (entries.some(({ name }) => name === ".asset.json")) {
      const manifest = parseManifest(real.readFileSync(join(folder, ".asset.json"), "utf8"));
      if ("reason" in manifest) seen.loose.push(join(folder, ".asset.json"));
      else seen.assets.push({ folder, manifest });
      return;
    }
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) look(path);
      else if (entry.isFile()) seen.loose.push(path);
    }
  };
  if (real.existsSync(root)) look(root);
  return seen;
}
