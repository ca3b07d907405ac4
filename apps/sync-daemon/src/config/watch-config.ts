import path from "node:path";
import { watch } from "chokidar";
import type { Config } from "./config.ts";

/** A save comes as several changes on disk; look once it has been quiet this long. */
const quietMs = 200;

export interface ConfigWatcher {
  close(): Promise<void>;
}

/**
 * Watches the configuration file: a good one is handed on, a bad one is reported and nothing else happens. A file that
 * vanishes for a moment (editors do that when they save) is no change. Resolves when changes are noticed from now on.
 */
export async function watchConfig(options: {
  file: string;
  /** Reads the file anew; throws a `ConfigError`. */
  load: () => Promise<Config>;
  onChange: (config: Config) => void;
  onProblem: (message: string) => void;
}): Promise<ConfigWatcher> {
  const { file, load, onChange, onProblem } = options;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> = Promise.resolve();
  let isClosed = false;

  const look = async () => {
    if (isClosed) return;
    try {
      const config = await load();
      if (!isClosed) onChange(config);
    } catch (error) {
      if (!isClosed) onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const lookSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      looking = looking.then(look);
    }, quietMs);
  };

  // The folder is watched, not the file: most editors save by renaming a new file over the old one.
  const folder = path.dirname(file);
  const watcher = watch(folder, {
    depth: 0,
    ignoreInitial: true,
    ignored: (candidate) => candidate !== folder && candidate !== file,
  });
  watcher.on("add", lookSoon);
  watcher.on("change", lookSoon);
  await new Promise<void>((resolve, reject) => {
    watcher.once("ready", resolve);
    watcher.once("error", reject);
  });
  watcher.on("error", (error) => onProblem(`The configuration file can no longer be watched: ${String(error)}`));

  return {
    async close() {
      isClosed = true;
      clearTimeout(timer);
      await watcher.close();
      await looking;
    },
  };
}
