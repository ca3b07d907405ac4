import type { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

/** One system call of the engine, as the simulation sees it. */
export interface Call {
  readonly name: string;
  /** Below the simulation's root, without it. */
  readonly path: string;
  /** Does it change what is on the disk? Only then is it a crash point. */
  readonly isChange: boolean;
  /** Does only a part of it, as a process that is killed in the middle, or a full disk. */
  readonly tear?: (() => void) | undefined;
}

/** The process has ended at this call. Nothing that hears of it can do anything any more. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** Where the process dies: at the change with this number, counted from when it was armed. */
export interface CrashPoint {
  readonly atChange: number;
  readonly how: "before" | "torn" | "after";
}

/** System calls that fail: each with this probability, at most so many. */
export interface Trouble {
  readonly probability: number;
  readonly atMost: number;
}

/** Every system call of the engine goes through here; here it dies, and here its calls fail. */
export interface Gate {
  readonly isDead: boolean;
  /** Crashes and errors that really happened, by name. */
  readonly fired: Map<string, number>;
  armCrash(point: CrashPoint | null): void;
  setTrouble(trouble: Trouble | null): void;
  /** What looks at the disk after each change; must not go through the gate. */
  watch(look: (call: Call) => void): void;
  /** Does `act`, unless the process is dead, dies here, or the call fails. */
  perform<T>(call: Call, act: () => T): T;
  /** Ends the process here, as SIGKILL does. */
  die(): void;
  /** A new process begins. */
  revive(): void;
}

/** What each call may fail with. */
const errorsOf: Readonly<Record<string, readonly string[]>> = {
  open: ["EMFILE", "EACCES", "EIO"],
  create: ["ENOSPC", "EDQUOT", "EMFILE", "EACCES", "EIO"],
  write: ["ENOSPC", "EDQUOT", "EIO"],
  copy: ["ENOSPC", "EDQUOT", "EIO"],
  fsync: ["EIO", "ENOSPC"],
  read: ["EIO"],
  mkdir: ["ENOSPC", "EDQUOT", "EACCES", "EMFILE"],
  rename: ["EACCES", "ENOSPC", "EIO"],
  unlink: ["EACCES", "EIO"],
  rmdir: ["EACCES", "EIO"],
  readdir: ["EACCES", "EMFILE", "EIO"],
  stat: ["EACCES", "EIO"],
  "sqlite run": ["SQLITE_FULL", "SQLITE_IOERR"],
  "sqlite commit": ["SQLITE_FULL", "SQLITE_IOERR"],
};

const sqliteCodes: Readonly<Record<string, number>> = { SQLITE_FULL: 13, SQLITE_IOERR: 10 };

function systemError(code: string, call: Call): Error {
  const errcode = sqliteCodes[code];
  if (errcode !== undefined) {
    return Object.assign(new Error(`injected ${code}`), { code: "ERR_SQLITE_ERROR", errcode, errstr: code });
  }
  const message = `${code}: injected, ${call.name} '${call.path}'`;
  return Object.assign(new Error(message), { code, errno: -1, syscall: call.name, path: call.path });
}

export function createGate(settings: { random: Random; trace: Trace; onDeath: () => void }): Gate {
  const { random, trace } = settings;
  const fired = new Map<string, number>();
  let isDead = false;
  let crash: CrashPoint | null = null;
  let changes = 0;
  let trouble: Trouble | null = null;
  let failed = 0;
  let look: (call: Call) => void = () => undefined;
  const count = (what: string) => fired.set(what, (fired.get(what) ?? 0) + 1);

  function die(why: string): void {
    isDead = true;
    crash = null;
    count(`crash ${why}`);
    trace.add(`crash ${why}`);
    settings.onDeath();
  }

  function mayFail(call: Call): void {
    const codes = errorsOf[call.name];
    if (trouble === null || codes === undefined || failed >= trouble.atMost || !random.chance(trouble.probability))
      return;
    const code = random.pick(codes);
    failed += 1;
    count(code);
    trace.add(`${code} at ${call.name} ${call.path}`);
    // A full disk takes a part of what it is given.
    if (call.name === "write" && random.chance(0.5)) call.tear?.();
    throw systemError(code, call);
  }

  return {
    get isDead() {
      return isDead;
    },
    fired,
    armCrash(point) {
      crash = point;
      changes = 0;
    },
    setTrouble(next) {
      trouble = next;
      failed = 0;
    },
    watch(next) {
      look = next;
    },
    die: () => die("between"),
    revive() {
      isDead = false;
      crash = null;
    },
    perform(call, act) {
      if (isDead) throw new Crash();
      if (call.isChange) changes += 1;
      const isHere = call.isChange && crash !== null && changes >= crash.atChange ? crash.how : null;
      if (isHere === "before" || isHere === "torn") {
        if (isHere === "torn") call.tear?.();
        die(`${isHere} ${call.name} ${call.path}`);
        throw new Crash();
      }
      mayFail(call);
      const result = act();
      if (call.isChange) {
        trace.add(`${call.name} ${call.path}`);
        look(call);
      }
      if (isHere === "after") {
        die(`after ${call.name} ${call.path}`);
        throw new Crash();
      }
      return result;
    },
  };
}
