import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, statSync, symlinkSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hasEnded, listChildren } from "./__fixtures__/child-processes.ts";
import { makeZip } from "./__fixtures__/make-zip.ts";
import type { ArchiveEntry } from "./archive-contents.ts";
import { createExtractor } from "./extract-archive.ts";
import { startUnpackProcess, type UnpackProcess, type UnpackProcessOptions } from "./unpack-process.ts";

const limits = { maxArchiveBytes: 1e12, maxExtractedBytes: 1e12, maxEntries: 20_000 };
const { signal } = new AbortController();

let folder: string;
let archive: string;
let entry: ArchiveEntry;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "unpack-"));
  archive = join(folder, "archive.zip");
  await writeFile(archive, makeZip([{ name: "a/b.txt", data: "written" }, { name: "c.txt" }]));
  const extractor = createExtractor();
  const { entries } = await extractor.inspectArchive({ path: archive, limits, signal });
  entry = entries[0] as ArchiveEntry;
  await extractor.close();
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const newFolder = (): string => realpathSync(mkdtempSync(join(folder, "into-")));

function targetAt(path: string): NonNullable<UnpackProcessOptions["target"]> {
  const { dev, ino } = statSync(path, { bigint: true });
  return { path, device: dev, inode: ino };
}

function start(options: Partial<UnpackProcessOptions> = {}): UnpackProcess {
  const started = startUnpackProcess({ archive, label: '"a.zip"', target: null, stallMs: 20_000, ...options });
  onTestFinished(() => started.stop());
  return started;
}

const write = (unpacking: UnpackProcess, path: string) =>
  unpacking.run({
    kind: "write-entries",
    task: { path: archive, entries: [{ ...entry, path }], durable: false },
  });

/** Waits until `look` is true; fails after 20 s. */
async function until(look: () => boolean): Promise<void> {
  for (let waited = 0; !look(); waited += 20) {
    if (waited > 20_000) throw new Error("Waited 20 s in vain.");
    await setTimeout(20);
  }
}

describe("the process that reads an archive", () => {
  it("reads its archive and no other file", async () => {
    const inspecting = start();
    const inspect = (path: string) => inspecting.run({ kind: "inspect", request: { path, limits } });
    expect((await inspect(archive)).fileCount).toBe(2);
    const other = join(folder, "other.zip");
    await writeFile(other, readFileSync(archive));
    for (const path of [other, "/etc/passwd", join(folder, ".")]) {
      await expect(inspect(path)).rejects.toMatchObject({ message: expect.stringContaining("restricted") });
    }
  });

  it("writes below its folder and nowhere else, also not where a link leads", async () => {
    const into = newFolder();
    const outside = newFolder();
    const writing = start({ target: targetAt(into) });
    mkdirSync(join(into, "real"));
    symlinkSync(outside, join(into, "link"));
    mkdirSync(join(outside, "inner"));
    mkdirSync(join(into, "real", "deep"));
    symlinkSync(join(into, "real", "deep"), join(into, "own"));
    expect(await write(writing, "real/b.txt")).toHaveLength(1);
    expect(readFileSync(join(into, "real", "b.txt"), "utf8")).toBe("written");
    for (const path of ["../b.txt", "link/b.txt", "link/inner/b.txt", "real/../../b.txt", join(outside, "b.txt")]) {
      await expect(write(writing, path), path).rejects.toMatchObject({ name: "Failure" });
    }
    // What leads out is refused by Node's permission model too; what leads elsewhere within, by our own look alone.
    await expect(write(writing, "own/c.txt")).rejects.toMatchObject({ code: "library-unsafe-path" });
    expect(readdirSync(join(into, "real", "deep"))).toEqual([]);
    for (const kind of ["make-folders", "flush-folders"] as const) {
      await expect(writing.run({ kind, folders: ["link/x"] }), kind).rejects.toMatchObject({ name: "Failure" });
    }
    expect(readdirSync(outside)).toEqual(["inner"]);
    expect(readdirSync(join(outside, "inner"))).toEqual([]);
    await writing.run({ kind: "empty-folder" });
    expect(readdirSync(into)).toEqual([]);
    expect(readdirSync(outside)).toEqual(["inner"]);
  });

  it("writes nothing without a folder, and nothing into a folder that was exchanged", async () => {
    const into = newFolder();
    await expect(write(start(), "b.txt")).rejects.toMatchObject({ name: "Failure" });
    const exchanged = { ...targetAt(newFolder()), path: into };
    await expect(write(start({ target: exchanged }), "b.txt")).rejects.toMatchObject({ code: "library-unsafe-path" });
    expect(readdirSync(into)).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("has none of our environment, and its heap is bounded", async () => {
    const before = new Set(listChildren(process.pid));
    const inspecting = start();
    await inspecting.run({ kind: "inspect", request: { path: archive, limits } });
    const [pid = 0] = listChildren(process.pid).filter((one) => !before.has(one));
    const names = readFileSync(`/proc/${pid}/environ`, "utf8")
      .split("\0")
      .map((line) => line.split("=")[0] ?? "");
    expect(names.filter((name) => name !== "" && !name.startsWith("NODE_CHANNEL"))).toEqual([]);
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    expect(line).toContain("--permission");
    expect(line.filter((part) => part.startsWith("--allow") && !part.startsWith("--allow-fs-read"))).toEqual([]);
    expect(line.some((part) => part.startsWith("--max-old-space-size="))).toBe(true);
    await inspecting.stop();
    expect(hasEnded(pid)).toBe(true);
  });
});

describe.skipIf(process.platform !== "linux")("a process that comes to harm", () => {
  const large = makeZip(
    Array.from({ length: 40 }, (_, number) => ({
      name: `${number}.exr`,
      data: Buffer.alloc(9 << 20, number),
      stored: true,
    })),
  );
  let path: string;
  beforeAll(async () => {
    path = join(folder, "large.zip");
    await writeFile(path, large);
  });

  it.each([
    ["hangs", "SIGSTOP", 4000, /nothing was heard of it for 4 seconds/],
    ["dies", "SIGKILL", 20_000, /its process ended with SIGKILL/],
    ["crashes", "SIGSEGV", 20_000, /its process ended with SIGSEGV/],
  ] as const)(
    "that %s is given up: one sentence, nothing left, and the next one works",
    async (_what, harm, stallMs, said) => {
      const extractor = createExtractor({ processes: 1, stallMs });
      const into = newFolder();
      const patient = createExtractor();
      const contents = await patient.inspectArchive({ path, limits, signal });
      const before = new Set(listChildren(process.pid));
      let harmed = 0;
      const onProgress = (): void => {
        if (harmed++ > 0) return;
        for (const pid of listChildren(process.pid)) if (!before.has(pid)) process.kill(pid, harm);
      };
      const extracting = extractor.extractArchive({
        path,
        name: "Vase.zip",
        contents,
        into,
        signal,
        durable: false,
        onProgress,
      });
      await expect(extracting).rejects.toMatchObject({
        code: "unpacking-failed",
        message: expect.stringMatching(said),
      });
      await expect(extracting).rejects.toThrow(/^Unpacking the archive "Vase\.zip" was given up: [^\n]*\.$/);
      expect(harmed).toBeGreaterThan(0);
      expect(readdirSync(into)).toEqual([]);
      expect(await patient.extractArchive({ path, contents, into, signal, durable: false })).toHaveLength(40);
      await Promise.all([extractor.close(), patient.close()]);
      await until(() => listChildren(process.pid).every((pid) => before.has(pid)));
    },
  );

  it("ends when its parent is killed", async () => {
    const into = newFolder();
    const fixture = join(import.meta.dirname, "__fixtures__/extract-until-killed.ts");
    const parent = spawn(process.execPath, [fixture, path, into], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void parent.kill("SIGKILL"));
    await once(parent.stdout, "data");
    const children = listChildren(parent.pid ?? 0);
    expect(children).toHaveLength(1);
    parent.kill("SIGKILL");
    await until(() => children.every(hasEnded));
    const left = readdirSync(into).length;
    expect(left).toBeLessThan(40);
    await setTimeout(200);
    expect(readdirSync(into)).toHaveLength(left);
  });
});
