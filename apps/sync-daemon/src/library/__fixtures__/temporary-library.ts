import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { type Library, openLibrary } from "../open-library.ts";

export { candidates, chairFiles, createManifest, type FileContents, install, newChairFiles, sha256, writeFiles } from "./install.ts";

/** A folder of its own for one test, removed when the test ends. */
export function createTemporaryFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "library-test-")));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export async function createTemporaryLibrary(): Promise<Library> {
  return await openLibrary({
    folder: join(createTemporaryFolder(), "root", "iMeshh-Models"),
    assetType: "model",
    source: "imeshh",
    expectedId: null,
    createIfAbsent: true,
  });
}

/** Every file and link below `folder` with its content, `.sync` left out unless asked for. */
export function readTree(folder: string, options: { sync?: boolean } = {}): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (path: string): void => {
    for (const name of readdirSync(join(folder, path)).sort()) {
      if (name === ".sync" && options.sync !== true) continue;
      const inner = path === "" ? name : `${path}/${name}`;
      const stats = lstatSync(join(folder, inner));
      if (stats.isDirectory()) walk(inner);
      else found[inner] = stats.isFile() ? readFileSync(join(folder, inner), "utf8") : "not a file";
    }
  };
  if (existsSync(folder)) walk("");
  return found;
}

/** The files of an asset's folder, without its manifest. */
export function readAsset(library: Library, folder: string): Record<string, string> {
  const { ".asset.json": _manifest, ...files } = readTree(join(library.folder, folder));
  return files;
}

export async function failureOf(work: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && "code" in error) return { code: String(error.code), message: error.message };
    throw error;
  }
  throw new Error("It should have failed.");
}
