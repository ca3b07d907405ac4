import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Publish } from "../domain/event.ts";
import { Failure, toFailure } from "../domain/failure.ts";
import { libraryFolders, syncFolderName } from "../domain/library-layout.ts";
import type { LibraryCondition } from "../domain/plan.ts";
import { type AssetType, assetTypes } from "../domain/product.ts";
import { checkLibrary, checkWritable, type Library, openLibrary } from "../library/open-library.ts";
import { openRealFolder } from "../library/real-folder.ts";
import { recoverLibrary } from "../library/recover-library.ts";
import { type LibraryLock, lockLibrary } from "../store/library-lock.ts";
import type { SourceState } from "../store/source-state.ts";
import { createGate } from "./gate.ts";

/** The four libraries below one root, each of which may be lost and come back while the daemon runs. */
export interface LibrarySet {
  /** Changes when the libraries move. */
  readonly root: string;
  /** Looks at each folder again: opens what is new or back, lets go of what is lost. Says both as events. */
  refresh(): Promise<Readonly<Record<AssetType, LibraryCondition>>>;
  /** As of the last look. */
  conditions(): Readonly<Record<AssetType, LibraryCondition>>;
  /** Of those that cannot be used, one sentence each, as of the last look. */
  problems(): Failure[];
  /** The open library, or the failure that says why there is none. */
  get(assetType: AssetType): Library;
  /** Runs what stages something in a library. No recovery clears away what it staged, also when the library comes and goes. */
  use<T>(assetType: AssetType, work: (library: Library) => Promise<T>): Promise<T>;
  ready(): Library[];
  /**
   * Runs `work` while nothing else writes into the libraries: what has begun ends first, what comes later waits, and no
   * look is taken. `switchTo` lets go of all libraries and opens the same ones below another root.
   */
  hold<T>(work: (held: { switchTo(root: string): Promise<void> }) => Promise<T>, signal: AbortSignal): Promise<T>;
  /** Lets go of one that turned out to be lost between two looks, and says so. The next look opens it when it is back. */
  lose(assetType: AssetType, failure: Failure): void;
  /** Lets other processes have the libraries. */
  close(): void;
}

/** The lock's files are reached through the open folder, so that a link in the place of `.sync` leads nowhere. */
async function lockHeld(library: Library): Promise<LibraryLock> {
  const held = await openRealFolder({ library, folder: syncFolderName });
  // Nobody waits for the closing: it is a descriptor of ours, and the lock is free already.
  const letGo = (): void => void held.close().catch(() => undefined);
  try {
    const lock = lockLibrary({ folder: library.folder, syncFolder: held.path });
    return {
      problem: lock.problem,
      release() {
        try {
          lock.release();
        } finally {
          letGo();
        }
      },
    };
  } catch (error) {
    letGo();
    throw error;
  }
}

export function createLibrarySet(settings: {
  root: string;
  source: string;
  sourceState: SourceState;
  /** The state is a new one, not one that was rebuilt and may have forgotten which libraries there were. */
  isNewHome: boolean;
  publish: Publish;
}): LibrarySet {
  const { source, sourceState, publish } = settings;
  let { root } = settings;
  const gate = createGate();
  let isHeld = false;
  const open = new Map<AssetType, Library>();
  const problems = new Map<AssetType, Failure>();
  const locks = new Map<AssetType, LibraryLock>();
  const underWay = new Map<AssetType, Set<Promise<unknown>>>();
  const unrecovered = new Set<AssetType>();
  const recovering = new Map<AssetType, Promise<void>>();

  function letGo(assetType: AssetType): void {
    open.delete(assetType);
    const lock = locks.get(assetType);
    locks.delete(assetType);
    try {
      lock?.release();
    } catch {
      // Its disk is gone, and the lock with it.
    }
  }

  function lose(assetType: AssetType, failure: Failure): void {
    letGo(assetType);
    if (problems.get(assetType)?.code !== failure.code) {
      publish({ type: "library-lost", assetType, code: failure.code, message: failure.message });
    }
    problems.set(assetType, failure);
  }

  /** One at a time with what is staged: of that nothing may be taken for a crash's leftovers. Otherwise at the next look. */
  async function recoverIfQuiet(library: Library, problem: string | null): Promise<void> {
    const { assetType } = library;
    if ((underWay.get(assetType)?.size ?? 0) > 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    recovering.set(assetType, promise);
    try {
      const { restored, finished, unresolved } = await recoverLibrary({ library });
      unrecovered.delete(assetType);
      const sentences = problem === null ? unresolved : [...unresolved, problem];
      if (restored.length + finished.length + sentences.length > 0) {
        publish({ type: "library-recovered", assetType, restored, finished, unresolved: sentences });
      }
    } finally {
      recovering.delete(assetType);
      resolve();
    }
  }

  async function look(assetType: AssetType, isFirstUse: boolean): Promise<void> {
    const known = open.get(assetType);
    if (known !== undefined) {
      await checkLibrary(known);
      // Before anything is spent on what could not be installed.
      await checkWritable(known);
      if (unrecovered.has(assetType)) await recoverIfQuiet(known, null);
      return;
    }
    const expectedId = sourceState.libraryId(assetType);
    const folder = join(root, libraryFolders[assetType]);
    if (expectedId === null && !settings.isNewHome && !existsSync(folder)) {
      const message = `The state was rebuilt and no longer knows the library "${folder}", which is not there. Mount it, or create the folder if it is to be new.`;
      throw new Failure("library-missing", message, { path: folder });
    }
    const library = await openLibrary({
      folder,
      assetType,
      source,
      expectedId,
      createIfAbsent: isFirstUse || existsSync(root),
    });
    if (expectedId === null) sourceState.setLibraryId(assetType, library.id);
    const lock = await lockHeld(library);
    locks.set(assetType, lock);
    unrecovered.add(assetType);
    await recoverIfQuiet(library, lock.problem);
    open.set(assetType, library);
    if (problems.delete(assetType)) publish({ type: "library-found", assetType });
  }

  const conditionOf = (assetType: AssetType): LibraryCondition => {
    const problem = problems.get(assetType);
    if (problem !== undefined) return { state: "unusable", code: problem.code, message: problem.message };
    if (open.has(assetType)) return { state: "ready" };
    return { state: "unusable", code: "library-missing", message: "The library was not looked at yet." };
  };
  const conditions = (): Record<AssetType, LibraryCondition> => ({
    model: conditionOf("model"),
    material: conditionOf("material"),
    geonode: conditionOf("geonode"),
    fx: conditionOf("fx"),
  });

  function get(assetType: AssetType): Library {
    const library = open.get(assetType);
    if (library !== undefined) return library;
    throw problems.get(assetType) ?? new Failure("library-missing", `The library for ${assetType} is not open.`);
  }

  async function lookAtAll(): Promise<void> {
    // Only a home that never had a library may create the root: later, a missing root is a missing mount.
    const isFirstUse = assetTypes.every((assetType) => sourceState.libraryId(assetType) === null);
    for (const assetType of assetTypes) {
      try {
        await look(assetType, isFirstUse);
      } catch (error) {
        lose(assetType, toFailure(error));
      }
    }
  }

  async function useOpen<T>(assetType: AssetType, work: (library: Library) => Promise<T>): Promise<T> {
    while (recovering.has(assetType)) await recovering.get(assetType);
    const running = work(get(assetType));
    const others = underWay.get(assetType) ?? new Set();
    underWay.set(assetType, others.add(running));
    try {
      return await running;
    } finally {
      others.delete(running);
    }
  }

  // Two looks at once would each mark a new library, and one would recover what the other's caller has begun to stage.
  let looking: Promise<void> | null = null;
  return {
    get root() {
      return root;
    },
    conditions,
    async hold(work, signal) {
      const letOthersIn = await gate.hold(signal);
      isHeld = true;
      try {
        await looking;
        return await work({
          async switchTo(next) {
            for (const assetType of assetTypes) letGo(assetType);
            problems.clear();
            root = next;
            await lookAtAll();
          },
        });
      } finally {
        isHeld = false;
        letOthersIn();
      }
    },
    async refresh() {
      if (isHeld) return conditions();
      looking ??= lookAtAll().finally(() => {
        looking = null;
      });
      await looking;
      return conditions();
    },
    get,
    use: (assetType, work) => gate.pass(() => useOpen(assetType, work)),
    problems: () => [...problems.values()],
    ready: () => [...open.values()],
    lose,
    close() {
      for (const assetType of assetTypes) letGo(assetType);
    },
  };
}
