import { beforeEach, expect, it } from "vitest";
import type { AssetSummary } from "../domain/manifest.ts";
import { createInstalledIndex, isUpdateWaiting } from "./installed-index.ts";

const asset = (productId: number, revision = "1", downloadId = "d"): AssetSummary =>
  ({
    assetType: "model",
    folder: `F/${productId}`,
    manifest: { productId, downloadId, revision },
    files: 1,
    bytes: 1,
  }) as AssetSummary;

let onDisk: AssetSummary[];
let nowMs: number;
let looks: number;
/** How long a look takes, by the clock of the test. */
let lookMs: number;
beforeEach(() => {
  [onDisk, nowMs, looks, lookMs] = [[asset(1)], 0, 0, 1];
});

const open = () =>
  createInstalledIndex({
    monotonicMs: () => nowMs,
    signal: new AbortController().signal,
    installedAssets: {
      async list() {
        looks += 1;
        nowMs += lookMs;
        return onDisk;
      },
    },
  });
const idsOf = ({ byProduct }: { byProduct: ReadonlyMap<number, unknown> }) => [...byProduct.keys()];

it("looks at a small library again after half a second, and sooner when an event says so", async () => {
  const index = open();
  const first = await index.current();
  expect(await index.current()).toBe(first);
  onDisk = [asset(1), asset(2)];
  index.note({ type: "download-progressed" });
  expect(idsOf(await index.current())).toEqual([1]);
  index.note({ type: "asset-committed" });
  const second = await index.current();
  expect(idsOf(second)).toEqual([1, 2]);
  expect(second.version).toBeGreaterThan(first.version);
  onDisk = [];
  nowMs += 501;
  expect(idsOf(await index.current())).toEqual([]);
  expect(looks).toBe(3);
});

it("lets nobody wait for a large library, unless something is known to have changed", async () => {
  lookMs = 200;
  const index = open();
  await index.current();
  onDisk = [asset(2)];
  nowMs += 3_001;
  expect(idsOf(await index.current())).toEqual([1]);
  // The look in the background has ended meanwhile.
  await new Promise((resolve) => setImmediate(resolve));
  expect(idsOf(await index.current())).toEqual([2]);
  expect(looks).toBe(2);
  onDisk = [asset(3)];
  index.note({ type: "asset-removed" });
  expect(idsOf(await index.current())).toEqual([3]);
  onDisk = [asset(4)];
  expect(idsOf(await index.look())).toEqual([4]);
});

it("keeps its version while the disk shows the same", async () => {
  const index = open();
  const first = await index.current();
  onDisk = [asset(1)];
  expect((await index.look()).version).toBe(first.version);
  onDisk = [asset(1, "2")];
  expect((await index.look()).version).not.toBe(first.version);
});

it.each([
  [[asset(1, "1")], false],
  [[asset(1, "0")], true],
  // A copy that a person made of an older version asks for nothing.
  [[asset(1, "0"), asset(1, "1")], false],
  [[asset(1, "1"), asset(1, "0", "other")], true],
  [[], false],
])("an update waits where an archive is here in other revisions only: %#", (assets, isWaiting) => {
  expect(isUpdateWaiting(assets, "1")).toBe(isWaiting);
});
