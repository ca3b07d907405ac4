// What a person sees of the shop's catalog through the API: search, facets, favourites, and what is on disk.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { Facets, ProductDetail, SearchResult } from "../src/api/contract/products.ts";
import { makeScene, type TestDaemon } from "./scene/scene.ts";

vi.setConfig({ testTimeout: 120_000 });

const clayVase = 132611;

const search = (daemon: TestDaemon, query: string) => daemon.call<SearchResult>("GET", `/api/v1/products?${query}`);
const idsOf = (found: SearchResult) => found.products.map(({ productId }) => productId);

it("tells what is on disk, and notices what a person removes", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }] });
  const daemon = await scene.start();
  await daemon.sync();
  const found = await search(daemon, "onDisk=true");
  expect(idsOf(found)).toEqual([clayVase]);
  expect(found.products[0]).toMatchObject({ isUpdateWaiting: false, quota: { spent: 1, left: 3 } });
  expect(found.products[0]?.folder).toMatch(/^iMeshh-Models/);
  expect((await search(daemon, "minLeft=4&limit=1")).total).toBe(21);

  scene.sandbox.updateProduct(clayVase, { fields: { name: "Repainted Vase" } });
  await daemon.sync();
  expect(idsOf(await search(daemon, "updateWaiting=true"))).toEqual([clayVase]);
  expect(await daemon.call<Facets>("GET", "/api/v1/facets")).toMatchObject({ total: 22, onDisk: 1, updateWaiting: 1 });

  await rm(join(scene.library, found.products[0]?.folder ?? "none"), { recursive: true });
  expect((await daemon.call<ProductDetail>("GET", `/api/v1/products/${clayVase}`)).folder).toBe(null);
  expect((await search(daemon, "onDisk=true")).total).toBe(0);
});

it("keeps favourites over a new catalog, a restart and the shop's change of mind", async () => {
  const scene = await makeScene({ wanted: [] });
  const daemon = await scene.start();
  await daemon.sync();
  const mark = (on: TestDaemon, id: string, isFavourite: boolean) =>
    on.call("POST", `/api/v1/products/${id}/favourite`, { isFavourite });
  expect(await mark(daemon, "clay-vase-01", true)).toEqual({ productId: clayVase, isFavourite: true });
  await expect(mark(daemon, "no-such-vase", true)).rejects.toThrow("404");
  expect(idsOf(await search(daemon, "favourite=true"))).toEqual([clayVase]);

  scene.sandbox.withdrawProduct(clayVase);
  await daemon.sync();
  expect((await search(daemon, "favourite=true")).total).toBe(0);
  scene.sandbox.publishProduct(clayVase);
  await daemon.stop();
  const again = await scene.start();
  await again.sync();
  expect(idsOf(await search(again, "favourite=true&text=vase"))).toEqual([clayVase]);
  expect((await again.call<ProductDetail>("GET", `/api/v1/products/${clayVase}`)).isFavourite).toBe(true);
  await mark(again, String(clayVase), false);
  expect((await search(again, "favourite=true")).total).toBe(0);
});

it("says of each zip how long it is and what fetching it now would cost", async () => {
  const scene = await makeScene({ wanted: [{ productId: clayVase }], imeshh: { keepInReserve: 1 } });
  scene.fault({ host: "cdn", path: "*Decor_Vase_Clay_01*.zip", kind: "cut", afterBytes: 100, times: 99 });
  const daemon = await scene.start();
  const show = async () => {
    const { archives, isLastDownload, quota } = await daemon.call<ProductDetail>("GET", `/api/v1/products/${clayVase}`);
    const [{ bytes, cost, isInstalled } = { bytes: -1, cost: -1, isInstalled: false }] = archives;
    return { bytes, cost, isInstalled, isLastDownload, left: quota.left };
  };
  await daemon.sync();
  // Paid for, and only partly here: its length is known from the transfer that broke.
  const begun = await show();
  expect(begun).toMatchObject({ cost: 0, isInstalled: false, isLastDownload: false, left: 3 });
  expect(begun.bytes).toBeGreaterThan(50_000);
  scene.sandbox.clearFaults();
  await daemon.get([clayVase]);
  expect(await show()).toEqual({ ...begun, isInstalled: true });

  // A newer version is another zip: nothing is known of it, and it costs one.
  scene.sandbox.updateProduct(clayVase, { fields: { name: "Repainted Vase" } });
  await daemon.sync();
  expect(await show()).toEqual({ bytes: null, cost: 1, isInstalled: true, isLastDownload: false, left: 3 });
  await scene.writeConfig({ imeshh: { keepInReserve: 3 } });
  await daemon.stop();
  const careful = await scene.start();
  expect(await careful.call("GET", `/api/v1/products/${clayVase}`)).toMatchObject({ isLastDownload: true });
});
