import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createConnection } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type MountedLoop, type MountOptions, mountLoop } from "./loop-disk.ts";
import { appears, startNbdDisk } from "./nbd-disk.ts";

const plugin = fileURLToPath(new URL("power_disk.py", import.meta.url));

/** What becomes of the writes since the last flush: nothing, a beginning, or any of them, some torn at 512 bytes. */
export const cutModes = ["none", "prefix", "random"] as const;
export type CutMode = (typeof cutModes)[number];

/** What the disk had seen when its power was cut. */
export interface Cut {
  /** Writes and flushes since it was armed. */
  readonly operations: number;
  /** Writes that no flush had made durable, how many of them are in the image, and how many of those are torn. */
  readonly pending: number;
  readonly kept: number;
  readonly torn: number;
}

interface Answer {
  readonly operations: number;
  readonly writes: number;
  readonly flushes: number;
  readonly cut: Cut | null;
  readonly error?: string;
}

/** An ext4 on a disk that can lose its power. Only one may be mounted at a time. */
export interface PowerDisk {
  /** Fills the disk from `image` and mounts it at `folder`. */
  mount(image: string, options: MountOptions): Promise<void>;
  /** From now on operations are counted; after `after` of them, before the next (or the next flush), `pid` is killed and `image` written. */
  arm(order: {
    after: number;
    before: "any" | "flush";
    pid: number;
    seed: number;
    mode: CutMode;
    image: string;
  }): Promise<void>;
  look(): Promise<Answer>;
  /** Cuts the power now, if it is not cut already. */
  cut(order: { seed: number; mode: CutMode; image: string }): Promise<Cut>;
  unmount(): Promise<void>;
  /** Ends everything; nothing stays mounted or running. */
  close(): Promise<void>;
}

/** Starts one below `within`, which should be on a file system in memory. Needs root, nbdkit with Python, nbdfuse. */
export async function startPowerDisk(settings: { within: string; folder: string; bytes: number }): Promise<PowerDisk> {
  const work = await mkdtemp(join(settings.within, "power-disk-"));
  const control = join(work, "control.sock");
  await mkdir(settings.folder, { recursive: true });
  const disk = await startNbdDisk(work, ["python", plugin, `size=${settings.bytes}`, `control=${control}`]);
  let mounted: MountedLoop | null = null;

  async function close(): Promise<void> {
    await mounted?.release();
    await disk.close();
    await rm(work, { recursive: true, force: true });
  }

  try {
    await appears(control);
  } catch (error) {
    await close();
    throw error;
  }

  async function ask(order: object): Promise<Answer> {
    const answer = await askOver(control, order);
    if (answer.error !== undefined) throw new Error(`The power disk said: ${answer.error}`);
    return answer;
  }

  return {
    async mount(image, options) {
      await mounted?.release();
      await ask({ do: "load", image });
      mounted = await mountLoop(disk.file, settings.folder, options);
    },
    async arm(order) {
      await ask({ do: "arm", ...order });
    },
    look: () => ask({ do: "look" }),
    async cut(order) {
      const { cut } = await ask({ do: "look" });
      const done = cut ?? (await ask({ do: "cut", ...order })).cut;
      if (done === null) throw new Error("The power could not be cut.");
      return done;
    },
    async unmount() {
      await mounted?.release();
      mounted = null;
    },
    close,
  };
}

function askOver(path: string, order: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const connection = createConnection(path);
    let text = "";
    connection.setEncoding("utf8");
    connection.on("connect", () => connection.write(`${JSON.stringify(order)}\n`));
    connection.on("data", (piece) => {
      text += piece;
    });
    connection.on("error", reject);
    connection.on("end", () => {
      try {
        resolve(JSON.parse(text) as Answer);
      } catch (error) {
        reject(error);
      }
    });
  });
}
