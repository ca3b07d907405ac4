import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { createTemporaryFolder } from "./__fixtures__/temporary-library.ts";
import { isTemporaryName, writeFileAtomic } from "./write-file-atomic.ts";

it("replaces the whole file and leaves nothing beside it", async () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "a.txt");
  writeFileSync(path, "old and longer");
  chmodSync(path, 0o600);
  expect(await writeFileAtomic({ path, text: "new", mode: 0o664 })).toBe(true);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(statSync(path).mode & 0o777).toBe(0o664);
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

it("replaces a link instead of writing through it", async () => {
  const folder = createTemporaryFolder();
  writeFileSync(join(folder, "outside"), "untouched");
  symlinkSync("outside", join(folder, "link"));
  await writeFileAtomic({ path: join(folder, "link"), text: "new" });
  expect(readFileSync(join(folder, "outside"), "utf8")).toBe("untouched");
  expect(lstatSync(join(folder, "link")).isFile()).toBe(true);
});

it("replaces nothing and leaves nothing if the last look says no, or fails", async () => {
  const folder = createTemporaryFolder();
  const path = join(folder, "a.txt");
  writeFileSync(path, "old");
  expect(await writeFileAtomic({ path, text: "new", confirm: () => false })).toBe(false);
  const failing = writeFileAtomic({
    path,
    text: "new",
    confirm: () => {
      throw new Error("no");
    },
  });
  await expect(failing).rejects.toThrow("no");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(folder)).toEqual(["a.txt"]);
});

it("removes its temporary file if the rename fails", async () => {
  const folder = createTemporaryFolder();
  await expect(writeFileAtomic({ path: join(folder, "gone", "a.txt"), text: "x" })).rejects.toMatchObject({
    code: "ENOENT",
  });
  writeFileSync(join(folder, "keep"), "");
  // A folder in the place of the file: the rename fails after the temporary file was written.
  mkdirSync(join(folder, "folder", "inner"), { recursive: true });
  await expect(writeFileAtomic({ path: join(folder, "folder"), text: "x" })).rejects.toMatchObject({ code: "EISDIR" });
  expect(readdirSync(folder).sort()).toEqual(["folder", "keep"]);
});

it("names its temporary files so that they are known after a crash", async () => {
  const folder = createTemporaryFolder();
  const seen: string[] = [];
  await writeFileAtomic({
    path: join(folder, "a.txt"),
    text: "x",
    confirm: () => {
      seen.push(...readdirSync(folder));
      return true;
    },
  });
  expect(seen).toHaveLength(1);
  expect(seen.every(isTemporaryName)).toBe(true);
  expect(isTemporaryName("a.txt")).toBe(false);
  expect(isTemporaryName(".hidden.asset-sync-tmp")).toBe(false);
  expect(existsSync(join(folder, "a.txt"))).toBe(true);
});
