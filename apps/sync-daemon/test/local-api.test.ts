import { expect, it } from "vitest";
import { z } from "zod";
import type { ActivityAnswer } from "../src/api/contract/activity.ts";
import { operationRoutes } from "../src/api/contract/operations.ts";
import type { Route } from "../src/api/contract/route.ts";
import { makeScene } from "./scene/scene.ts";

it("every operation of the table is there", async () => {
  const scene = await makeScene();
  const { daemon } = await scene.start();
  const asked = Object.entries(operationRoutes).map(async ([name, route]: [string, Route]) => {
    // What no operation takes: who is there refuses it, and does nothing.
    const address = `${daemon.address}${route.path.replaceAll(/:\w+/g, "0")}`;
    const response = await fetch(route.method === "GET" ? `${address}?unknown=1` : address, {
      method: route.method,
      headers: { authorization: `Bearer ${daemon.token}`, "content-type": "application/json" },
      ...(route.method === "POST" ? { body: '{"unknown":1}' } : {}),
    });
    const { code } = z.object({ code: z.string() }).parse(await response.json());
    return { name, code };
  });
  const missing = (await Promise.all(asked)).filter(({ code }) => code !== "request-invalid");
  expect(missing).toEqual([]);
});

it("metrics and activity tell what a sync did", async () => {
  const scene = await makeScene({ wanted: [{ productId: 132611 }] });
  const daemon = await scene.start();
  const result = await daemon.sync();
  expect(result.committed).toBeGreaterThan(0);
  const url = `${daemon.daemon.address}/metrics`;
  expect((await fetch(url)).status).toBe(401);
  const answer = await fetch(url, { headers: { authorization: `Bearer ${daemon.daemon.token}` } });
  expect(answer.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const lines = (await answer.text()).split("\n");
  const measured = (name: string) => Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length + 1));

  expect(measured("asset_sync_polls_total")).toBe(1);
  expect(measured('asset_sync_syncs_total{outcome="finished"}')).toBe(1);
  expect(measured('asset_sync_catalog_refreshes_total{outcome="replaced"}')).toBe(1);
  expect(measured('asset_sync_spends_total{outcome="confirmed"}')).toBe(result.spent);
  expect(measured('asset_sync_spends_total{outcome="in-doubt"}')).toBe(0);
  expect(measured('asset_sync_install_seconds_count{outcome="installed"}')).toBe(result.committed);
  expect(measured('asset_sync_downloads_total{step="fetched"}')).toBe(result.spent);
  expect(measured("asset_sync_fetched_bytes_total")).toBe(measured("asset_sync_archive_store_bytes"));
  expect(measured("asset_sync_fetched_bytes_total")).toBeGreaterThan(1_000);
  expect(measured("asset_sync_quota_left_downloads")).toBe(3 * result.spent);
  expect(measured("asset_sync_quota_left_lowest_downloads")).toBe(3);
  expect(measured('asset_sync_queue_jobs{kind="transfer",state="waiting"}')).toBe(0);
  expect(measured('asset_sync_disk_free_bytes{volume="library"}')).toBeGreaterThan(0);
  expect(measured('asset_sync_process_memory_bytes{kind="resident"}')).toBeGreaterThan(1_000_000);
  expect(measured("asset_sync_catalog_products")).toBe(result.products);
  // Each one of ours, with a base unit, and nothing of the library's own.
  for (const line of lines.filter((one) => one !== "" && !one.startsWith("#"))) expect(line).toMatch(/^asset_sync_/);

  const { events } = await daemon.call<ActivityAnswer>("GET", "/api/v1/activity?limit=1000");
  expect(events[0]?.type).toBe("sync-finished");
  expect(events.map(({ id }) => id)).toEqual(events.map(({ id }) => id).toSorted((one, other) => other - one));
  expect(events.filter(({ type }) => type === "asset-committed")).toHaveLength(result.committed);
  expect((await daemon.call<ActivityAnswer>("GET", "/api/v1/activity?limit=1")).events).toEqual(events.slice(0, 1));
});
