import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { appendFile, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeZip } from "../../../src/archive/__fixtures__/make-zip.ts";
import type { Scene, TestDaemon } from "../../scene/scene.ts";

/** The product that goes through its whole life. */
export const product = 132611;
const models = "iMeshh-Models";
export const assetFolder = `${models}/Decor/Vases/Decor_Vase_Clay_01`;

/** One step in the life of an asset: what the shop and the person did before, and the command that is killed in it. */
export interface Phase {
  readonly name: string;
  readonly args: readonly string[];
  /** Changes shop and library to what they are before the command. Returns the files a person made or removed. */
  prepare(scene: Scene): Promise<{ made?: string[]; removed?: string[] }>;
  /** The same as the command, by the API of a daemon that was started after the kill. */
  again(daemon: TestDaemon): Promise<unknown>;
  /** Links that the shop hands out when nothing goes wrong. */
  readonly links: 0 | 1;
  /** Bringing it to its end again may leave the library as it was before: there is no intent on disk to go on with. */
  readonly mayStayAsBefore?: true;
}

const revisions = ["2026-01-01T00:00:00", "2026-02-02T00:00:00", "2026-03-03T00:00:00"] as const;

/** Writes an archive of a product: `files` files of about `bytes` in all that no zip can shrink, alike but for `version`. */
export async function writeArchive(
  path: string,
  archive: { files: number; bytes: number; version: number },
): Promise<void> {
  const each = Math.floor(archive.bytes / archive.files);
  const noise = randomBytes(each);
  const members = Array.from({ length: archive.files }, (_, index) => {
    const data = Buffer.from(noise);
    data.write(`file ${index} of version ${archive.version}`);
    const name = index === 0 ? "Decor_Vase_Clay_01.blend" : `textures/part-${index}.png`;
    return { name: `Decor_Vase_Clay_01/${name}`, data, stored: true };
  });
  await writeFile(path, makeZip(members));
}

/** Twenty files, 3 MB, through everything that may happen to them. In this order: each begins where the last one ended. */
export function makePhases(folder: string): Phase[] {
  const putUp = async (scene: Scene, version: 1 | 2 | 3): Promise<void> => {
    const file = join(folder, `version-${version}.zip`);
    await writeArchive(file, { files: 20, bytes: 3_000_000, version });
    scene.sandbox.updateProduct(product, { archive: { file }, dateModified: revisions[version - 1] });
  };
  return [
    {
      name: "install",
      args: ["sync", "--json"],
      links: 1,
      async prepare(scene) {
        await putUp(scene, 1);
        return {};
      },
      again: (daemon) => daemon.sync(),
    },
    {
      name: "update",
      args: ["sync", "--json"],
      links: 1,
      async prepare(scene) {
        await putUp(scene, 2);
        return {};
      },
      again: (daemon) => daemon.sync(),
    },
    {
      name: "update of an edited asset",
      args: ["get", String(product), "--json"],
      links: 1,
      async prepare(scene) {
        await putUp(scene, 3);
        const edited = join(assetFolder, "textures/part-3.png");
        const added = join(assetFolder, "my-light.blend");
        const own = join(models, "My own", "chair.blend");
        await appendFile(join(scene.library, edited), "painted over");
        await writeFile(join(scene.library, added), "BLENDER of mine");
        await mkdir(join(scene.library, models, "My own"));
        await writeFile(join(scene.library, own), "BLENDER, a chair of mine");
        // Learns of the new version, and leaves it to the person because of the edits.
        const daemon = await scene.start();
        const { failed } = await daemon.sync();
        await daemon.stop();
        if (failed[0]?.code !== "asset-edited") throw new Error(`The sync said ${JSON.stringify(failed)}.`);
        return { made: [edited, added, own] };
      },
      again: (daemon) => daemon.get([product]),
    },
    {
      name: "catalog file merge",
      args: ["sync", "--json"],
      links: 0,
      async prepare(scene) {
        const file = join(scene.library, models, "blender_assets.cats.txt");
        await appendFile(file, "0b9d9b5e-0000-4000-8000-00000000aaaa:My own/Chairs:My chairs\n");
        const served = readFileSync(file, "utf8").split("\n").slice(0, -2).join("\n");
        scene.sandbox.setCatalogFile("model", `${served}\n0b9d9b5e-0000-4000-8000-00000000bbbb:New/Things:Things\n`);
        return {};
      },
      again: (daemon) => daemon.sync(),
    },
    {
      name: "return to the version before",
      args: ["repair", String(product), "--previous", "--json"],
      links: 0,
      mayStayAsBefore: true,
      prepare: async () => ({}),
      // Asked for again, it would bring back the newer one.
      again: (daemon) => daemon.verify(),
    },
    {
      name: "repair",
      args: ["repair", "--json"],
      links: 0,
      async prepare(scene) {
        const removed = join(assetFolder, "textures/part-7.png");
        await rm(join(scene.library, removed));
        return { removed: [removed] };
      },
      again: (daemon) => daemon.repair(),
    },
    {
      name: "withdrawal of a product whose asset a person removed",
      args: ["sync", "--json"],
      links: 0,
      async prepare(scene) {
        scene.sandbox.withdrawProduct(product);
        await rm(join(scene.library, assetFolder), { recursive: true });
        return {};
      },
      again: (daemon) => daemon.sync(),
    },
  ];
}
