import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { unmount } from "./loop-disk.ts";
import { shellQuietly } from "./shell.ts";

/** A disk that a program of its own answers for, so that it can be slow, fail or lose its power. */
export interface NbdDisk {
  /** What reads and writes as the disk; a loop device is made of it. */
  readonly file: string;
  /** nbdkit: while it is stopped, so is the disk. */
  readonly server: ChildProcess;
  /** Ends both programs. What is mounted of it must be unmounted before. */
  close(): Promise<void>;
}

// Each request has a buffer of its own. Given back to the system after each, its pages have to be made anew for the next,
// which on a virtual machine takes longer than all else that is done for the request.
const keptMemory = { MALLOC_MMAP_THRESHOLD_: "67108864", MALLOC_TRIM_THRESHOLD_: "268435456" };

/** Starts nbdkit with these arguments and shows its disk as a file below `folder`. Needs root, nbdkit, nbdfuse. */
export async function startNbdDisk(folder: string, nbdkitArguments: readonly string[]): Promise<NbdDisk> {
  const socket = join(folder, "nbd.sock");
  const fuseFolder = join(folder, "fuse");
  const file = join(fuseFolder, "nbd");
  await mkdir(fuseFolder);
  const server = spawn("nbdkit", ["-f", "-U", socket, ...nbdkitArguments], {
    stdio: "ignore",
    env: { ...process.env, ...keptMemory },
  });
  const children = [server];
  async function close(): Promise<void> {
    // What is stopped would not hear that it should end.
    server.kill("SIGCONT");
    await shellQuietly("fusermount3", "-u", fuseFolder);
    for (const child of children) child.kill("SIGTERM");
    await Promise.all(children.map(ended));
    await unmount(fuseFolder);
  }
  try {
    await appears(socket);
    children.push(spawn("nbdfuse", [fuseFolder, "--unix", socket], { stdio: "ignore" }));
    await appears(file);
  } catch (error) {
    await close();
    throw error;
  }
  return { file, server, close };
}

/** Waits for what a program makes once it is ready; throws after 10 s. */
export async function appears(path: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    if (existsSync(path)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${path} did not appear.`);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = new Promise((resolve) => child.once("exit", resolve));
  const force = setTimeout(() => child.kill("SIGKILL"), 5_000);
  await end;
  clearTimeout(force);
}
