// Runs in a worker thread, started by worker-pool.ts: one task at a time, with synchronous file calls, because a promise
// per small file costs more than the file.
import { parentPort } from "node:worker_threads";
import { toFailure } from "../domain/failure.ts";
import { inspectArchive } from "./inspect-archive.ts";
import type { WorkerMessage, WorkerResults, WorkerTask } from "./worker-task.ts";
import { flushFolders, makeFolders, writeEntries } from "./write-entries.ts";

const progressStepBytes = 4 << 20;

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

async function run(task: WorkerTask): Promise<WorkerResults[keyof WorkerResults]> {
  switch (task.kind) {
    case "inspect":
      // Stopped from outside, by ending the thread.
      return await inspectArchive({ ...task.request, signal: new AbortController().signal });
    case "make-folders":
      makeFolders(task);
      return null;
    case "flush-folders":
      flushFolders(task);
      return null;
    case "write-entries": {
      let unsaid = 0;
      const files = await writeEntries(task.task, (bytes) => {
        unsaid += bytes;
        if (unsaid < progressStepBytes) return;
        say({ kind: "wrote", bytes: unsaid });
        unsaid = 0;
      });
      say({ kind: "wrote", bytes: unsaid });
      return files;
    }
  }
}

parentPort?.on("message", (task: WorkerTask) => {
  run(task).then(
    (result) => say({ kind: "done", result }),
    (error: unknown) => {
      const { code, message, path, cause } = toFailure(error);
      say({ kind: "failed", code, message, path, cause: cause instanceof Error ? cause.message : undefined });
    },
  );
});
