import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { extraField, makeZip, type ZipMember } from "./__fixtures__/make-zip.ts";
import type { ArchiveContents } from "./archive-contents.ts";
import { inspectArchive } from "./inspect-archive.ts";

const { signal } = new AbortController();
const limits = { maxArchiveBytes: 1e9, maxExtractedBytes: 1e9, maxEntries: 1000 };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inspect-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function inspect(zip: Buffer, limited: Partial<typeof limits> = {}): Promise<ArchiveContents> {
  const path = join(folder, "archive.zip");
  await writeFile(path, zip);
  return await inspectArchive({ path, name: "Chair_01.zip", limits: { ...limits, ...limited }, signal });
}

const inspectMembers = (...members: ZipMember[]): Promise<ArchiveContents> => inspect(makeZip(members));
const pathsOf = (contents: ArchiveContents): string[] => contents.entries.map(({ path }) => path);

function unicodePath(headerName: string | Buffer, name: string): Buffer {
  const sum = Buffer.alloc(5);
  sum.writeUInt8(1, 0);
  sum.writeUInt32LE(crc32(headerName), 1);
  return extraField(0x7075, Buffer.concat([sum, Buffer.from(name)]));
}

describe("inspectArchive", () => {
  it("tells what will be written, without the single top folder", async () => {
    const zip = makeZip([
      { name: "Chair/" },
      { name: "Chair/textures/" },
      { name: "Chair/Chair.blend", data: "blend ".repeat(100) },
      { name: "Chair/textures/wood.png", data: "png", stored: true },
      { name: "__MACOSX/Chair/._Chair.blend", data: "junk" },
    ]);
    const contents = await inspect(zip);
    expect(contents).toMatchObject({ topFolder: "Chair", extractedBytes: 603, fileCount: 2 });
    expect(contents.skipped).toEqual([
      { name: "__MACOSX/Chair/._Chair.blend", reason: expect.stringContaining("junk") },
    ]);
    expect(contents.entries).toMatchObject([
      { path: "textures", kind: "folder", bytes: 0 },
      { path: "Chair.blend", kind: "file", bytes: 600, method: "deflated" },
      { path: "textures/wood.png", kind: "file", bytes: 3, compressedBytes: 3, method: "stored", crc32: crc32("png") },
    ]);
    const stored = contents.entries[2];
    expect(zip.subarray(stored?.dataOffset, (stored?.dataOffset ?? 0) + 3).toString()).toBe("png");
  });

  it.each([
    [["a.blend", "textures/x.png"], null],
    [["A/a.blend", "B/b.blend"], null],
    [["A/", "A/a.blend"], "A"],
    [["A/a.blend", "Empty/"], null],
    [["only.blend"], null],
  ])("finds the single top folder of %j: %j", async (names, topFolder) => {
    const contents = await inspectMembers(...names.map((name) => ({ name, data: name.endsWith("/") ? "" : "x" })));
    expect(contents.topFolder).toBe(topFolder);
  });

  it("accepts what honest programs write", async () => {
    const cp437 = Buffer.from([0x82, 0x2e, 0x74, 0x78, 0x74]);
    const utf8 = Buffer.from("Étagère.blend");
    const header = Buffer.from("tagre.png");
    const winRar = unicodePath(header, "étagère.png");
    const contents = await inspectMembers(
      { name: "back\\slash.txt", data: "1" },
      { name: cp437, data: "2", flags: 0 },
      { name: utf8, data: "3", flags: 0, madeBy: 0x031e },
      { name: header, data: "4", centralExtra: winRar, localExtra: winRar },
      { name: "padded.png", data: "5", localExtra: Buffer.alloc(3) },
      { name: "streamed.exr", data: "6".repeat(99), streamed: true },
      { name: "pipe.txt", data: "7", mode: 0o010644 },
      { name: "packed-empty-folder/", method: 8, packed: deflateRawSync("") },
      { name: "Icon\r", data: "8" },
    );
    expect(pathsOf(contents)).toEqual([
      "back/slash.txt",
      "é.txt",
      "Étagère.blend",
      "étagère.png",
      "padded.png",
      "streamed.exr",
      "pipe.txt",
      "packed-empty-folder",
    ]);
  });

  it("accepts a marker of programs that split archives before the first entry", async () => {
    for (const lead of ["PK00", "PK\x07\x08"]) {
      expect(pathsOf(await inspect(makeZip([{ name: "a", data: "1" }], { lead })))).toEqual(["a"]);
    }
  });

  it("takes the Unicode name for the name, and refuses two that differ", async () => {
    const name = "innocent.txt";
    await expect(inspectMembers({ name, data: "1", localExtra: unicodePath(name, "other.txt") })).rejects.toMatchObject(
      { code: "archive-damaged", message: expect.stringContaining("two different names") },
    );
    await expect(inspectMembers({ name, data: "1", centralExtra: unicodePath(name, "../evil") })).rejects.toMatchObject(
      { code: "archive-unsafe-path" },
    );
  });

  it("keeps to the limits", async () => {
    const zip = makeZip([
      { name: "a", data: "1".repeat(500) },
      { name: "b", data: "2".repeat(500) },
    ]);
    expect(
      (await inspect(zip, { maxEntries: 2, maxExtractedBytes: 1000, maxArchiveBytes: zip.length })).fileCount,
    ).toBe(2);
    for (const limited of [{ maxEntries: 1 }, { maxExtractedBytes: 999 }, { maxArchiveBytes: zip.length - 1 }]) {
      await expect(inspect(zip, limited)).rejects.toMatchObject({ code: "archive-too-large" });
    }
  });

  it("refuses a list of files with more in it than was counted", async () => {
    const member = { name: "a", data: "1" };
    const again = makeZip([member]).subarray(-22 - 47, -22);
    for (const listSlack of [again, Buffer.alloc(1)]) {
      await expect(inspect(makeZip([member], { listSlack }))).rejects.toMatchObject({
        code: "archive-damaged",
        message: expect.stringContaining("cannot be read"),
      });
    }
  });

  it("refuses claims that no deflate data can keep, before anything is written", async () => {
    await expect(inspectMembers({ name: "a", data: "1", claimedBytes: 10_000 })).rejects.toMatchObject({
      code: "archive-damaged",
      message: expect.stringContaining("more bytes than its data can hold"),
    });
  });

  it("refuses an archive of which nothing is left", async () => {
    await expect(inspectMembers({ name: "run.exe", data: "MZ" })).rejects.toMatchObject({ code: "archive-damaged" });
    await expect(inspectMembers({ name: "empty/" })).rejects.toMatchObject({ code: "archive-damaged" });
  });

  it("names the archive and the entry in one sentence, without the entry's control characters", async () => {
    await expect(inspectMembers({ name: "x\r\n\u001b[31m", data: "1" })).rejects.toMatchObject({
      message: 'The archive "Chair_01.zip" holds "x\\r\\n\\u001b[31m", which holds a control character.',
    });
  });
});
