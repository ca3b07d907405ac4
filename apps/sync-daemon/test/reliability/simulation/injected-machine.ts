import childProcess from "node:child_process";
import crypto from "node:crypto";
import { EventEmitter } from "node:events";
import { syncBuiltinESMExports } from "node:module";
import timersPromises from "node:timers/promises";
import { currentWorld } from "./current-world.ts";
import { RealDate, realCrypto, realTimers } from "./real-calls.ts";

// Time, random names and processes of the machine, from the seed while a world runs.

class InjectedDate extends RealDate {
  constructor(...parameters: unknown[]) {
    const world = currentWorld();
    if (parameters.length === 0 && world !== null) super(world.clock.now());
    else super(...(parameters as []));
  }

  static override now(): number {
    return currentWorld()?.clock.now() ?? RealDate.now();
  }
}

function randomBytes(length: number): Buffer {
  return currentWorld()?.names.bytes(length) ?? realCrypto.randomBytes(length);
}

function randomUUID() {
  const world = currentWorld();
  if (world === null) return realCrypto.randomUUID();
  const hex = world.names.bytes(16).toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Timers of the engine stand in the world's queue; those of the test runner stay the machine's. */
function setTimer(act: () => void, ms = 0): unknown {
  const world = currentWorld();
  if (world === null) return realTimers.setTimeout(act, ms);
  const timer = { id: world.scheduler.add(act, Math.max(1, ms)), unref: () => timer, ref: () => timer };
  return timer;
}

function setRepeating(act: () => void, ms: number): unknown {
  const world = currentWorld();
  if (world === null) return realTimers.setInterval(act, ms);
  const again = () => {
    timer.id = world.scheduler.add(again, Math.max(1, ms));
    act();
  };
  const timer = { id: world.scheduler.add(again, Math.max(1, ms)), unref: () => timer, ref: () => timer };
  return timer;
}

function clearTimer(timer: unknown): void {
  const world = currentWorld();
  const id = (timer as { id?: number } | undefined)?.id;
  if (world !== null && typeof id === "number") world.scheduler.cancel(id);
  else realTimers.clearTimeout(timer as NodeJS.Timeout);
}

function sleep(ms: number, value: unknown, options: { signal?: AbortSignal } = {}): Promise<unknown> {
  const world = currentWorld();
  if (world === null) throw new Error("Nothing of the test itself sleeps here.");
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { signal } = options;
  const stop = () => {
    world.scheduler.cancel(id);
    reject(Object.assign(new Error("The sleep was aborted."), { name: "AbortError" }));
  };
  const id = world.scheduler.add(() => {
    signal?.removeEventListener("abort", stop);
    resolve(value);
  }, ms);
  if (signal?.aborted) stop();
  else signal?.addEventListener("abort", stop, { once: true });
  return promise;
}

/**
 * In place of the process that reads an archive: does what its file does, in this thread, so that its system calls go
 * through the gate as all others, and a crash of the daemon may come in the middle of unpacking.
 */
class InjectedChild extends EventEmitter {
  readonly pid = 1;
  readonly stderr = null;
  exitCode: number | null = null;
  signalCode: string | null = null;
  readonly #into: string;

  constructor(into: string) {
    super();
    this.#into = into;
  }

  send(task: object, heard?: (error: Error | null) => void): void {
    heard?.(null);
    void this.#run(structuredClone(task));
  }

  kill(): void {
    this.signalCode ??= "SIGKILL";
    queueMicrotask(() => {
      this.emit("exit", null, "SIGKILL");
      this.emit("close", null, "SIGKILL");
    });
  }

  async #run(task: object): Promise<void> {
    const { runUnpackTask } = await archiveTasks;
    const world = currentWorld();
    const answer = await runUnpackTask(task as never, this.#into);
    if (world?.gate.isDead !== true && this.signalCode === null) this.emit("message", structuredClone(answer));
  }
}

const realFork = childProcess.fork;

function fork(file: string, parameters: string[], options: { cwd?: string }): unknown {
  if (currentWorld() === null) return realFork(file, parameters, options);
  if (!/unpack-child\.[jt]s$/.test(file)) throw new Error(`The simulation knows no process ${file}.`);
  return new InjectedChild(options.cwd ?? "/nowhere");
}

let archiveTasks: Promise<typeof import("./archive-tasks.ts")>;

/** To be called once, when the product is loaded: a module that is loaded within a run would depend on the disk. */
export async function loadArchiveTasks(): Promise<void> {
  archiveTasks = import("./archive-tasks.ts");
  await archiveTasks;
}

const { allocUnsafe, allocUnsafeSlow } = Buffer;
/** The product reads files in pieces of megabytes; a thousand plays of files of ten bytes would only clear memory. */
const largestPiece = 1 << 16;

function smallPiece(allocate: (length: number) => Buffer) {
  return (length: number) => allocate(currentWorld() === null ? length : Math.min(length, largestPiece));
}

Object.assign(Buffer, { allocUnsafe: smallPiece(allocUnsafe), allocUnsafeSlow: smallPiece(allocUnsafeSlow) });
Object.assign(crypto, { randomBytes, randomUUID });
Object.assign(timersPromises, { setTimeout: sleep });
Object.assign(childProcess, { fork });
syncBuiltinESMExports();

/** Replaces what is no module's: to be undone by the function it returns. */
export function injectGlobals(): () => void {
  Object.assign(globalThis, {
    Date: InjectedDate,
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    setInterval: setRepeating,
    clearInterval: clearTimer,
  });
  return () =>
    Object.assign(globalThis, {
      Date: RealDate,
      setTimeout: realTimers.setTimeout,
      clearTimeout: realTimers.clearTimeout,
      setInterval: realTimers.setInterval,
      clearInterval: realTimers.clearInterval,
    });
}
