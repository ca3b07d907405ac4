import { join } from "node:path";
import { inspectArchive } from "../../../src/archive/inspect-archive.ts";
import type { UnpackMessage, UnpackResults, UnpackTask } from "../../../src/archive/unpack-task.ts";
import { emptyFolder, flushFolders, makeFolders, writeEntries } from "../../../src/archive/write-entries.ts";
import { toFailure } from "../../../src/domain/failure.ts";

async function run(task: UnpackTask, into: string): Promise<UnpackResults[keyof UnpackResults]> {
  const target = { reach: (path: string) => join(into, path) };
  switch (task.kind) {
    case "inspect":
      return await inspectArchive({
        ...task.request,
        signal: new AbortController().signal,
        onRead: () => undefined,
      });
    case "make-folders":
      makeFolders(target, task.folders);
      return null;
    case "flush-folders":
      await flushFolders(target, task.folders);
      return null;
    case "empty-folder":
      emptyFolder(target);
      return null;
    case "write-entries":
      return await writeEntries(task.task, target, {
        wrote: () => undefined,
        flushing: () => undefined,
        breathe: async () => undefined,
      });
  }
}

/** What `archive/unpack-child.ts` answers to a task; `into` is its working folder. */
export async function runUnpackTask(task: UnpackTask, into: string): Promise<UnpackMessage> {
  try {
    return { kind: "done", result: await run(task, into) };
  } catch (error) {
    const { code, message, path, cause } = toFailure(error);
    return { kind: "failed", code, message, path, cause: cause instanceof Error ? cause.message : undefined };
  }
}
