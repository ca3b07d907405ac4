import { execFileSync, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { chmod, link, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ManifestFile } from "../domain/manifest.ts";
import { makeZip, type ZipMember } from "./__fixtures__/make-zip.ts";
import { createExtractor, type ExtractArchiveRequest, type Extractor } from "./extract-archive.ts";
import { writeEntries } from "./write-entries.ts";

const limits = { maxArchiveBytes: 1e10, maxExtractedBytes: 1e10, maxEntries: 20_000 };
const { signal } = new AbortController();
const sha256 = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");

let folder: string;
let extractor: Extractor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "extract-"));
  extractor = createExtractor({ processes: 2 });
});
afterAll(async () => {
  await extractor.close();
  await rm(folder, { recursive: true, force: true });
});

/** Folders of `mkdtemp` are 0700, as staging folders are. */
const newStaging = (): string => mkdtempSync(join(folder, "into-"));

async function extractZip(
  path: string,
  options: Partial<ExtractArchiveRequest> = {},
): Promise<{ into: string; files: ManifestFile[]; topFolder: string | null }> {
  const into = options.into ?? newStaging();
  const contents = await extractor.inspectArchive({ path, limits, signal });
  const files = await extractor.extractArchive({ path, contents, into, signal, ...options });
  return { into, files, topFolder: contents.topFolder };
}

async function extractMembers(members: ZipMember[], options: Partial<ExtractArchiveRequest> = {}) {
  const path = join(mkdtempSync(join(folder, "zip-")), "archive.zip");
  await writeFile(path, makeZip(members));
  return await extractZip(path, options);
}

/** Relative path and hash of every file, sorted by path. */
function readTree(root: string): ManifestFile[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile())
    .map((found) => join(found.parentPath, found.name))
    .map((path) => ({ path: relative(root, path), bytes: statSync(path).size, sha256: sha256(readFileSync(path)) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

// Above the size from which files are inflated piece by piece.
const large = Buffer.concat([randomBytes(3 << 20), Buffer.alloc(9 << 20, "flat texture ")]);

describe("extractArchive", () => {
  it("writes files small and large, stored and deflated, and returns what is on disk", async () => {
    const members = [
      { name: "small.txt", data: "small ".repeat(50) },
      { name: "empty.txt", data: "" },
      { name: "folder/deep/stored.bin", data: "stored", stored: true },
      { name: "large.exr", data: large },
      { name: "large-stored.exr", data: large, stored: true },
      { name: "streamed.exr", data: large, streamed: true },
    ];
    const { into, files } = await extractMembers(members);
    expect(files).toEqual(readTree(into));
    const expected = members.map(({ name, data }) => ({ path: name, bytes: data.length, sha256: sha256(data) }));
    expect(files).toEqual(expected.sort((a, b) => (a.path < b.path ? -1 : 1)));
  });

  it("gives folders and files fixed modes and fresh times, and keeps empty folders", async () => {
    const { into } = await extractMembers([
      { name: "tool", data: "x", mode: 0o104777 },
      { name: "locked", data: "x", mode: 0o100000 },
      { name: "empty/" },
    ]);
    const umask = process.umask();
    expect(statSync(join(into, "tool")).mode & 0o7777).toBe(0o644 & ~umask);
    expect(statSync(join(into, "locked")).mode & 0o7777).toBe(0o644 & ~umask);
    expect(statSync(join(into, "empty")).mode & 0o7777).toBe(0o755 & ~umask);
    expect(Math.abs(Date.now() - statSync(join(into, "tool")).mtimeMs)).toBeLessThan(60_000);
  });

  it.each([
    ["a wrong checksum", { data: large, packed: deflateRawSync(Buffer.alloc(large.length, "x")) }, "checksum"],
    ["more bytes than announced", { data: large, claimedBytes: 9 << 20 }, "more bytes"],
    ["fewer bytes than announced", { data: large, claimedBytes: large.length + 1 }, "were announced"],
    ["hidden bytes", { data: large, packed: Buffer.concat([deflateRawSync(large), Buffer.from("HIDDEN")]) }, "hidden"],
    ["no deflate data", { data: large, packed: Buffer.alloc(1 << 20, 0xff) }, "cannot be unpacked"],
    ["data that end early", { data: large, packed: deflateRawSync(large).subarray(0, 1 << 20) }, "cannot be unpacked"],
  ])("refuses a large file with %s and leaves nothing", async (_what, member, reason) => {
    const into = newStaging();
    const members = [
      { name: "ok.txt", data: "fine" },
      { name: "bad.exr", ...member },
    ];
    await expect(extractMembers(members, { into })).rejects.toMatchObject({
      code: "archive-damaged",
      message: expect.stringMatching(new RegExp(`"bad.exr".*${reason}`)),
    });
    expect(readdirSync(into)).toEqual([]);
  });

  it("stops at once when told to, leaves nothing, and works again afterwards", async () => {
    const stop = new AbortController();
    const into = newStaging();
    const members = Array.from({ length: 12 }, (_, number) => ({ name: `${number}.exr`, data: large, stored: true }));
    let reported = 0;
    const extracting = extractMembers(members, {
      into,
      signal: stop.signal,
      onProgress: ({ bytes, totalBytes }) => {
        expect(totalBytes).toBe(12 * large.length);
        reported = bytes;
        stop.abort();
      },
    });
    await expect(extracting).rejects.toMatchObject({ code: "stopped" });
    expect(reported).toBeGreaterThan(0);
    expect(reported).toBeLessThan(12 * large.length);
    expect(readdirSync(into)).toEqual([]);
    expect((await extractMembers([{ name: "a.txt", data: "1" }])).files).toHaveLength(1);
  });

  it("lets nothing be written any more once it has ended", async () => {
    const other = createExtractor({ processes: 2 });
    const stop = new AbortController();
    const into = newStaging();
    const path = join(mkdtempSync(join(folder, "zip-")), "archive.zip");
    // Many files a task: a thread that went on would make more of them after the folder was emptied.
    const data = large.subarray(0, 60_000);
    await writeFile(path, makeZip(Array.from({ length: 1500 }, (_, n) => ({ name: `${n}.png`, data, stored: true }))));
    const contents = await other.inspectArchive({ path, limits, signal });
    const onProgress = (): void => stop.abort();
    const extracting = other.extractArchive({ path, contents, into, signal: stop.signal, onProgress });
    await expect(extracting).rejects.toMatchObject({ code: "stopped" });
    await other.inspectArchive({ path, limits, signal });
    await other.close();
    expect(readdirSync(into)).toEqual([]);
  });

  it("reports progress up to the last byte", async () => {
    const seen: number[] = [];
    await extractMembers(
      [
        { name: "a", data: large },
        { name: "b", data: "b" },
      ],
      { onProgress: ({ bytes }) => seen.push(bytes) },
    );
    expect(seen.at(-1)).toBe(large.length + 1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  it("extracts several archives at once, each into its own folder", async () => {
    const extracted = await Promise.all(
      Array.from({ length: 6 }, (_, number) =>
        extractMembers([
          { name: "a.txt", data: `${number}` },
          { name: "b.exr", data: large },
        ]),
      ),
    );
    for (const [number, { into, files }] of extracted.entries()) {
      expect(files[0]?.sha256).toBe(sha256(`${number}`));
      expect(readTree(into)).toEqual(files);
    }
  });

  it("writes into a private, empty, real folder only", async () => {
    const full = newStaging();
    await writeFile(join(full, "mine.txt"), "mine");
    const open = newStaging();
    await chmod(open, 0o755);
    const linked = join(folder, "linked");
    symlinkSync(newStaging(), linked);
    for (const into of [full, open, linked, join(folder, "missing")]) {
      await expect(extractMembers([{ name: "a", data: "1" }], { into })).rejects.toMatchObject({ name: "Failure" });
    }
    expect(readFileSync(join(full, "mine.txt"), "utf8")).toBe("mine");
  });

  it("never writes through a link that is already where a file belongs", async () => {
    const into = newStaging();
    const outside = await mkdtemp(join(folder, "outside-"));
    await writeFile(join(outside, "mine.txt"), "mine");
    await link(join(outside, "mine.txt"), join(into, "hard.txt"));
    symlinkSync(join(outside, "mine.txt"), join(into, "a.txt"));
    symlinkSync(join(outside, "new.txt"), join(into, "b.exr"));
    const path = join(mkdtempSync(join(folder, "zip-")), "archive.zip");
    await writeFile(
      path,
      makeZip([
        { name: "a.txt", data: "evil" },
        { name: "hard.txt", data: "evil" },
        { name: "b.exr", data: large },
      ]),
    );
    const { entries } = await extractor.inspectArchive({ path, limits, signal });
    // As the process does it; the folder's own check, which comes before, would refuse already.
    for (const entry of entries) {
      const report = { wrote: () => undefined, flushing: () => undefined, breathe: async () => undefined };
      const target = { reach: (name: string) => join(into, name) };
      const writing = writeEntries({ path, entries: [entry], durable: false }, target, report);
      await expect(writing).rejects.toMatchObject({ name: "Failure", path: join(into, entry.path) });
    }
    expect(readTree(outside)).toEqual([{ path: "mine.txt", bytes: 4, sha256: sha256("mine") }]);
  });

  it("ends what runs when it is closed", async () => {
    const other = createExtractor({ processes: 1 });
    const path = join(mkdtempSync(join(folder, "zip-")), "archive.zip");
    await writeFile(path, makeZip([{ name: "a.exr", data: large }]));
    const inspecting = other.inspectArchive({ path, limits, signal });
    const closing = other.close();
    await expect(inspecting).rejects.toMatchObject({ code: "stopped" });
    await closing;
    await expect(other.inspectArchive({ path, limits, signal })).rejects.toMatchObject({ code: "stopped" });
  });
});

const shop = join(import.meta.dirname, "../../../sandbox/sample-shop/archives");
const archives = existsSync(shop) ? readdirSync(shop).filter((name) => name.endsWith(".zip")) : [];
const isThere = (program: string): boolean => spawnSync(program, ["--help"], { stdio: "ignore" }).error === undefined;
const references = [
  { program: "unzip", parameters: (zip: string, into: string) => ["-q", zip, "-d", into] },
  {
    program: ["7z", "7zz"].find(isThere) ?? "7z",
    parameters: (zip: string, into: string) => ["x", "-y", `-o${into}`, zip],
  },
];
const junk = /(?:^|\/)(?:__MACOSX|\.DS_Store|\._|Thumbs\.db|blender_assets\.cats\.txt)/;

it.runIf(archives.length === 0)("real archives: skipped, because the sample shop is not there", ({ skip }) => skip());

describe.skipIf(archives.length === 0)("the real archives of the sample shop", () => {
  it.each(archives)("%s is extracted whole", async (name) => {
    const { into, files, topFolder } = await extractZip(join(shop, name));
    expect(files.some(({ path }) => /\.(?:blend|glb|gltf)$/.test(path))).toBe(true);
    expect(readTree(into)).toEqual(files);
    for (const { program, parameters } of references.filter(({ program }) => isThere(program))) {
      const theirs = join(newStaging(), "theirs");
      await mkdir(theirs);
      execFileSync(program, parameters(join(shop, name), theirs), { stdio: "ignore" });
      const prefix = topFolder === null ? "" : `${topFolder}/`;
      const ours = files.map((file) => ({ ...file, path: `${prefix}${file.path}` }));
      expect(ours, program).toEqual(readTree(theirs).filter(({ path }) => !junk.test(path)));
    }
  });
});
