import { readdirSync, readFileSync } from "node:fs";

/** Command line and environment of a process, as every program of the same user can read them. */
export interface SeenProcess {
  readonly pid: number;
  readonly commandLine: Buffer;
  readonly environment: Buffer;
}

/** Looks at all children and grandchildren of `pid` as often as it can, until told to stop. Linux only. */
export function watchDescendants(pid: number): { stop(): Promise<SeenProcess[]> } {
  const own = look(pid);
  const seen = new Map<string, SeenProcess>();
  let isOver = false;
  const watching = (async () => {
    while (!isOver) {
      for (const child of descendantsOf(pid)) {
        const process = look(child);
        // Between its fork and its program a process is a copy of its parent, and says what the parent says.
        if (process === null || own?.commandLine.equals(process.commandLine)) continue;
        seen.set(`${child}\0${process.commandLine.toString("latin1")}`, process);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return [...seen.values()];
    },
  };
}

function descendantsOf(pid: number): number[] {
  const children = childrenOf(pid);
  return [...children, ...children.flatMap(descendantsOf)];
}

function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Null when it has ended meanwhile. */
export function look(pid: number): SeenProcess | null {
  try {
    return {
      pid,
      commandLine: readFileSync(`/proc/${pid}/cmdline`),
      environment: readFileSync(`/proc/${pid}/environ`),
    };
  } catch {
    return null;
  }
}
