import { Failure } from "../domain/failure.ts";
import type { ManifestFile } from "../domain/manifest.ts";
import type { Slots } from "./slots.ts";
import { startUnpackProcess, type UnpackProcess, type UnpackProcessOptions } from "./unpack-process.ts";
import type { UnpackResults, UnpackTask } from "./unpack-task.ts";
import type { WriteEntriesTask } from "./write-entries.ts";

/** The processes that work on one archive: one always, more while others have nothing to do. */
export interface UnpackCrew {
  run<K extends UnpackTask["kind"]>(task: UnpackTask & { kind: K }): Promise<UnpackResults[K]>;
  /** Begins with the first. Ends when all are done, with the files in no special order, or with the first failure. */
  writeAll(tasks: readonly WriteEntriesTask[], onBytes: (bytes: number) => void): Promise<ManifestFile[]>;
}

interface CrewOptions {
  readonly process: UnpackProcessOptions;
  readonly slots: Slots;
  readonly signal: AbortSignal;
}

/**
 * Waits for a slot, starts a process and hands it to `work`. However that ends, every process has ended when this does.
 * Throws `stopped` when `signal` aborts.
 */
export async function createUnpackCrew<T>(options: CrewOptions, work: (crew: UnpackCrew) => Promise<T>): Promise<T> {
  const { slots, signal } = options;
  const members = new Set<{ process: UnpackProcess; giveBack: () => void }>();
  let isOver = false;
  const stopAll = async (): Promise<void> => {
    isOver = true;
    await Promise.all(
      [...members].map(async (member) => {
        await member.process.stop();
        member.giveBack();
        members.delete(member);
      }),
    );
  };
  const stopped = Promise.withResolvers<never>();
  // Heard by the race below; without a race under way there is nothing to tell.
  stopped.promise.catch(() => undefined);
  const onAbort = (): void =>
    stopped.reject(new Failure("stopped", "The work on the archive was stopped before it was done."));
  const hire = (giveBack: () => void): UnpackProcess => {
    if (isOver) {
      giveBack();
      throw new Failure("stopped", "The work on the archive is over.");
    }
    const process = startUnpackProcess(options.process);
    members.add({ process, giveBack });
    return process;
  };

  const first = hire(await slots.take(signal));
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const crew: UnpackCrew = {
      run: first.run,
      writeAll: (tasks, onBytes) => shareOut({ tasks, onBytes, first, hire, slots }),
    };
    return await Promise.race([work(crew), stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    await stopAll();
  }
}

async function shareOut(sharing: {
  tasks: readonly WriteEntriesTask[];
  onBytes: (bytes: number) => void;
  first: UnpackProcess;
  hire: (giveBack: () => void) => UnpackProcess;
  slots: Slots;
}): Promise<ManifestFile[]> {
  const { tasks, onBytes, first, hire, slots } = sharing;
  const files: ManifestFile[] = [];
  const helpers: Promise<void>[] = [];
  let next = 0;
  const hireHelper = (): void => {
    if (next >= tasks.length) return;
    const giveBack = slots.tryTake();
    if (giveBack === null) return;
    const helper = workThrough(hire(giveBack));
    // Waited for below, unless the first fails before.
    helper.catch(() => undefined);
    helpers.push(helper);
  };
  const workThrough = async (process: UnpackProcess): Promise<void> => {
    for (let task = tasks[next++]; task !== undefined; task = tasks[next++]) {
      if (next < tasks.length) hireHelper();
      files.push(...(await process.run({ kind: "write-entries", task }, onBytes)));
    }
  };
  await workThrough(first);
  await Promise.all(helpers);
  return files;
}
