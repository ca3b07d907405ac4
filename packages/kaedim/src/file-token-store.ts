import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { TokenStore } from "./session.ts";

export interface FileTokenStoreSettings {
  /** The file, readable by its owner alone (0600). Its folder must exist; `PATH.lock` comes and goes beside it. */
  path: string;
  /** How long to wait for another process to end its refresh; then it goes on without the lock. Default 60 seconds. */
  lockWaitMs?: number | undefined;
  /** A lock as old as this was left by a process that died. Default 2 minutes; a refresh takes seconds. */
  staleLockMs?: number | undefined;
}

const lookAgainMs = 25;

/**
 * Makes a token store in a file that all processes of a machine can share: it is replaced as a whole, and one process
 * refreshes at a time. Not for network file systems. The file gives access to the account.
 */
export function createFileTokenStore(settings: FileTokenStoreSettings): Required<TokenStore> {
  const { path, lockWaitMs = 60_000, staleLockMs = 120_000 } = settings;
  const lockPath = `${path}.lock`;

  /** Takes the lock, or gives up waiting for it: what then may happen is a refresh more, which heals by itself. */
  async function lock(owner: string): Promise<void> {
    const endsAtMs = performance.now() + lockWaitMs;
    for (;;) {
      try {
        await writeFile(lockPath, owner, { flag: "wx", mode: 0o600 });
        return;
      } catch (error) {
        if (codeOf(error) !== "EEXIST") throw error;
      }
      if (await isStale()) {
        // Moved before it is removed: of several who see it, one succeeds.
        const aside = `${lockPath}.${owner}`;
        await rename(lockPath, aside).catch(ignoreMissing);
        await rm(aside, { force: true });
        continue;
      }
      if (performance.now() >= endsAtMs) return;
      await sleep(lookAgainMs);
    }
  }

  async function isStale(): Promise<boolean> {
    try {
      return Date.now() - (await stat(lockPath)).mtimeMs > staleLockMs;
    } catch (error) {
      ignoreMissing(error);
      return false;
    }
  }

  async function unlock(owner: string): Promise<void> {
    // One that we did not get, or that was taken for stale, is somebody else's.
    if ((await readText(lockPath)) === owner) await rm(lockPath, { force: true });
  }

  return {
    read: () => readText(path),

    async write(token) {
      if (token === null) return rm(path, { force: true });
      const temporary = `${path}.${randomUUID()}`;
      try {
        const handle = await open(temporary, "wx", 0o600);
        try {
          await handle.writeFile(token);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },

    async exclusively(work) {
      const owner = randomUUID();
      await lock(owner);
      try {
        return await work();
      } finally {
        await unlock(owner);
      }
    },
  };
}

async function readText(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    return text === "" ? null : text;
  } catch (error) {
    ignoreMissing(error);
    return null;
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code;
}
