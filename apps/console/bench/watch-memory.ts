import { readdir, readFile } from "node:fs/promises";

/** Resident memory of a process with all its children, in bytes; Linux only. */
export interface MemoryWatch {
  /** The most that was seen since the last call. */
  takePeakBytes(): number;
  /** Of the daemon alone, at the last look. */
  stop(): Promise<void>;
}

const lookEveryMs = 200;

export function startMemoryWatch(pid: number): MemoryWatch {
  let peakBytes = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking = Promise.resolve();
  const look = async () => {
    peakBytes = Math.max(peakBytes, await readResidentBytes(pid));
  };
  const next = () => {
    timer = setTimeout(() => {
      looking = look().then(next, next);
    }, lookEveryMs);
  };
  next();
  return {
    takePeakBytes() {
      const taken = peakBytes;
      peakBytes = 0;
      return taken;
    },
    async stop() {
      clearTimeout(timer);
      await looking;
      clearTimeout(timer);
    },
  };
}

/** One that ends meanwhile counts nothing. */
async function readResidentBytes(pid: number): Promise<number> {
  try {
    const status = await readFile(`/proc/${pid}/status`, "utf8");
    let bytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
    for (const thread of await readdir(`/proc/${pid}/task`)) {
      const children = await readFile(`/proc/${pid}/task/${thread}/children`, "utf8");
      for (const child of children.split(" ").filter((one) => one !== ""))
        bytes += await readResidentBytes(Number(child));
    }
    return bytes;
  } catch {
    return 0;
  }
}
