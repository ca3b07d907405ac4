import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openPartFile } from "./part-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "part-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const nothing = async () => {};

describe("openPartFile", () => {
  it("writes chunks of any sizes in order and hashes them, whatever was kept", async () => {
    const content = randomBytes(5_000_000);
    const path = join(folder, "any");
    const sizes = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.integer({ min: 900_000, max: 2_500_000 })),
      { maxLength: 60 },
    );
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 0, max: 1_500_000 }), async (lengths, keep) => {
        await writeFile(path, Buffer.concat([content.subarray(0, keep), Buffer.from("to be cut off")]));
        const part = await openPartFile(path, keep, nothing);
        let at = keep;
        for (const length of lengths) {
          const chunk = Buffer.from(content.subarray(at, at + length));
          await part.write(chunk);
          // The caller may do with a chunk what it likes once it was taken.
          chunk.fill(0);
          at = Math.min(content.length, at + length);
          expect(part.bytes).toBe(at);
        }
        await part.sync();
        expect(part.sha256()).toBe(hashOf(content.subarray(0, at)));
        await part.close();
        expect((await readFile(path)).equals(content.subarray(0, at))).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it("cuts off at once what is not kept: stale bytes must not be there at the next kill", async () => {
    const path = join(folder, "cut");
    await writeFile(path, "0123456789");
    const part = await openPartFile(path, 4, nothing);
    expect((await stat(path)).size).toBe(4);
    await part.write(Buffer.from("ab"));
    await part.flush();
    expect((await readFile(path)).toString()).toBe("0123ab");
    await part.restart();
    expect((await stat(path)).size).toBe(0);
    await part.write(Buffer.from("new"));
    await part.flush();
    expect(part.sha256()).toBe(hashOf(Buffer.from("new")));
    expect((await part.readStart(2)).toString()).toBe("ne");
    await part.close();
  });

  it("tells how much is safe on the disk, and never more than was written", async () => {
    const path = join(folder, "synced");
    const told: number[] = [];
    const part = await openPartFile(path, 0, async (bytes) => {
      told.push(bytes);
      expect((await stat(path)).size).toBeGreaterThanOrEqual(bytes);
    });
    const chunk = Buffer.alloc(1 << 20, 1);
    for (let megabyte = 0; megabyte < 150; megabyte += 1) await part.write(chunk);
    await part.sync();
    await part.close();
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toBeGreaterThanOrEqual(64 << 20);
  });

  it("fails with Node's own error, and leaves no open file behind a kept part that is too short", async () => {
    await expect(openPartFile(join(folder, "no", "where"), 0, nothing)).rejects.toMatchObject({ code: "ENOENT" });
    await expect(openPartFile(join(folder, "missing"), 5, nothing)).rejects.toMatchObject({ code: "ENOENT" });
  });
});
