import { describe, expect, it } from "vitest";
import type { PlanPreview } from "../src/api/contract/plan.ts";
import { makeScene, type TestDaemon } from "./scene/scene.ts";

const linkPath = "/wp-json/imeshh/product-information/download-link";

const preview = (daemon: TestDaemon, wanted: unknown[], more = {}) =>
  daemon.call<PlanPreview>("POST", "/api/v1/plan/preview", { wanted, ...more });

describe("a preview of rules that are in no file", () => {
  it("prices them, counts what each selects, and changes and spends nothing", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.clearRequests();

    expect(await preview(daemon, [])).toMatchObject({
      price: { downloads: 0 },
      counts: { download: 0, update: 0, keep: 0, defer: 0 },
      selected: [],
      items: [],
      isCut: false,
    });
    const free = await preview(daemon, [{ freebie: true }]);
    expect(free).toMatchObject({ price: { downloads: 3, unknownSizes: 3 }, counts: { download: 3 }, selected: [3] });
    expect(free.items.map(({ action, cost }) => [action, cost])).toEqual(Array(3).fill(["download", 1]));
    expect(free.price.freeBytes).toBeGreaterThan(0);

    const rules = [{ freebie: true }, { assetType: "model" }, { assetType: "model" }];
    const more = await preview(daemon, rules, { limit: 2 });
    expect(more.selected[0]).toBe(3);
    expect(more.selected[1]).toBeGreaterThan(0);
    // What an earlier rule selects is not counted again.
    expect(more.selected[2]).toBe(0);
    expect(more.items).toHaveLength(2);
    expect(more.isCut).toBe(true);
    expect(more.counts.download).toBe(more.price.downloads);
    expect(more.counts.download).toBe(more.selected.reduce((sum, count) => sum + count, 0));

    // The subscription is asked for once, however often a person types; nothing else leaves the machine.
    await preview(daemon, rules);
    const asked = scene.sandbox.requests().filter(({ path }) => !path.includes("token"));
    expect(asked.length).toBeLessThanOrEqual(1);
    expect(scene.sandbox.requests({ path: linkPath })).toEqual([]);
    expect(await daemon.plan()).toMatchObject({ items: [], price: { downloads: 0 } });
    expect(scene.spentAtShop()).toBe(0);
  });

  it("refuses what the configuration would refuse, in its words", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start();
    await daemon.sync();
    await expect(preview(daemon, [{ updates: "auto" }])).rejects.toThrow(/422.*Rule 1: .*selects something/);
    await expect(preview(daemon, [{ nonsense: 1 }])).rejects.toThrow(/400/);
  });
});
