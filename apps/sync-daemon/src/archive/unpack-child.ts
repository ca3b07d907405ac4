// The process that reads one archive, started by unpack-process.ts under Node's permission model: it may read that
// archive and this program's own files, and write below its working folder, if anywhere. One task at a time, with
// synchronous file calls, because a promise per small file costs more than the file.
import process from "node:process";
import { setImmediate } from "node:timers/promises";
import { toFailure } from "../domain/failure.ts";
import { inspectArchive } from "./inspect-archive.ts";
import { enterTargetFolder, type TargetFolder } from "./target-folder.ts";
import type { UnpackMessage, UnpackResults, UnpackTask } from "./unpack-task.ts";
import { emptyFolder, flushFolders, makeFolders, type WriteReport, writeEntries } from "./write-entries.ts";

const progressStepBytes = 4 << 20;
const progressStepMs = 1000;

function say(message: UnpackMessage): void {
  process.send?.(message);
}

/** Says how far it came: after so many bytes, or after a second, so that the parent knows that it is not stuck. */
function createReport(): WriteReport & { rest(): void } {
  let unsaid = 0;
  let saidAt = performance.now();
  let isLoopDue = false;
  const sayUnsaid = (): void => {
    say({ kind: "wrote", bytes: unsaid });
    unsaid = 0;
    saidAt = performance.now();
    isLoopDue = true;
  };
  return {
    wrote(bytes) {
      unsaid += bytes;
      if (unsaid >= progressStepBytes || performance.now() - saidAt >= progressStepMs) sayUnsaid();
    },
    flushing: () => say({ kind: "flushing" }),
    async breathe() {
      if (!isLoopDue) return;
      isLoopDue = false;
      // Only here does it hear that its parent is gone.
      await setImmediate();
    },
    rest: () => (unsaid > 0 ? sayUnsaid() : undefined),
  };
}

async function run(task: UnpackTask, target: () => TargetFolder): Promise<UnpackResults[keyof UnpackResults]> {
  const report = createReport();
  switch (task.kind) {
    case "inspect":
      // Stopped from outside, by ending the process.
      return await inspectArchive({
        ...task.request,
        signal: new AbortController().signal,
        onRead: () => report.wrote(0),
      });
    case "make-folders":
      makeFolders(target(), task.folders);
      return null;
    case "flush-folders":
      report.flushing();
      await flushFolders(target(), task.folders);
      return null;
    case "empty-folder":
      emptyFolder(target());
      return null;
    case "write-entries": {
      const files = await writeEntries(task.task, target(), report);
      report.rest();
      return files;
    }
  }
}

// The parent names the folder by device and inode as well, so that it cannot have been exchanged on the way here.
const [, , device, inode] = process.argv;
let opened: TargetFolder | undefined;
const target = (): TargetFolder => {
  opened ??= enterTargetFolder({ device: BigInt(device ?? 0), inode: BigInt(inode ?? 0) });
  return opened;
};

process.on("message", (task: UnpackTask) => {
  run(task, target).then(
    (result) => say({ kind: "done", result }),
    (error: unknown) => {
      const { code, message, path, cause } = toFailure(error);
      say({ kind: "failed", code, message, path, cause: cause instanceof Error ? cause.message : undefined });
    },
  );
});
// Without a parent nobody wants the rest of it. What a terminal or a service manager sends to all processes at once is
// the parent's to answer: it stops this one when it wants to.
process.on("disconnect", () => process.exit(1));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
