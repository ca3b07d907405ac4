import { expect, it } from "vitest";
import { makeScene } from "./scene/scene.ts";

const clayVase = 132611;

it("what a person put back stays through every sync, also with updates by themselves, until they ask for the product", {
  timeout: 180_000,
}, async () => {
  const scene = await makeScene({
    wanted: [{ productId: clayVase }],
    imeshh: { updates: "auto", downloadLimit: 20 },
    sandbox: { downloadLimit: 20 },
  });
  const daemon = await scene.start();
  await daemon.sync();
  scene.sandbox.updateProduct(clayVase, { dateModified: "2026-02-02T00:00:00" });
  expect(await daemon.sync()).toMatchObject({ committed: 1 });

  const back = await daemon.repair([clayVase], { previous: true });
  expect(back.repaired[0]?.message).toContain("Updates leave it alone until you `get` the product.");
  expect(await daemon.sync()).toMatchObject({ committed: 0, spent: 0, failed: [] });
  const why = await daemon.why(clayVase);
  expect(why.state).toBe("update-waiting");
  expect(why.reasons[0]?.message).toContain("You went back to this version");

  // Also after a restart, and when there is something newer still.
  await daemon.stop();
  const next = await scene.start();
  scene.sandbox.updateProduct(clayVase, { dateModified: "2026-03-03T00:00:00" });
  expect(await next.sync()).toMatchObject({ committed: 0, spent: 0 });

  expect((await next.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
  scene.sandbox.updateProduct(clayVase, { dateModified: "2026-04-04T00:00:00" });
  expect(await next.sync()).toMatchObject({ committed: 1, spent: 1 });
});

it("is not held back any more once it was put forth again", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }], imeshh: { updates: "auto" } });
  const daemon = await scene.start();
  await daemon.sync();
  scene.sandbox.updateProduct(clayVase, { dateModified: "2026-02-02T00:00:00" });
  await daemon.sync();
  for (const _turn of ["back", "forth"]) await daemon.repair([clayVase], { previous: true });
  scene.sandbox.updateProduct(clayVase, { dateModified: "2026-03-03T00:00:00" });
  expect(await daemon.sync()).toMatchObject({ committed: 1, spent: 1 });
});

it("a product that was never here is not called mended", async () => {
  const scene = await makeScene({ wanted: [] });
  const daemon = await scene.start();
  await daemon.sync();
  const { repaired, failed } = await daemon.repair([99999]);
  expect(repaired).toEqual([]);
  expect(failed).toMatchObject([{ productId: 99999, code: "product-unknown" }]);
});

it("a product that the shop withdrew while it was under way is told as that, with what becomes of the paid download", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }] });
  const daemon = await scene.start();
  const cut = scene.fault({ host: "cdn", kind: "status", status: 404 });
  await daemon.sync();
  scene.sandbox.withdrawProduct(clayVase);
  await daemon.sync();
  const [got] = (await daemon.get([clayVase])).products;
  expect(got?.message).toMatch(/The shop withdrew .* The download that is paid for is finished by the next sync\./);
  expect((await daemon.why(clayVase)).reasons.map(({ code }) => code)).toEqual(["withdrawn", "resumes"]);
  scene.sandbox.removeFault(cut);
});
