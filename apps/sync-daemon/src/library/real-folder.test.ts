import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { createTemporaryFolder, failureOf, readTree } from "./__fixtures__/temporary-library.ts";
import { findKind, withRealFolder } from "./real-folder.ts";

const swapper = join(import.meta.dirname, "__fixtures__/swap-for-link.ts");

describe("withRealFolder", () => {
  it("reaches folders, makes missing ones if told to, and refuses links and files on the way", async () => {
    const library = { folder: createTemporaryFolder() };
    const outside = createTemporaryFolder();
    const write = (folder: string, createMissing: boolean) =>
      withRealFolder({ library, folder, createMissing }, (path) => writeFile(join(path, "x"), "x"));
    await write("", false);
    await write("a/b", true);
    await expect(write("c", false)).rejects.toMatchObject({ code: "ENOENT" });
    symlinkSync(outside, join(library.folder, "link"));
    writeFileSync(join(library.folder, "file"), "file");
    for (const folder of ["link", "link/a", "file", "file/a"]) {
      expect((await failureOf(write(folder, true))).code).toBe("library-unsafe-path");
    }
    for (const folder of ["..", "a/../..", "/etc", "a//b", "./a", "a\0b"]) {
      expect((await failureOf(write(folder, true))).code).toBe("unexpected");
    }
    expect(Object.keys(readTree(library.folder))).toEqual(["a/b/x", "file", "link", "x"]);
    expect(readTree(outside)).toEqual({});
  });

  it("findKind tells folders from what is none, without following links", async () => {
    const library = { folder: createTemporaryFolder() };
    mkdirSync(join(library.folder, "a"));
    symlinkSync("a", join(library.folder, "link"));
    expect(await findKind(library, "a")).toBe("folder");
    expect(await findKind(library, "a/b")).toBe("absent");
    expect(await findKind(library, "link")).toBe("other");
    expect((await failureOf(findKind(library, "link/b"))).code).toBe("library-unsafe-path");
  });

  // Where there is no /proc, folders are looked at by name, which leaves a gap between the look and the use.
  it.skipIf(process.platform !== "linux").each(["Furniture", "Furniture/Chairs"])(
    "never leaves the library while somebody swaps %s for a link again and again",
    async (swapped) => {
      const library = { folder: createTemporaryFolder() };
      const outside = createTemporaryFolder();
      mkdirSync(join(library.folder, "Furniture/Chairs"), { recursive: true });
      mkdirSync(join(outside, "Chairs"));
      const swapping = spawn(process.execPath, [swapper, join(library.folder, swapped), outside], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      onTestFinished(() => void swapping.kill("SIGKILL"));
      await once(swapping.stdout, "data");
      let writes = 0;
      let refusals = 0;
      const endAt = performance.now() + 2_000;
      for (let tries = 0; performance.now() < endAt; tries += 1) {
        try {
          await withRealFolder({ library, folder: "Furniture/Chairs", createMissing: true }, (path) =>
            writeFile(join(path, String(tries)), "x"),
          );
          writes += 1;
        } catch (error) {
          refusals += 1;
          expect(error).toBeInstanceOf(Error);
        }
      }
      swapping.kill("SIGKILL");
      expect(writes).toBeGreaterThan(0);
      expect(refusals).toBeGreaterThan(0);
      expect(readTree(outside)).toEqual({});
    },
  );
});
