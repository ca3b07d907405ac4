import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Failure } from "../domain/failure.ts";
import { listOwnCode } from "./own-code.ts";
import type { FolderIdentity } from "./target-folder.ts";
import type { UnpackMessage, UnpackResults, UnpackTask } from "./unpack-task.ts";

/** One process that reads one archive. */
export interface UnpackProcess {
  /** Ends with the task's result or throws `Failure`; `unpacking-failed` where the process itself came to harm. */
  run<K extends UnpackTask["kind"]>(
    task: UnpackTask & { kind: K },
    onBytes?: (bytes: number) => void,
  ): Promise<UnpackResults[K]>;
  /** Ends it, whatever it does. It has ended when this resolves: nothing is written any more. */
  stop(): Promise<void>;
}

export interface UnpackProcessOptions {
  /** The archive; the only file it may read besides this program's own. */
  readonly archive: string;
  /** What a message calls the archive. */
  readonly label: string;
  /** The folder it may write below, with every link in its path resolved; `null`: it may write nowhere. */
  readonly target: ({ readonly path: string } & FolderIdentity) | null;
  /** Given up when nothing is heard of it for so long. */
  readonly stallMs: number;
}

// A slow disk may need minutes for what the system kept in memory: 2 GB at 10 MB/s are more than three.
const flushStallMs = 600_000;
// A process in the middle of a system call ends when the call does; one on a dead disk never does.
const endWaitMs = 10_000;
// Measured: 20,000 entries need 40 MB. What is read and inflated lies outside of the heap, in buffers of fixed size.
const maxHeapMegabytes = 128;
const maxKeptErrorBytes = 2000;

/** Starts a process with no more rights than one archive needs. See docs/decisions/0036. */
export function startUnpackProcess(options: UnpackProcessOptions): UnpackProcess {
  const { target } = options;
  const program = childFile();
  const readable = [...listOwnCode(program), options.archive, ...(target === null ? [] : [target.path])];
  const child = fork(program, target === null ? [] : [String(target.device), String(target.inode)], {
    execArgv: [
      "--permission",
      // Sorted, because Node 24 forgets a folder that is named after something in it.
      ...readable.toSorted().map((path) => `--allow-fs-read=${path}`),
      ...(target === null ? [] : [`--allow-fs-write=${target.path}`]),
      `--max-old-space-size=${maxHeapMegabytes}`,
      // Without it V8 keeps up to 48 MB of young objects around, for a process that lives for seconds.
      "--max-semi-space-size=4",
    ],
    ...(target === null ? {} : { cwd: target.path }),
    // Without the environment: what reads hostile input needs none of its secrets, nor NODE_OPTIONS.
    env: {},
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return watch(child, options);
}

function childFile(): string {
  const file = import.meta.url.endsWith(".ts") ? "./unpack-child.ts" : "./unpack-child.js";
  return fileURLToPath(new URL(file, import.meta.url));
}

function watch(child: ChildProcess, options: UnpackProcessOptions): UnpackProcess {
  let job: { hear(message: UnpackMessage): void; fail(failure: Failure): void } | null = null;
  let harm: Failure | null = null;
  let lastWords = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    lastWords = (lastWords + text).slice(-maxKeptErrorBytes);
  });
  const suffer = (what: string, cause?: Error): void => {
    const details = { path: options.archive, cause: cause ?? (lastWords === "" ? undefined : new Error(lastWords)) };
    harm ??= new Failure("unpacking-failed", `Unpacking the archive ${options.label} was given up: ${what}.`, details);
    job?.fail(harm);
  };
  child.on("message", (message: UnpackMessage) => job?.hear(message));
  child.on("error", (error) => suffer("its process could not be started or reached", error));
  child.on("close", (status, signal) => suffer(`its process ended with ${signal ?? `status ${status}`}`));

  return {
    async run(task, onBytes) {
      if (harm !== null) throw harm;
      const { promise, resolve, reject } = Promise.withResolvers<UnpackResults[keyof UnpackResults]>();
      let timer: NodeJS.Timeout | undefined;
      const expectWithin = (ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(() => {
          suffer(`nothing was heard of it for ${ms / 1000} seconds`);
          child.kill("SIGKILL");
        }, ms);
      };
      job = {
        fail: reject,
        hear(message) {
          if (message.kind === "wrote") {
            expectWithin(options.stallMs);
            onBytes?.(message.bytes);
          } else if (message.kind === "flushing") expectWithin(Math.max(flushStallMs, options.stallMs));
          else if (message.kind === "done") resolve(message.result);
          else reject(toFailureOf(message));
        },
      };
      expectWithin(options.stallMs);
      child.send(task, (error) => error !== null && suffer("its process could not be reached", error));
      try {
        // The process answers each kind of task with the result of that kind.
        return (await promise) as UnpackResults[typeof task.kind];
      } finally {
        clearTimeout(timer);
        job = null;
      }
    },
    async stop() {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit", { signal: AbortSignal.timeout(endWaitMs) });
      child.kill("SIGKILL");
      // Stuck in a call to a disk that does not answer: it dies with that call and does nothing more.
      await ended.catch(() => child.unref());
    },
  };
}

function toFailureOf(message: UnpackMessage & { kind: "failed" }): Failure {
  const { code, path, cause } = message;
  return new Failure(code, message.message, {
    ...(path === undefined ? {} : { path }),
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  });
}
