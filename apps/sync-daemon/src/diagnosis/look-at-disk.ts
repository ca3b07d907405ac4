import { readFile, statfs } from "node:fs/promises";
import path from "node:path";
import type { DiskFacts } from "../domain/diagnosis/judge-folders.ts";

/** The volume on which `folder` lies, or would lie once it is made. */
export async function lookAtDisk(of: DiskFacts["of"], folder: string): Promise<DiskFacts> {
  for (let existing = folder; ; existing = path.dirname(existing)) {
    try {
      const { bavail, bsize, type } = await statfs(existing);
      return { of, folder, volume: { freeBytes: bavail * bsize, type }, problem: null };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const isAbsent = code === "ENOENT" || code === "ENOTDIR";
      if (!isAbsent || existing === path.dirname(existing)) return { of, folder, volume: null, problem: message };
    }
  }
}

/** How many folders this user may watch; null where the system sets no such limit. */
export async function readWatchLimit(): Promise<number | null> {
  if (process.platform !== "linux") return null;
  try {
    return Number((await readFile("/proc/sys/fs/inotify/max_user_watches", "utf8")).trim());
  } catch {
    // Hidden in some containers. What is not known is not worth a warning.
    return null;
  }
}
