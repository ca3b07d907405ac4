import { closeSync, constants, fsync, openSync, writeSync } from "node:fs";
import { promisify } from "node:util";

const flushDescriptor = promisify(fsync);

const fileMode = 0o644;
// `O_NOFOLLOW` does not exist on Windows. Together with `O_EXCL` nothing that is already there is ever opened.
const createNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0);

// Far below any limit on open files, and enough for the flushes to share the disk's own write cache flush.
const maxOpenFiles = 128;

/** Creates files and, if they are to be durable, flushes them many at a time: a third of the time of one by one. */
export interface NewFiles {
  /** Creates the file at `path`, which must not exist, and returns its descriptor. */
  open(path: string): number;
  /** Closes it, or keeps it for the next flush. */
  done(descriptor: number): void;
  /** So many are kept that it is time for `flush`. */
  isFull(): boolean;
  /** Everything that is done is on the disk and closed when this ends. */
  flush(): Promise<void>;
  /** Closes what is still open, without flushing; for use after an error. */
  abandon(): void;
}

export function createNewFiles(options: { durable: boolean }): NewFiles {
  const kept = new Set<number>();

  const close = (descriptor: number): void => {
    kept.delete(descriptor);
    closeSync(descriptor);
  };
  const abandon = (): void => {
    for (const descriptor of kept) close(descriptor);
  };

  return {
    open(path) {
      const descriptor = openSync(path, createNew, fileMode);
      kept.add(descriptor);
      return descriptor;
    },
    done(descriptor) {
      if (!options.durable) close(descriptor);
    },
    isFull() {
      return kept.size >= maxOpenFiles;
    },
    async flush() {
      await Promise.all([...kept].map((descriptor) => flushDescriptor(descriptor)));
      abandon();
    },
    abandon,
  };
}

/** Writes all of it; one call may write less. */
export function writeAll(descriptor: number, content: Buffer): void {
  let written = 0;
  while (written < content.length) written += writeSync(descriptor, content, written, content.length - written);
}
