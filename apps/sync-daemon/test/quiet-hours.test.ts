import { expect, it } from "vitest";
import { makeScene } from "./scene/scene.ts";

const clayVase = 132611;
const wholeDay = [{ from: "00:00", to: "24:00" }];

it("in quiet hours rules begin nothing, catalogs are followed, and what a person asks for comes", async () => {
  const scene = await makeScene();
  await scene.writeConfig({ limits: { quietHours: wholeDay } });
  const daemon = await scene.start();
  const quiet = await daemon.sync();
  expect(quiet).toMatchObject({ committed: 0, spent: 0, planned: 3, products: 22 });
  expect(quiet.failed).toEqual([{ productId: 0, code: "quiet-hours", message: "Quiet hours: 3 products wait." }]);
  expect(await daemon.status()).toMatchObject({ state: "quiet", pausedUntil: null });
  expect(scene.spentAtShop()).toBe(0);

  expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
  await daemon.call("POST", "/api/v1/settings", { changes: { "limits.quietHours": null } });
  expect(await daemon.status()).toMatchObject({ state: "idle" });
  expect(await daemon.sync()).toMatchObject({ committed: 2, spent: 2, failed: [] });
});
