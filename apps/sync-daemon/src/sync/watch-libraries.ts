import type { Publish } from "../domain/event.ts";
import { toFailure } from "../domain/failure.ts";
import { type LibraryWatcher, watchLibrary } from "../library/watch-library.ts";
import type { LibrarySet } from "./library-set.ts";

/** Watchers over the libraries that are there; one that comes later is watched from then on. */
export interface LibraryWatches {
  /** Begins to watch what is ready and not watched yet. What cannot be watched is reported and tried at the next call. */
  watchReady(): Promise<void>;
  close(): Promise<void>;
}

export function createLibraryWatches(settings: {
  libraries: LibrarySet;
  publish: Publish;
  /** Told in one sentence when watching itself has trouble. */
  onProblem: (message: string) => void;
}): LibraryWatches {
  const { libraries, publish, onProblem } = settings;
  const watchers = new Map<string, { folder: string; watcher: LibraryWatcher }>();
  let isClosed = false;
  let last: Promise<void> = Promise.resolve();

  // The set says what was lost and found, once; whatever goes wrong with a look stands in its conditions.
  const onDoubt = () => void libraries.refresh().catch((error) => onProblem(toFailure(error).message));

  async function watchMore(): Promise<void> {
    for (const library of libraries.ready()) {
      const known = watchers.get(library.id);
      if (isClosed || known?.folder === library.folder) continue;
      try {
        // The libraries moved: what happens in the old folder is nobody's business any more.
        await known?.watcher.close();
        watchers.delete(library.id);
        const watcher = await watchLibrary({ library, publish, onDoubt, onProblem });
        watchers.set(library.id, { folder: library.folder, watcher });
      } catch (error) {
        onProblem(toFailure(error).message);
      }
    }
  }

  return {
    watchReady() {
      last = last.then(watchMore);
      return last;
    },
    async close() {
      isClosed = true;
      await last;
      for (const { watcher } of watchers.values()) await watcher.close();
    },
  };
}
