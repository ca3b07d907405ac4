import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createTemporaryFolder, failureOf, readTree, writeFiles } from "./__fixtures__/temporary-library.ts";
import { removeTree } from "./remove-tree.ts";

const swapper = join(import.meta.dirname, "__fixtures__/swap-for-link.ts");

it("removes a folder and all in it, and of a link only the link", async () => {
  const [parent, outside] = [createTemporaryFolder(), createTemporaryFolder()];
  writeFiles(outside, { "theirs.txt": "theirs" });
  writeFiles(join(parent, "tree"), { "a/b/c.txt": "c", "d.txt": "d" });
  mkdirSync(join(parent, "tree/empty"));
  symlinkSync(outside, join(parent, "tree/a/link"));
  await removeTree(parent, "tree");
  expect(existsSync(join(parent, "tree"))).toBe(false);
  symlinkSync(outside, join(parent, "tree"));
  expect((await failureOf(removeTree(parent, "tree"))).code).toBe("library-unsafe-path");
  expect(readTree(outside)).toEqual({ "theirs.txt": "theirs" });
});

// Where there is no /proc, folders are looked at by name, which leaves a gap between the look and the use.
it.skipIf(process.platform !== "linux")("never empties what a folder is exchanged for meanwhile", async () => {
  const [parent, outside] = [createTemporaryFolder(), createTemporaryFolder()];
  const names = Array.from({ length: 50 }, (_, number) => `${number}.txt`);
  const files = Object.fromEntries(names.map((name) => [name, name]));
  writeFiles(outside, files);
  const inner = join(parent, "tree/inner");
  mkdirSync(inner, { recursive: true });
  const swapping = spawn(process.execPath, [swapper, inner, outside], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void swapping.kill("SIGKILL"));
  await once(swapping.stdout, "data");
  const endAt = performance.now() + 2_000;
  let met = 0;
  while (performance.now() < endAt) {
    try {
      mkdirSync(inner, { recursive: true });
      for (const name of names) writeFileSync(join(inner, name), name, { flag: "wx" });
    } catch {
      // It is a link now, or was made anew in the instant it was away.
    }
    await removeTree(parent, "tree").catch(() => (met += 1));
    mkdirSync(join(parent, "tree"), { recursive: true });
  }
  swapping.kill("SIGKILL");
  expect(met).toBeGreaterThan(0);
  expect(readTree(outside)).toEqual(files);
});
