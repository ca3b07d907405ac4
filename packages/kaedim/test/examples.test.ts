import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

it("examples/image-to-model.ts makes a model of a picture", async () => {
  const folder = await mkdtemp(join(tmpdir(), "kaedim-example-test-"));
  try {
    const example = fileURLToPath(new URL("../examples/image-to-model.ts", import.meta.url));
    const run = promisify(execFile);
    const { stdout, stderr } = await run(process.execPath, ["--conditions=@org/source", example, folder]);
    expect(stderr).toBe("");
    expect(stdout).toMatch(/request \S+ is taken[\s\S]*: completed\n/);
    expect(stdout).toMatch(/webhook: request \S+ is done/);
    expect((await readdir(folder)).sort()).toEqual(["chair.glb", "chair.mtl", "chair.obj", "chair.png"]);
    expect((await readFile(join(folder, "chair.glb"))).subarray(0, 4).toString()).toBe("glTF");
  } finally {
    await rm(folder, { recursive: true });
  }
});
