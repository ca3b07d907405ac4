import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

/** Why the racer cannot run here; `null` if it can. */
export function findReasonAgainst(): string | null {
  if (process.platform !== "linux") return "renameat2 is Linux's";
  return spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0
    ? null
    : "there is no gcc to build the racer";
}

/** Builds the racer into `folder`; returns the program's path. */
export function buildRacer(folder: string): string {
  const program = join(folder, "exchange");
  execFileSync("gcc", ["-O1", "-Wall", "-Werror", "-o", program, join(import.meta.dirname, "exchange.c")]);
  return program;
}

/** A path that is exchanged with a link that leads to `leadsTo`. `/(any)` at its end: each folder in it. */
export interface Pair {
  readonly path: string;
  readonly leadsTo: string;
}

export interface Racer {
  /** Runs `work` while nothing is exchanged and every path is itself; gives up after 20 s. False: it did not run. */
  atRest(work: () => Promise<void>): Promise<boolean>;
  /** Ends it; how many exchanges the system made. */
  end(): Promise<number>;
  readonly process: ChildProcess;
}

/** Starts exchanging. The links are made below `folder`, which must be on the library's file system. */
export function startRacer(options: { program: string; folder: string; pairs: readonly Pair[]; seed: number }): Racer {
  const { program, folder, pairs } = options;
  mkdirSync(folder, { recursive: true });
  const endFile = join(folder, "end");
  const values = pairs.flatMap(({ path, leadsTo }, number) => {
    const link = join(folder, `link-${number}`);
    symlinkSync(leadsTo, link);
    return [path, link];
  });
  const racer = spawn(program, [String(options.seed), endFile, ...values], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  racer.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
  const isClean = (): boolean => values.every((path, number) => number % 2 === 1 || !isLink(path));
  return {
    process: racer,
    async atRest(work) {
      const deadline = Date.now() + 20_000;
      while (Date.now() < deadline) {
        racer.kill("SIGSTOP");
        try {
          if (isClean()) {
            await work();
            return true;
          }
        } finally {
          racer.kill("SIGCONT");
        }
        await setTimeout(1);
      }
      return false;
    },
    async end() {
      const ended = once(racer, "close");
      writeFileSync(endFile, "");
      await ended;
      return Number(said);
    },
  };
}
