import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { makeScene, type Scene } from "../../scene/scene.ts";
import { record, recordSkipped } from "../record.ts";
import { explainNoMounts, run } from "./mounts.ts";
import { exists, findLosses, hashTree } from "./tree.ts";

// T16: libraries on Windows' file system. No file system here takes `Vase` and `VASE` for the same and still shows names as
// they were written; so the first test keeps them apart where both could be, which is what must hold on all of them.

const [clayVase, otherVase, twinsInside] = [132611, 132622, 132688] as const;
const vases = "iMeshh-Models/Decor/Vases";
const what =
  "a library on Windows' file system: names that differ in case, one mode for all, names shown in lower case";

const reason = explainNoMounts() ?? explainNoNtfs();
if (reason !== null) recordSkipped("T16", what, reason);

function explainNoNtfs(): string | null {
  const missing = ["lowntfs-3g", "mkntfs"].find((program) => spawnSync("which", [program]).status !== 0);
  if (missing !== undefined) return `there is no ${missing}`;
  return existsSync("/dev/fuse") ? null : "there is no /dev/fuse";
}

/** A disk in a file, mounted at `folder` until the test ends. */
async function mountNtfs(scene: Scene, folder: string, options: string): Promise<void> {
  const image = join(scene.folder, "windows.img");
  run("truncate", "-s", "128M", image);
  run("mkntfs", "-q", "-F", "-f", image);
  const loop = spawnSync("losetup", ["--find", "--show", image], { encoding: "utf8" }).stdout.trim();
  onTestFinished(() => void spawnSync("losetup", ["--detach", loop]));
  await mkdir(folder);
  run("lowntfs-3g", "-o", `windows_names,${options}`, loop, folder);
  onTestFinished(() => void spawnSync("umount", ["-l", folder]));
}

/** A zip with these files; Python's own, since two names that differ in case only do not fit into one folder here. */
function makeZip(scene: Scene, name: string, files: Record<string, string>): string {
  const file = join(scene.folder, `${name}.zip`);
  const script =
    "import json,sys,zipfile\nwith zipfile.ZipFile(sys.argv[1],'w') as z:\n for n,t in json.loads(sys.argv[2]).items(): z.writestr(n,t)";
  run("python3", "-c", script, file, JSON.stringify(files));
  return file;
}

it.skipIf(reason !== null)(
  "on Windows' file system products that differ in case, and a person's folder, stay apart",
  { timeout: 180_000 },
  async () => {
    const startedMs = performance.now();
    const scene = await makeScene({
      wanted: [clayVase, otherVase, twinsInside].map((productId) => ({ productId })),
      imeshh: { updates: "auto" },
    });
    await mountNtfs(scene, scene.library, "umask=022");
    const inVases = { "sub-categories": [{ id: 37914, name: "Vases", slug: "vases" }] };
    const offer = (productId: number, top: string, files: Record<string, string>) => {
      const inside = Object.fromEntries(Object.entries(files).map(([name, text]) => [`${top}/${name}`, text]));
      scene.sandbox.updateProduct(productId, {
        fields: inVases,
        archive: { file: makeZip(scene, `${productId}-${files["a.txt"] ?? ""}`, inside) },
      });
    };
    offer(clayVase, "Vase", { "Vase.blend": "BLENDER clay", "a.txt": "one" });
    offer(otherVase, "VASE", { "VASE.blend": "BLENDER other", "a.txt": "other" });
    offer(twinsInside, "Twins", { "File.TXT": "upper", "file.txt": "lower" });
    // A person's own folder, in another case than the shop's.
    const persons = join(scene.library, vases, "vAsE");
    await mkdir(persons, { recursive: true });
    await writeFile(join(persons, "Mine.txt"), "a person's");
    const before = await hashTree(scene.library);

    const daemon = await scene.start();
    const contentOf = async () => {
      const found = new Map<number, string>();
      for (const folder of await scene.assets()) {
        const { productId } = JSON.parse(await readFile(join(scene.library, folder, ".asset.json"), "utf8"));
        expect(found.has(productId)).toBe(false);
        found.set(productId, await readFile(join(scene.library, folder, "a.txt"), "utf8"));
      }
      return found;
    };
    let wrong = 1;
    try {
      const first = await daemon.sync();
      expect(first).toMatchObject({ committed: 2, spent: 3 });
      expect(first.failed).toMatchObject([{ productId: twinsInside, code: expect.stringMatching(/^archive-/) }]);
      expect(await contentOf()).toEqual(
        new Map([
          [clayVase, "one"],
          [otherVase, "other"],
        ]),
      );
      // The update replaces its own asset, not the one beside it, and a second sync has nothing to do.
      offer(clayVase, "vASE", { "vASE.blend": "BLENDER clay 2", "a.txt": "two" });
      expect(await daemon.sync()).toMatchObject({ committed: 1, spent: 1 });
      expect(await daemon.sync()).toMatchObject({ committed: 0, spent: 0 });
      expect(await contentOf()).toEqual(
        new Map([
          [clayVase, "two"],
          [otherVase, "other"],
        ]),
      );
      expect(await daemon.verify()).toMatchObject({ assets: 2, damaged: [] });
      expect(findLosses(before, await hashTree(scene.library))).toEqual([]);
      expect(await exists(join(persons, ".asset.json"))).toBe(false);
      expect(scene.spentAtShop()).toBe(4);
      wrong = 0;
    } finally {
      const ms = Math.round(performance.now() - startedMs);
      record({ test: "T16", what, injections: 1, wrong, secondSpends: 0, seed: null, ms });
      await daemon.stop();
    }
  },
);

it.skipIf(reason !== null).each([
  ["every user may write, whatever mode is asked for", "umask=000", "every user"],
  ["upper and lower case are the same and names come back in lower case", "umask=022,ignore_case", "shows names"],
])(
  "where %s, a library is refused before anything is spent or changed",
  { timeout: 180_000 },
  async (_, options, why) => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    await mountNtfs(scene, scene.library, options);
    const persons = join(scene.library, vases, "Decor_Vase_Clay_01");
    await mkdir(persons, { recursive: true });
    await writeFile(join(persons, "Mine.txt"), "a person's");
    const before = await hashTree(scene.library);
    if (options.includes("ignore_case")) expect(await exists(join(persons, "MINE.TXT"))).toBe(true);
    const daemon = await scene.start();
    const { failed, spent } = await daemon.sync();
    expect({ spent, codes: new Set(failed.map(({ code }) => code)) }).toEqual({
      spent: 0,
      codes: new Set(["library-unfit"]),
    });
    expect(failed[0]?.message).toContain(why);
    expect((await daemon.get([clayVase])).products).toMatchObject([
      { state: "failed", spent: 0, code: "library-unfit" },
    ]);
    expect(await hashTree(scene.library)).toEqual(before);
    expect(scene.spentAtShop()).toBe(0);
    await daemon.stop();
  },
);
