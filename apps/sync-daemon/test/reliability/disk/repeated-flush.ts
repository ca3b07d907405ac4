/**
 * After a failed fsync nobody knows what the disk has, and a second one may say that all is well (PostgreSQL's
 * "fsyncgate"). Finds files of which a failed flush was asked for again before anything was written to them anew.
 *
 * SQLite's write-ahead log is left out: when a commit cannot be flushed, its frames are not entered in the index and so never
 * read, and all others were flushed by their own commits. Closing the database flushes that file once more, for nothing.
 * Source: sqlite.org, wal.c, `sqlite3WalFrames` and `sqlite3WalCheckpoint`.
 *
 * @param log what `strace -f -y` wrote: flushes, opens and writes, with the path of each descriptor.
 */
export function findRepeatedFlushes(log: string): string[] {
  const failed = new Set<string>();
  const repeated: string[] = [];
  for (const line of log.split("\n")) {
    const call = /^\d+ +(\w+)\((?:\d+|AT_FDCWD)<([^>]*)>(.*)$/.exec(line);
    if (call === null) continue;
    const [, name = "", path = "", rest = ""] = call;
    if (name === "openat") {
      const opened = /= \d+<([^>]*)>/.exec(rest)?.[1];
      if (opened !== undefined && /O_TRUNC|O_EXCL/.test(rest)) failed.delete(opened);
    } else if (path.endsWith("-wal")) continue;
    else if (name === "fsync" || name === "fdatasync") {
      if (rest.includes("EIO")) failed.add(path);
      else if (failed.has(path) && rest.includes("= 0"))
        repeated.push(`${path} was flushed again after a flush had failed`);
    } else failed.delete(path);
  }
  return repeated;
}
