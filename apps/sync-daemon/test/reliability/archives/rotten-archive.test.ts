import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeScene } from "../../scene/scene.ts";

const clayVase = 132611;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";

it("a kept zip that rotted is told by verify, and no longer called a way to mend the asset at no cost", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }] });
  const daemon = await scene.start();
  await daemon.sync();
  expect(await daemon.verify()).toMatchObject({ damaged: [], problems: [] });
  const archives = join(scene.home, "archives");
  const [zip = ""] = (await readdir(archives)).filter((name) => name.endsWith(".zip"));
  const bytes = await readFile(join(archives, zip));
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000);
  await writeFile(join(archives, zip), bytes);
  const told = {
    code: "archive-damaged",
    message: expect.stringMatching(
      /^The kept zip "Decor_Vase_Clay_01_Blender\.zip" of .* the asset itself is whole\.$/,
    ),
  };
  expect(await daemon.verify()).toMatchObject({ damaged: [], problems: [told] });
  await rm(join(scene.library, vaseFolder, "Decor_Vase_Clay_01.blend"));
  expect(await daemon.verify()).toMatchObject({ damaged: [{ productId: clayVase, repairable: false }] });
  expect(scene.spentAtShop()).toBe(1);
});
