/**
 * `downloadFile` against curl and aria2c on loopback, and the memory that a large file takes compared with a small one.
 * Alone: `node --conditions=@org/source packages/http-core/bench/download.ts [megabytes]`.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** One line of the result. */
export interface DownloadTiming {
  name: string;
  /** The best of the rounds: the others measure what else the machine did. */
  milliseconds: number;
  medianMilliseconds: number;
  /** Of our time by this one's: above 1, we are slower. */
  ratioToOurs: number;
}

export interface DownloadBench {
  megabytes: number;
  timings: DownloadTiming[];
  /** Peak resident memory of a process that did nothing but this, in megabytes. */
  peakMemory: { of4Megabytes: number; ofLargeFile: number };
}

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/** Runs the comparison; peers that are not installed are left out. */
export async function benchDownload({ megabytes = 512, rounds = 5 } = {}): Promise<DownloadBench> {
  const folder = await mkdtemp(join(tmpdir(), "bench-download-"));
  const servers: ChildProcess[] = [];
  try {
    const large = await serve(makeFile(join(folder, "large.bin"), megabytes), servers);
    const small = await serve(makeFile(join(folder, "small.bin"), 4), servers);
    const target = join(folder, "target.bin");
    const contenders = contendersFor(large, folder, target);
    const times = new Map<string, number[]>();
    // In turns, so that a busy minute of the machine is everybody's.
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, run] of Object.entries(contenders)) {
        rmSync(target, { force: true });
        times.set(name, [...(times.get(name) ?? []), run()]);
      }
    }
    rmSync(target, { force: true });
    const ofLargeFile = ours(large, target).peakMegabytes;
    rmSync(target, { force: true });
    const of4Megabytes = ours(small, target).peakMegabytes;
    const oursBest = Math.min(...(times.get("downloadFile") ?? []));
    const timings = [...times].map(([name, all]) => {
      const sorted = [...all].sort((a, b) => a - b);
      const milliseconds = sorted[0] ?? 0;
      const medianMilliseconds = sorted[sorted.length >> 1] ?? 0;
      return { name, milliseconds, medianMilliseconds, ratioToOurs: oursBest / milliseconds };
    });
    return { megabytes, timings, peakMemory: { of4Megabytes, ofLargeFile } };
  } finally {
    for (const server of servers) server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

function contendersFor(url: string, folder: string, target: string): Record<string, () => number> {
  const timed = (command: string, words: string[]) => () => {
    const started = performance.now();
    execFileSync(command, words, { stdio: "ignore" });
    return performance.now() - started;
  };
  const has = (command: string) => {
    try {
      execFileSync(command, ["--version"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  return {
    downloadFile: () => ours(url, target).milliseconds,
    ...(has("curl") ? { curl: timed("curl", ["--silent", "--fail", "--output", target, url]) } : {}),
    ...(has("curl") && has("sha256sum")
      ? {
          "curl, sync, sha256sum": timed("sh", [
            "-c",
            'curl -sf -o "$1" "$2" && sync "$1" && sha256sum "$1"',
            "sh",
            target,
            url,
          ]),
        }
      : {}),
    ...(has("aria2c")
      ? {
          "aria2c, 1 connection": timed("aria2c", [
            "-q",
            "-x1",
            "-s1",
            "--no-conf",
            "-d",
            folder,
            "-o",
            "target.bin",
            "--allow-overwrite=true",
            url,
          ]),
        }
      : {}),
  };
}

/** Our download in a process of its own; its start is not counted, as a daemon has started long ago. */
function ours(url: string, target: string): { milliseconds: number; peakMegabytes: number } {
  const output = execFileSync(process.execPath, ["--conditions=@org/source", here("download-once.ts"), url, target], {
    encoding: "utf8",
  });
  return JSON.parse(output);
}

/** Bytes that do not compress and cost nothing to make. */
function makeFile(path: string, megabytes: number): string {
  const block = Buffer.alloc(1 << 20);
  for (let at = 0; at < block.length; at += 4) block.writeUInt32LE((at * 2_654_435_761) >>> 0, at);
  const file = openSync(path, "w");
  ftruncateSync(file, megabytes << 20);
  for (let number = 0; number < megabytes; number += 1) {
    block.writeUInt32LE(number, 0);
    writeSync(file, block, 0, block.length, number << 20);
  }
  closeSync(file);
  return path;
}

async function serve(path: string, servers: ChildProcess[]): Promise<string> {
  const server = spawn(process.execPath, [here("serve-file.ts"), path], { stdio: ["ignore", "pipe", "inherit"] });
  servers.push(server);
  const port = await new Promise<string>((resolve, reject) => {
    server.stdout.once("data", (data: Buffer) => resolve(data.toString().trim()));
    server.once("error", reject);
    server.once("exit", () => reject(new Error("the file server ended early")));
  });
  return `http://127.0.0.1:${port}/archive.zip`;
}

/** The result as a table. */
export function formatDownloadBench(bench: DownloadBench): string {
  const rate = (milliseconds: number) => `${Math.round((bench.megabytes * 1000) / milliseconds)} MB/s`.padStart(10);
  return [
    `Download of ${bench.megabytes} MB over loopback (ours checks SHA-256, syncs and renames; the others do what their line says)`,
    `${"".padEnd(24)}${"best".padStart(9)}${"median".padStart(10)}${"rate".padStart(10)}   our time by theirs`,
    ...bench.timings.map(
      ({ name, milliseconds, medianMilliseconds, ratioToOurs }) =>
        `${name.padEnd(24)}${`${Math.round(milliseconds)} ms`.padStart(9)}${`${Math.round(medianMilliseconds)} ms`.padStart(10)}${rate(milliseconds)}   ${ratioToOurs.toFixed(2)}`,
    ),
    `Peak memory of our process: ${bench.peakMemory.of4Megabytes} MB for 4 MB, ${bench.peakMemory.ofLargeFile} MB for ${bench.megabytes} MB`,
  ].join("\n");
}

if (import.meta.main) {
  const megabytes = Number(process.argv[2] ?? 512);
  process.stdout.write(`${formatDownloadBench(await benchDownload({ megabytes }))}\n`);
}
