import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  createTemporaryFolder,
  createTemporaryLibrary,
  failureOf,
  readTree,
} from "./__fixtures__/temporary-library.ts";
import { checkLibrary, openLibrary } from "./open-library.ts";
import { createStagingFolder } from "./staging.ts";

const kind = { assetType: "model", source: "imeshh" } as const;
const otherId = "6f1c1f1e-3b57-4a6d-9d2f-0a3f6a2d9b11";

describe("openLibrary", () => {
  it("creates the folder, its marker and nothing else, and finds it again", async () => {
    const folder = join(createTemporaryFolder(), "root", "iMeshh-Models");
    const made = await openLibrary({ folder, ...kind, expectedId: null, createIfAbsent: true });
    expect(Object.keys(readTree(folder, { sync: true }))).toEqual([".asset-sync"]);
    expect(JSON.parse(readTree(folder)[".asset-sync"] ?? "")).toEqual({ format: 1, id: made.id, ...kind });
    expect(await openLibrary({ folder, ...kind, expectedId: made.id })).toEqual(made);
    expect(await openLibrary({ folder, ...kind, expectedId: null })).toEqual(made);
  });

  it("marks a library of iMeshh's own add-on and leaves what it holds", async () => {
    const folder = createTemporaryFolder();
    writeFileSync(join(folder, "blender_assets.cats.txt"), "theirs");
    await openLibrary({ folder, ...kind, expectedId: null });
    expect(readTree(folder)).toMatchObject({ "blender_assets.cats.txt": "theirs" });
  });

  it("does not create the root of a library that may be on a disk not mounted", async () => {
    const root = join(createTemporaryFolder(), "mount");
    const opening = openLibrary({ folder: join(root, "iMeshh-Models"), ...kind, expectedId: null });
    expect(await failureOf(opening)).toMatchObject({ code: "library-missing", message: expect.stringContaining(root) });
    expect(readTree(dirname(root))).toEqual({});
  });

  it.each(["absent", "empty"])("writes nothing where a known library is %s", async (state) => {
    const parent = createTemporaryFolder();
    const folder = join(parent, "iMeshh-Models");
    if (state === "empty") mkdirSync(folder);
    const before = readdirSync(parent);
    const opening = openLibrary({ folder, ...kind, expectedId: otherId, createIfAbsent: true });
    expect((await failureOf(opening)).code).toBe("library-missing");
    expect(readdirSync(parent)).toEqual(before);
    if (state === "empty") expect(readdirSync(folder)).toEqual([]);
  });

  it("refuses another library: by id, kind, source, or a marker it cannot read", async () => {
    const { folder, id } = await createTemporaryLibrary();
    const open = (changes: object) => failureOf(openLibrary({ folder, ...kind, expectedId: id, ...changes }));
    expect((await open({ expectedId: otherId })).code).toBe("library-foreign");
    expect((await open({ assetType: "material" })).code).toBe("library-foreign");
    expect((await open({ source: "other" })).code).toBe("library-foreign");
    for (const marker of ["", "{}", '{"format":2}', "x".repeat(10_000)]) {
      writeFileSync(join(folder, ".asset-sync"), marker);
      expect((await open({})).code).toBe("library-foreign");
      expect((await open({ expectedId: null })).code).toBe("library-foreign");
    }
  });

  it("takes a link as the library's root, and nothing below it", async () => {
    const library = await createTemporaryLibrary();
    const link = join(createTemporaryFolder(), "link");
    symlinkSync(library.folder, link);
    const linked = await openLibrary({ folder: link, ...kind, expectedId: library.id });
    expect(await createStagingFolder(linked)).toContain(`${link}/.sync/staging/`);

    rmSync(join(library.folder, ".sync"), { recursive: true });
    const outside = createTemporaryFolder();
    symlinkSync(outside, join(library.folder, ".sync"));
    expect((await failureOf(openLibrary({ ...library, expectedId: library.id }))).code).toBe("library-foreign");
    expect((await failureOf(checkLibrary(library))).code).toBe("library-foreign");
    expect(readdirSync(outside)).toEqual([]);
  });

  it("says that a library is read-only by trying", async (context) => {
    const { folder, id } = await createTemporaryLibrary();
    try {
      execFileSync("mount", ["--bind", "-o", "ro", folder, folder], { stdio: "ignore" });
      onTestFinished(() => void execFileSync("umount", [folder]));
      execFileSync("mount", ["-o", "remount,bind,ro", folder], { stdio: "ignore" });
    } catch {
      return context.skip("needs the right to mount");
    }
    const opening = openLibrary({ folder, ...kind, expectedId: id });
    expect(await failureOf(opening)).toMatchObject({
      code: "library-read-only",
      message: expect.stringContaining(folder),
    });
  });

  it("says that a disk is full", async (context) => {
    const folder = createTemporaryFolder();
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", folder], { stdio: "ignore" });
    } catch {
      return context.skip("needs the right to mount");
    }
    onTestFinished(() => void execFileSync("umount", [folder]));
    expect(() => writeFileSync(join(folder, "fill"), Buffer.alloc(100_000))).toThrow("ENOSPC");
    expect((await failureOf(openLibrary({ folder, ...kind, expectedId: null }))).code).toBe("disk-full");
  });
});

describe("checkLibrary", () => {
  it("notices a library that vanished, or another one in its place", async () => {
    const library = await createTemporaryLibrary();
    await checkLibrary(library);
    renameSync(library.folder, `${library.folder}.away`);
    expect((await failureOf(checkLibrary(library))).code).toBe("library-missing");
    mkdirSync(library.folder);
    expect((await failureOf(checkLibrary(library))).code).toBe("library-missing");
    await openLibrary({ ...library, expectedId: null });
    expect((await failureOf(checkLibrary(library))).code).toBe("library-foreign");
  });
});
