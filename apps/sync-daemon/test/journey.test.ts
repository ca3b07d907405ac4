import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { makeScene, type Scene } from "./scene/scene.ts";

const script = fileURLToPath(new URL("../examples/journey.ts", import.meta.url));

/** As a person runs it: nothing of ours but the address and the token in api.json. */
async function runJourney(scene: Scene, words: string[]) {
  const child = spawn(process.execPath, [script, ...words], {
    env: { PATH: process.env.PATH ?? "", ASSET_SYNC_HOME: scene.home },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
    });
  const [status] = (await once(child, "close")) as [number | null];
  return { status, ...said };
}

it("the example finds, prices, gets, follows and reads, with the API alone, and spends once", {
  timeout: 180_000,
}, async () => {
  const scene = await makeScene({ wanted: [] });
  const daemon = await scene.start();
  await daemon.sync();
  const { products } = await daemon.call<{ products: { title: string; productId: number }[] }>(
    "GET",
    "/api/v1/products?freebie=true&limit=1",
  );
  const title = products[0]?.title ?? "";

  const first = await runJourney(scene, title.split(" "));
  expect(first.stderr).toBe("");
  expect(first.status).toBe(0);
  expect(first.stdout).toContain("costs 1 of the 4 downloads left.");
  expect(first.stdout).toContain("  spend-confirmed\n");
  expect(first.stdout).toContain("  asset-committed\n");
  expect(first.stdout).toMatch(/Installed in .* It cost 1\./);
  expect(first.stdout).toMatch(/holds [1-9]\d* files\./);
  expect(scene.spentAtShop()).toBe(1);

  // It is there already.
  const again = await runJourney(scene, title.split(" "));
  expect([again.status, again.stdout.includes("costs 0 of the 3 downloads left.")]).toEqual([0, true]);
  expect(again.stdout).toContain("It cost 0.");
  expect(scene.spentAtShop()).toBe(1);
});
