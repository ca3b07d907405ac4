import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeZip } from "./__fixtures__/make-zip.ts";
import { verifyArchive } from "./verify-archive.ts";

const { signal } = new AbortController();
const zip = makeZip([{ name: "a.txt", data: "hello" }], { comment: "a comment" });

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "verify-"));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function verify(bytes: Buffer | string, expectedBytes: number | null = null): Promise<void> {
  const path = join(folder, "archive.zip");
  await writeFile(path, bytes);
  await verifyArchive({ path, name: "Chair_01.zip", expectedBytes, signal });
}

describe("verifyArchive", () => {
  it("accepts a whole zip, with the announced length or none", async () => {
    await verify(zip);
    await verify(zip, zip.length);
  });

  it("says that a zip is cut, wherever it was cut", async () => {
    for (let length = 4; length < zip.length; length++) {
      const cut = zip.subarray(0, length);
      await expect(verify(cut), `${length} bytes`).rejects.toMatchObject({ code: "archive-incomplete" });
      await expect(verify(cut, zip.length)).rejects.toMatchObject({
        code: "archive-incomplete",
        message: `The archive "Chair_01.zip" has ${length} of ${zip.length} bytes.`,
      });
    }
  });

  it.each([
    ["", "an empty file"],
    ["<!DOCTYPE html><title>Sign in</title>", "an HTML page"],
    ["\n <HTML><body>", "an HTML page"],
    ['<?xml version="1.0"?><Error/>', "an XML document"],
    ['{"code":"limit"}', "a JSON document"],
    ["Not found\n", "text"],
    [Buffer.alloc(100), "nothing but zeros"],
    [Buffer.from("Rar!\x1a\x07\x01", "latin1"), "a RAR archive"],
    [Buffer.from("BLENDER-v300"), "a .blend file"],
    [Buffer.from([0xff, 0xfe, 0x01, 0x90]), "something else"],
  ])("says what arrived instead of a zip: %j", async (bytes, what) => {
    await expect(verify(bytes)).rejects.toMatchObject({
      code: "archive-not-zip",
      message: `The archive "Chair_01.zip" is no zip but ${what}.`,
    });
  });

  it("says that more arrived than was announced, and that something follows the zip", async () => {
    await expect(verify(zip, zip.length - 1)).rejects.toMatchObject({ code: "archive-damaged" });
    await expect(verify(Buffer.concat([zip, Buffer.from("more")]))).rejects.toMatchObject({
      code: "archive-damaged",
      message: expect.stringContaining("followed by 4 bytes"),
    });
  });

  it("refuses a zip without files and one whose end points elsewhere", async () => {
    await expect(verify(makeZip([]))).rejects.toMatchObject({ code: "archive-damaged" });
    const moved = Buffer.from(zip);
    const end = moved.lastIndexOf("PK\x05\x06", undefined, "latin1");
    moved.writeUInt32LE(moved.readUInt32LE(end + 16) - 1, end + 16);
    await expect(verify(moved)).rejects.toMatchObject({ code: "archive-damaged" });
  });

  it("ends when it is told to, and gives a disk's error its code", async () => {
    const path = join(folder, "archive.zip");
    await expect(verifyArchive({ path, expectedBytes: null, signal: AbortSignal.abort() })).rejects.toThrow();
    const failing = verifyArchive({ path: join(folder, "missing.zip"), expectedBytes: null, signal });
    await expect(failing).rejects.toMatchObject({ name: "Failure" });
  });
});
