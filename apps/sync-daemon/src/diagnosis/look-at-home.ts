import { lstat } from "node:fs/promises";
import path from "node:path";
import type { HomeFolders } from "../config/config.ts";
import { secretsFile } from "../config/password-file.ts";
import type { HomeEntry } from "../domain/diagnosis/judge-folders.ts";

/** Owner, kind and mode of everything in the home that others could read or change. */
export async function lookAtHome(home: HomeFolders): Promise<HomeEntry[]> {
  const { archives, partial, feeds, thumbnails, logs } = home;
  const folders = [...new Set([home.home, home.state, archives, partial, feeds, thumbnails, logs])];
  const state = ["state.db", "ledger.jsonl"].map((name) => path.join(home.state, name));
  return Promise.all([
    ...folders.map((folder) => look(folder, { expected: "folder", isSecret: false })),
    ...[home.configFile, ...state].map((file) => look(file, { expected: "file", isSecret: false })),
    ...[secretsFile(home), home.apiFile].map((file) => look(file, { expected: "file", isSecret: true })),
  ]);
}

async function look(file: string, as: Pick<HomeEntry, "expected" | "isSecret">): Promise<HomeEntry> {
  const entry = { path: file, ...as, problem: null };
  try {
    const stats = await lstat(file);
    const isWindows = process.platform === "win32";
    return {
      ...entry,
      kind: stats.isDirectory() ? "folder" : stats.isFile() ? "file" : "other",
      mode: isWindows ? null : stats.mode & 0o777,
      isOurs: isWindows || stats.uid === process.getuid?.(),
    };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isAbsent = code === "ENOENT" || code === "ENOTDIR";
    return { ...entry, kind: "absent", mode: null, isOurs: true, problem: isAbsent ? null : message };
  }
}
