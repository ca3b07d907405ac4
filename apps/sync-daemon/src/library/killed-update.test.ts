import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  chairFiles,
  createTemporaryLibrary,
  install,
  newChairFiles,
  readAsset,
  readTree,
} from "./__fixtures__/temporary-library.ts";
import type { Library } from "./open-library.ts";
import { readManifests } from "./read-manifests.ts";
import { recoverLibrary } from "./recover-library.ts";

const chair = "Furniture/Chairs/Chair";
const child = join(import.meta.dirname, "__fixtures__/update-in-child.ts");
const signal = new AbortController().signal;

function isStraceThere(): boolean {
  try {
    execFileSync("strace", ["-e", "inject=rename:signal=KILL:when=9999", "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Runs the update in a child that is killed just before its `nth` call of `call`. Returns what it had said. */
function updateKilledAt(library: Library, call: string, nth: number): string {
  // One thread, since strace counts calls per thread.
  const { stdout } = spawnSync(
    "strace",
    ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", `inject=${call}:signal=KILL:when=${nth}`].concat(
      process.execPath,
      "--disable-warning=ExperimentalWarning",
      child,
      library.folder,
      library.id,
    ),
    { env: { ...process.env, UV_THREADPOOL_SIZE: "1" }, encoding: "utf8" },
  );
  return stdout;
}

/** What a reader finds: no asset, or one that is whole. */
async function expectWhole(library: Library): Promise<string | null> {
  const { assets, unreadable } = await readManifests({ library, signal });
  expect(unreadable).toEqual([]);
  const [asset, ...more] = assets;
  expect(more).toEqual([]);
  if (asset === undefined) {
    expect(existsSync(join(library.folder, chair))).toBe(false);
    return null;
  }
  expect(asset.folder).toBe(chair);
  const isNew = asset.manifest.revision === "2";
  expect(readAsset(library, chair)).toEqual(isNew ? newChairFiles : chairFiles);
  return isNew ? "new" : "old";
}

describe.skipIf(!isStraceThere())("an update killed before every call that changes the disk (needs strace)", () => {
  it.each(["rename", "fsync", "mkdir", "unlink", "rmdir", "fchmod", "chmod"])(
    "%s",
    { timeout: 240_000 },
    async (call) => {
      const seen = new Set<string>();
      for (let nth = 1; nth < 60; nth += 1) {
        const library = await createTemporaryLibrary();
        const { asset } = await install(library, chairFiles);
        const said = updateKilledAt(library, call, nth);
        if (said.includes("done")) break;
        seen.add(`killed, ${await expectWhole(library)}`);

        const recovered = await recoverLibrary({ library });
        expect(recovered.unresolved).toEqual([]);
        const state = await expectWhole(library);
        expect(state).not.toBeNull();
        seen.add(`recovered, ${state}`);
        expect(await recoverLibrary({ library })).toEqual({
          removedStaging: 0,
          restored: [],
          finished: [],
          unresolved: [],
        });
        const left = Object.keys(readTree(library.folder, { sync: true })).filter((path) =>
          /asset-sync-tmp|staging/.test(path),
        );
        expect(left).toEqual([]);

        if (state === "old") await install(library, newChairFiles, { manifest: { revision: "2" }, replaces: asset });
        expect(await expectWhole(library)).toBe("new");
        expect(readdirSync(join(library.folder, ".sync/replaced"))).toHaveLength(1);
      }
      // Else the child was never killed where it matters, and the test would prove nothing.
      if (call === "rename") {
        expect([...seen].sort()).toEqual([
          "killed, new",
          "killed, null",
          "killed, old",
          "recovered, new",
          "recovered, old",
        ]);
      }
    },
  );
});
