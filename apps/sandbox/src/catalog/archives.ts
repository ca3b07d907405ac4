import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { bufferContent, type Content, fileContent } from "../http/content.ts";
import { InvalidInputError } from "../parse-strictly.ts";
import { varyArchive } from "../zip/vary-archive.ts";
import type { GeneratedProducts } from "./generated-products.ts";
import type { SampleShop } from "./sample-shop.ts";

/** What an update does to a product's archives. */
export type ArchiveChange =
  /** Nothing: the record changes, the file stays. */
  | "keep"
  /** The same archive with one small text file more. */
  | "vary"
  /** Another file from disk, sent as it is, whatever it holds. */
  | { file: string };

/** The files behind the download links, by CDN path (percent-decoded). */
export interface Archives {
  /** Where a download lies now, or undefined where the shop has no file for it. */
  pathOf(productId: number, downloadId: string): string | undefined;
  at(path: string): Promise<Content> | undefined;
  /** Puts another file behind a download; with `newPath` it moves there and the old file stays where it was. */
  change(request: {
    productId: number;
    downloadId: string;
    change: ArchiveChange;
    newPath: string | undefined;
    changedAtMs: number;
  }): void;
  add(request: { productId: number; downloadId: string; path: string; file: string }): void;
}

/** When the sample's archives were put up, by the path they lie at. */
const sampleUploadedAtMs = Date.UTC(2025, 5, 28, 17, 1, 30);

interface Stored {
  /** As first put up; every variation is made from it. */
  original: () => Promise<Content>;
  current: () => Promise<Content>;
  revision: number;
}

export function createArchives(shop: SampleShop, generated: GeneratedProducts): Archives {
  const storedAt = new Map<string, Stored>();
  const paths = new Map<string, string>();
  const keyOf = (productId: number, downloadId: string) => `${productId}/${downloadId}`;
  const put = (path: string, load: () => Promise<Content>, revision = 0, original = load) =>
    storedAt.set(path, { original, current: load, revision });

  for (const [downloadId, archive] of shop.archives) {
    paths.set(keyOf(archive.productId, downloadId), archive.path);
    put(archive.path, async () => bufferContent(await readFile(archive.file), sampleUploadedAtMs));
  }
  const pathOf = (productId: number, downloadId: string) =>
    paths.get(keyOf(productId, downloadId)) ?? generated.archivePath(productId, downloadId);
  const loaderAt = (path: string): Stored | undefined => {
    const stored = storedAt.get(path);
    if (stored !== undefined || generated.archive(path) === undefined) return stored;
    const load = () =>
      generated.archive(path) ?? Promise.reject(new Error(`There is no generated archive at ${path}.`));
    return { original: load, current: load, revision: 0 };
  };
  return {
    pathOf,
    at: (path) => storedAt.get(path)?.current() ?? generated.archive(path),
    change({ productId, downloadId, change, newPath, changedAtMs }) {
      const oldPath = pathOf(productId, downloadId);
      const stored = oldPath === undefined ? undefined : loaderAt(oldPath);
      if (oldPath === undefined || stored === undefined) return;
      if (typeof change === "object") demandFile(change.file);
      const path = newPath ?? oldPath;
      const { original } = stored;
      const revision = stored.revision + 1;
      paths.set(keyOf(productId, downloadId), path);
      if (change === "keep") {
        put(path, stored.current, stored.revision, original);
      } else if (change === "vary") {
        const vary = async () => bufferContent(varyArchive(await (await original()).bytes(), revision), changedAtMs);
        put(path, vary, revision, original);
      } else {
        put(path, () => fileContent(change.file), revision);
      }
    },
    add({ productId, downloadId, path, file }) {
      demandFile(file);
      paths.set(keyOf(productId, downloadId), path);
      put(path, () => fileContent(file));
    },
  };
}

function demandFile(file: string): void {
  if (!existsSync(file)) throw new InvalidInputError(`There is no file ${file} to serve as an archive.`);
}
