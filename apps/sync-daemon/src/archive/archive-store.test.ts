import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { NewReceipt } from "./archive-receipt.ts";
import { openArchiveStore } from "./archive-store.ts";

const { signal } = new AbortController();
const bytes = Buffer.from("the bytes of an archive");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const receipt: NewReceipt = {
  source: "imeshh",
  productId: 7,
  downloadId: "abc_8k",
  revision: "2026-01-01T00:00:00",
  archiveName: "Wood_8k.zip",
  bytes: bytes.length,
  fetchedAt: "2026-01-02T03:04:05.000Z",
};
const key = { productId: 7, downloadId: "abc_8k", revision: receipt.revision };
const full = { ...receipt, format: 1, sha256, refused: null };

let scratch: string;
let folder: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), "store-"));
  folder = join(scratch, "archives");
});
afterEach(async () => {
  await rm(scratch, { recursive: true, force: true });
});

async function arrive(content: Buffer = bytes): Promise<string> {
  const path = join(scratch, "arrived.zip");
  await writeFile(path, content);
  return path;
}

describe("the archive store", () => {
  it("takes an archive over and finds it again, also after a restart", async () => {
    const store = await openArchiveStore({ folder });
    expect(store.find(key)).toBeUndefined();
    const path = await arrive();
    await store.keep({ path, sha256, receipt });
    expect(existsSync(path)).toBe(false);
    expect(readFileSync(store.pathOf(sha256))).toEqual(bytes);
    expect(readdirSync(folder).sort()).toEqual([`${sha256}.json`, `${sha256}.zip`]);
    for (const opened of [store, await openArchiveStore({ folder })]) {
      expect(opened.find(key)).toEqual(full);
      expect(opened.list()).toEqual([full]);
      expect(opened.totalBytes()).toBe(bytes.length);
      expect(await opened.verify(sha256, { signal })).toBe("intact");
    }
    expect(store.find({ ...key, revision: "other" })).toBeUndefined();
    expect(store.find({ ...key, downloadId: "other" })).toBeUndefined();
    expect(store.find({ ...key, productId: 8 })).toBeUndefined();
  });

  it("keeps one archive with a receipt for each download that brought it", async () => {
    const store = await openArchiveStore({ folder });
    const other = { ...receipt, downloadId: "abc_16k" };
    await store.keep({ path: await arrive(), sha256, receipt });
    // At once, as two downloads that end together do.
    await Promise.all([
      store.keep({ path: await arrive(), sha256, receipt: other }),
      store.keep({ path: store.pathOf(sha256), sha256, receipt: { ...receipt, productId: 9 } }),
      store.keep({ path: store.pathOf(sha256), sha256, receipt: { ...receipt, fetchedAt: "later" } }),
    ]);
    const reopened = await openArchiveStore({ folder });
    expect(reopened.list().map(({ productId, downloadId, fetchedAt }) => [productId, downloadId, fetchedAt])).toEqual([
      [7, "abc_16k", receipt.fetchedAt],
      [9, "abc_8k", receipt.fetchedAt],
      [7, "abc_8k", "later"],
    ]);
    expect(reopened.totalBytes()).toBe(bytes.length);
  });

  it("finishes what a crash interrupted, at whichever step", async () => {
    const store = await openArchiveStore({ folder });
    // Receipt written, archive not yet moved.
    await store.keep({ path: await arrive(), sha256, receipt });
    await rm(store.pathOf(sha256));
    const after = await openArchiveStore({ folder });
    expect(after.find(key)).toBeUndefined();
    await after.keep({ path: await arrive(), sha256, receipt });
    expect(after.find(key)).toEqual(full);
    // Archive moved, the caller did not hear of it.
    const again = await openArchiveStore({ folder });
    await again.keep({ path: join(scratch, "arrived.zip"), sha256, receipt });
    expect(again.list()).toEqual([full]);
    // Neither is there.
    await again.remove(sha256);
    await expect(again.keep({ path: join(scratch, "arrived.zip"), sha256, receipt })).rejects.toMatchObject({
      name: "Failure",
    });
  });

  it("does not trust an archive of another length, nor a damaged receipt, and removes unfinished files", async () => {
    const store = await openArchiveStore({ folder });
    await store.keep({ path: await arrive(), sha256, receipt });
    await writeFile(store.pathOf(sha256), "cut");
    await writeFile(join(folder, `${sha256}.zip.1234.part`), "unfinished");
    const reopened = await openArchiveStore({ folder });
    expect(reopened.find(key)).toBeUndefined();
    expect(readdirSync(folder).sort()).toEqual([`${sha256}.json`, `${sha256}.zip`]);
    // A fresh download replaces it.
    await reopened.keep({ path: await arrive(), sha256, receipt });
    expect(await reopened.verify(sha256, { signal })).toBe("intact");

    for (const damaged of [
      "",
      "{",
      "[]",
      '{"format":2,"receipts":[]}',
      '{"format":1,"receipts":[{"sha256":"../x"},3,null]}',
    ]) {
      await writeFile(join(folder, `${sha256}.json`), damaged);
      expect((await openArchiveStore({ folder })).list()).toEqual([]);
    }
  });

  it("remembers why an archive was refused, for every download of it, and can forget it", async () => {
    const store = await openArchiveStore({ folder });
    await store.keep({ path: await arrive(), sha256, receipt });
    const refused = { code: "archive-unsafe-path", message: "It would." } as const;
    await store.markRefused(sha256, refused);
    await store.keep({ path: await arrive(), sha256, receipt: { ...receipt, downloadId: "abc_16k" } });
    const reopened = await openArchiveStore({ folder });
    expect(reopened.list().map((one) => one.refused)).toEqual([refused, refused]);
    await reopened.markRefused(sha256, null);
    expect((await openArchiveStore({ folder })).find(key)).toEqual(full);
  });

  it("finds rot, and forgets what is removed", async () => {
    const store = await openArchiveStore({ folder });
    await store.keep({ path: await arrive(), sha256, receipt });
    const rotten = Buffer.from(bytes);
    rotten.writeUInt8(0, 3);
    await writeFile(store.pathOf(sha256), rotten);
    expect(await store.verify(sha256, { signal })).toBe("damaged");
    await expect(store.verify(sha256, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "stopped" });
    await store.remove(sha256);
    expect(await store.verify(sha256, { signal })).toBe("missing");
    expect(store.list()).toEqual([]);
    expect(store.totalBytes()).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
  });

  it("brings a removal to its end that was killed at any step, and takes nothing with it that was kept again", async () => {
    const store = await openArchiveStore({ folder });
    await store.keep({ path: await arrive(), sha256, receipt });
    const receipts = join(folder, `${sha256}.json`);
    const mark = join(folder, `${sha256}.removed`);
    // Decided, the zip is still there; then the zip is gone.
    for (const isZipThere of [true, false]) {
      await rename(receipts, mark);
      if (!isZipThere) await rm(store.pathOf(sha256));
      expect((await openArchiveStore({ folder })).list()).toEqual([]);
      expect(readdirSync(folder)).toEqual([]);
      await (await openArchiveStore({ folder })).keep({ path: await arrive(), sha256, receipt });
    }

    // The zip could not be removed (a folder in its place stands for a disk that fails), and comes once more.
    await rm(store.pathOf(sha256));
    await mkdir(store.pathOf(sha256));
    const failing = await openArchiveStore({ folder });
    await expect(failing.remove(sha256)).rejects.toMatchObject({ name: "Failure" });
    expect(existsSync(mark)).toBe(true);
    await rm(store.pathOf(sha256), { recursive: true });
    await failing.keep({ path: await arrive(), sha256, receipt });
    expect(readdirSync(folder).sort()).toEqual([`${sha256}.json`, `${sha256}.zip`]);
    // A mark that a power cut brought back beside new receipts.
    await writeFile(mark, "");
    expect((await openArchiveStore({ folder })).find(key)).toEqual(full);
    expect(readdirSync(folder).sort()).toEqual([`${sha256}.json`, `${sha256}.zip`]);
  });

  it("uses no hash as a path that is none", async () => {
    const store = await openArchiveStore({ folder });
    expect(() => store.pathOf("../../etc/passwd")).toThrow();
    await expect(store.keep({ path: await arrive(), sha256: "../x", receipt })).rejects.toMatchObject({
      name: "Failure",
    });
  });

  it.skipIf(!existsSync("/dev/shm"))("moves an archive from another device, and only whole", async () => {
    const elsewhere = await mkdtemp("/dev/shm/store-");
    try {
      const store = await openArchiveStore({ folder });
      const path = join(elsewhere, "arrived.zip");
      await writeFile(path, bytes);
      await store.keep({ path, sha256, receipt });
      expect(existsSync(path)).toBe(false);
      expect(await store.verify(sha256, { signal })).toBe("intact");
      await store.remove(sha256);

      await writeFile(path, "other bytes");
      await expect(store.keep({ path, sha256, receipt })).rejects.toMatchObject({ code: "download-damaged" });
      expect(existsSync(path)).toBe(true);
      expect(existsSync(store.pathOf(sha256))).toBe(false);
    } finally {
      await rm(elsewhere, { recursive: true });
    }
  });
});
