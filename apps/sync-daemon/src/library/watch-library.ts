import { realpath } from "node:fs/promises";
import { basename, dirname, relative, sep } from "node:path";
import { type FSWatcher, watch } from "chokidar";
import type { Publish } from "../domain/event.ts";
import { type Failure, toFailure } from "../domain/failure.ts";
import { catalogFileName, manifestFileName } from "../domain/library-layout.ts";
import { checkLibrary, type Library } from "./open-library.ts";
import { readManifests } from "./read-manifests.ts";
import { readCatalogFileState } from "./update-catalog-file.ts";
import { createWatchedAssets } from "./watched-assets.ts";

/** Category, sub-category, asset: what lies deeper inside an asset is not watched. */
const watchedDepth = 3;
/** Quiet time before we look: unpacking, saving and our own commits touch many files. */
const defaultSettleMs = 500;
/** Looked at the latest after this, however busy it is. */
const maxSettleMs = 5_000;
/** How often the marker is read: no notification tells of a disk that went away. */
const defaultCheckEveryMs = 30_000;
/** Every so many checks all is looked at anew where the system cannot notify. */
const checksPerFullLook = 10;

export interface LibraryWatcher {
  close(): Promise<void>;
}

/**
 * Watches a library and says what a person or Blender did to it: `asset-removed`, `asset-edited` (a .blend file),
 * `catalog-file-edited`. That the library went away or is back it only hints at, with `onDoubt`: who asks `LibrarySet`
 * to look then has one source for both. It only tells; nothing on disk is changed. What we do
 * ourselves is told apart by what is on disk afterwards: a manifest that is back, a .blend as installed, a catalog file
 * that is what we wrote last. A whole asset moved to another folder of the library is not a removal.
 *
 * Cost: one system watch per category, sub-category and asset folder, and about 5 KB of memory per asset (measured with
 * 10,000 assets: 10,081 watches, 50 MB, some seconds to start), one read of all manifests at the start and whenever an
 * asset is gone, and a small read each 30 s. Linux allows 8,192 to 1,048,576 watches by its memory; where they do not
 * suffice, `onProblem` says so and all manifests are read each 5 minutes instead.
 *
 * Network drives do not notify of what other machines change: `pollingMs` looks at every watched file at that interval,
 * which costs a network round trip per file, so it is off unless asked for. Without it only the marker is noticed.
 */
export async function watchLibrary(watched: {
  library: Library;
  publish: Publish;
  signal?: AbortSignal;
  /** Polls at this interval instead of being notified. */
  pollingMs?: number;
  settleMs?: number;
  checkEveryMs?: number;
  /** Called when the library is no longer there or is there again: a look will tell which. */
  onDoubt?: () => void;
  /** Told in one sentence when watching itself has trouble. */
  onProblem?: (message: string) => void;
}): Promise<LibraryWatcher> {
  const { library, publish, settleMs = defaultSettleMs, checkEveryMs = defaultCheckEveryMs } = watched;
  const { assetType } = library;
  const stopping = new AbortController();
  const assets = createWatchedAssets({ library, publish, signal: stopping.signal });
  let watcher: FSWatcher | null = null;
  let lost: Failure | null = null;
  let isNotified = true;
  let checks = 0;
  let seenCatalogFile: string | null = null;

  let touched = createTouched();
  let settleTimer: NodeJS.Timeout | null = null;
  let lookAtMs = 0;

  // One look at a time, in order; a failed one must not stop those after it.
  let last: Promise<void> = Promise.resolve();
  const enqueue = (look: () => Promise<void>): Promise<void> => {
    last = last.then(async () => {
      if (stopping.signal.aborted) return;
      try {
        await look();
      } catch (error) {
        if (!stopping.signal.aborted) await noteTrouble(error);
      }
    });
    return last;
  };

  async function noteTrouble(error: unknown): Promise<void> {
    const failure = toFailure(error);
    if (failure.code.startsWith("library-")) await lose(failure);
    else watched.onProblem?.(`Watching "${library.folder}": ${failure.message}`);
  }

  async function lose(failure: Failure): Promise<void> {
    const isNews = lost?.code !== failure.code;
    lost = failure;
    if (isNews) watched.onDoubt?.();
    await watcher?.close();
    watcher = null;
  }

  function touch(event: string, path: string, root: string): void {
    const inside = relative(root, path).split(sep).join("/");
    if (inside === catalogFileName) touched.catalogFile = true;
    else if (basename(inside) === manifestFileName) touched.manifests.add(dirname(inside));
    else if (event === "unlinkDir") touched.goneFolders.add(inside);
    else if (/\.blend$/i.test(inside) && event !== "addDir") touched.blendFiles.add(inside);
    else return;
    lookWhenSettled();
  }

  function lookWhenSettled(): void {
    const nowMs = performance.now();
    if (settleTimer === null) lookAtMs = nowMs + maxSettleMs;
    else clearTimeout(settleTimer);
    settleTimer = setTimeout(lookSoon, Math.max(0, Math.min(settleMs, lookAtMs - nowMs)));
  }

  function lookSoon(): void {
    settleTimer = null;
    const now = touched;
    touched = createTouched();
    void enqueue(async () => {
      await checkLibrary(library);
      const missing = await assets.look(now);
      if (now.catalogFile) await lookAtCatalogFile();
      if (missing.size === 0 || stopping.signal.aborted) return;
      for (const folder of missing) touched.manifests.add(folder);
      lookWhenSettled();
    });
  }

  async function lookAtCatalogFile(): Promise<void> {
    const { sha256, isOurs } = await readCatalogFileState(library);
    if (!isOurs && sha256 !== seenCatalogFile) publish({ type: "catalog-file-edited", assetType });
    seenCatalogFile = sha256;
  }

  async function start(): Promise<void> {
    const root = await realpath(library.folder);
    const started = watch(root, {
      depth: watchedDepth,
      followSymlinks: false,
      ignoreInitial: true,
      atomic: false,
      ignorePermissionErrors: true,
      ignored: (path, stats) => isIgnored(relative(root, path), stats?.isFile() === true),
      ...(watched.pollingMs === undefined
        ? { backend: "native" as const }
        : { backend: "polling" as const, pollingInterval: watched.pollingMs }),
    });
    watcher = started;
    started.on("all", (event, path) => touch(event, path, root));
    started.on("error", (error) => {
      const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
      if (code !== "ENOSPC" && code !== "EMFILE") {
        watched.onProblem?.(`Watching "${library.folder}": ${toFailure(error).message}`);
        return;
      }
      if (!isNotified) return;
      isNotified = false;
      watched.onProblem?.(
        `The system allows too few watches for "${library.folder}"; changes there are noticed within 5 minutes (Linux: raise fs.inotify.max_user_watches).`,
      );
      void started.close();
    });
    await new Promise<void>((resolve) => {
      started.once("ready", resolve);
      stopping.signal.addEventListener("abort", () => resolve(), { once: true });
      started.once("error", () => resolve());
    });
    // Read after the watches are in place, so that nothing is missed in between.
    assets.replaceAll((await readManifests({ library, signal: stopping.signal })).assets);
  }

  async function check(): Promise<void> {
    await checkLibrary(library);
    checks += 1;
    if (lost !== null) {
      lost = null;
      watched.onDoubt?.();
      await start();
      await lookAtCatalogFile();
    } else if (!isNotified && checks % checksPerFullLook === 0) {
      assets.replaceAll((await readManifests({ library, signal: stopping.signal })).assets);
      await lookAtCatalogFile();
    }
  }

  const timer = setInterval(() => void enqueue(check), checkEveryMs);
  timer.unref();
  const close = async (): Promise<void> => {
    stopping.abort();
    clearInterval(timer);
    if (settleTimer !== null) clearTimeout(settleTimer);
    await last;
    await watcher?.close();
  };
  watched.signal?.addEventListener("abort", () => void close(), { once: true });
  await enqueue(async () => {
    await checkLibrary(library);
    seenCatalogFile = (await readCatalogFileState(library)).sha256;
    await start();
  });
  return { close };
}

function createTouched() {
  return {
    manifests: new Set<string>(),
    blendFiles: new Set<string>(),
    goneFolders: new Set<string>(),
    catalogFile: false,
  };
}

/** Watched are folders, manifests, .blend files and the library's catalog file. Nothing of `.sync`, no links. */
function isIgnored(path: string, isFile: boolean): boolean {
  if (path === "") return false;
  const segments = path.split(sep);
  const name = segments.at(-1) ?? "";
  if (segments.slice(0, -1).some((segment) => segment.startsWith("."))) return true;
  if (name.startsWith(".")) return name !== manifestFileName;
  if (!isFile) return false;
  return !/\.blend$/i.test(name) && !(segments.length === 1 && name === catalogFileName);
}
