import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("examples/model-to-product-shots.ts makes pictures of a model", async () => {
  const folder = await mkdtemp(join(tmpdir(), "imagine-example-test-"));
  try {
    const example = fileURLToPath(new URL("../examples/model-to-product-shots.ts", import.meta.url));
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, ["--conditions=@org/source", example, folder]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/product \S+: 3d_model_viewer done, silo done/);
    expect(stdout).toMatch(/9\d\d credits are left/);
    expect((await readdir(folder)).sort()).toEqual([
      "chair.glb",
      "chair.png",
      "chair.publish.json",
      "scene-silo-camera-1.jpg",
      "scene-silo-camera-2.jpg",
      "silo-1.jpg",
      "silo-2.jpg",
      "silo-3.jpg",
      "silo-4.jpg",
      "silo-5.jpg",
    ]);
    expect((await readFile(join(folder, "silo-1.jpg"))).length).toBeGreaterThan(100);
  } finally {
    await rm(folder, { recursive: true });
  }
});
