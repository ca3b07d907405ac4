import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { DownloadEntry, DownloadsAnswer } from "../src/api/contract/downloads.ts";
import { callDaemon, statusOfDaemon } from "./scene/call-daemon.ts";
import { startCommand } from "./scene/command.ts";
import { makeScene, type Scene, type TestDaemon, until } from "./scene/scene.ts";

// Products of the sample shop, and where a link is asked for.
const clayVase = 132611;
const glazedBowl = 132622;
const vaseFolder = "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01";
const linkPath = "/wp-json/imeshh/product-information/download-link";
const vaseArchive = "/2025/06/28170130/Decor_Vase_Clay_01_Blender.zip";

/** Each test starts a daemon or two and moves megabytes; on a busy machine that takes its time. */
const timeout = 240_000;

interface Requested {
  accepted: { productId: number; cost: number }[];
  refused: { product: number | string; code: string }[];
}

const list = (daemon: TestDaemon) => daemon.call<DownloadsAnswer>("GET", "/api/v1/downloads");
const request = (daemon: TestDaemon, products: (number | string)[], more = {}) =>
  daemon.call<Requested>("POST", "/api/v1/downloads/requests", { products, ...more });
const act = (daemon: TestDaemon, { id }: Pick<DownloadEntry, "id">, action: string, body = {}) =>
  daemon.call<DownloadsAnswer>("POST", `/api/v1/downloads/${id}/${action}`, body);
const linksAskedFor = (scene: Scene) => scene.sandbox.requests({ path: linkPath }).length;
const rangesAskedFor = (scene: Scene) =>
  scene.sandbox.requests({ path: vaseArchive }).map(({ headers }) => headers.range ?? "");
const actionsOf = ({ actions }: DownloadEntry) => actions.map(({ action, cost }) => `${action} ${cost}`);

async function entryOf(daemon: TestDaemon, productId: number): Promise<DownloadEntry> {
  const entry = (await list(daemon)).downloads.find((one) => one.productId === productId);
  if (entry === undefined) throw new Error(`${productId} is not listed`);
  return entry;
}

const untilState = (daemon: TestDaemon, productId: number, state: DownloadEntry["state"]) =>
  until(
    `${productId} to be ${state}`,
    async () => {
      const { downloads } = await list(daemon);
      return downloads.find((one) => one.productId === productId && one.state === state);
    },
    180_000,
  );

/** The vase's zip becomes six megabytes, of which four arrive and then nothing more. */
async function stallTheVase(scene: Scene): Promise<number> {
  const parts = join(scene.folder, "part.bin");
  const file = join(scene.folder, "large.zip");
  await writeFile(parts, randomBytes(6_000_000));
  const zip = [
    "import sys,zipfile",
    "z=zipfile.ZipFile(sys.argv[1],'w')",
    "z.write(sys.argv[2],'Decor_Vase_Clay_01/part.bin')",
    "z.writestr('Decor_Vase_Clay_01/Decor_Vase_Clay_01.blend','BLENDER')",
    "z.close()",
  ];
  execFileSync("python3", ["-c", zip.join("\n"), file, parts]);
  scene.sandbox.updateProduct(clayVase, { archive: { file } });
  return scene.fault({ host: "cdn", path: vaseArchive, kind: "stall", afterBytes: 4_000_000 });
}

async function untilItStalls(scene: Scene): Promise<void> {
  const partial = join(scene.home, "partial");
  await until(
    "three megabytes on the disk",
    async () => {
      const part = (await readdir(partial)).find((name) => name.endsWith(".part"));
      return part !== undefined && (await stat(join(partial, part))).size >= 3_000_000;
    },
    180_000,
  );
}

describe("a download that a person holds", { timeout }, () => {
  it("goes on by range over the same link, however the shop charges", async () => {
    const scene = await makeScene({ wanted: [], imeshh: { downloadLimit: 9 }, sandbox: { downloadLimit: 9 } });
    const daemon = await scene.start();
    let counted = 0;
    for (const charging of ["link", "first-byte", "completion", "every-request"] as const) {
      scene.sandbox.patchState({ charging });
      const stall = await stallTheVase(scene);
      await daemon.sync();
      scene.sandbox.clearRequests();
      expect(await request(daemon, [clayVase])).toEqual({ accepted: [{ productId: clayVase, cost: 1 }], refused: [] });
      await untilItStalls(scene);
      const running = await untilState(daemon, clayVase, "downloading");
      expect(running).toMatchObject({ cost: 0, requester: "person", title: "Clay Vase 01" });
      expect(actionsOf(running)).toEqual(["hold 0", "cancel 0"]);

      const held = (await act(daemon, running, "hold")).downloads[0];
      expect(held).toMatchObject({ state: "held", cost: 0, failure: null });
      expect(held?.bytes).toBeGreaterThan(3_000_000);
      scene.sandbox.removeFault(stall);
      expect(await daemon.sync()).toMatchObject({ planned: 0, committed: 0, spent: 0, failed: [] });
      expect(actionsOf(await entryOf(daemon, clayVase))).toEqual(["resume 0", "cancel 0"]);
      await act(daemon, running, "resume");
      const done = await until("the vase", async () => {
        const { downloads } = await list(daemon);
        return downloads.find(({ id, state }) => id === running.id && state === "installed");
      });
      expect(done).toMatchObject({ folder: vaseFolder, actions: [] });
      expect(linksAskedFor(scene)).toBe(1);
      expect(rangesAskedFor(scene)).toEqual(["", expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
      // Where each request counts, so does the one for the rest; to ask for all of it again would count the same.
      counted += charging === "every-request" ? 2 : 1;
      expect([charging, scene.spentAtShop()]).toEqual([charging, counted]);
    }
    expect(await scene.assets()).toEqual([vaseFolder]);
    expect((await daemon.quota()).products).toMatchObject([{ productId: clayVase, spent: 4, inDoubt: 0 }]);
  });

  it("stays held over a restart, and `get` by name goes on with it at no cost", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const stall = await stallTheVase(scene);
    const first = await scene.start();
    const syncing = first.sync();
    await untilItStalls(scene);
    await act(first, await untilState(first, clayVase, "downloading"), "hold");
    // What waited for it hears so, and nothing of it is a failure.
    expect(await syncing).toMatchObject({ committed: 0, spent: 1, failed: [] });
    await first.stop();
    scene.sandbox.removeFault(stall);

    const second = await scene.start();
    expect(await second.sync()).toMatchObject({ planned: 0, spent: 0, failed: [] });
    expect(await second.why(clayVase)).toMatchObject({ state: "deferred", reasons: [{ code: "held" }] });
    expect(await entryOf(second, clayVase)).toMatchObject({ state: "held", cost: 0 });
    expect((await second.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(rangesAskedFor(scene)).toEqual(["", expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("stays held when the daemon is killed with kill -9, and goes on over the same link", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const stall = await stallTheVase(scene);
    const served = startCommand(scene, ["serve"]);
    await until("the daemon", async () => (await statusOfDaemon(scene)) !== undefined, 180_000);
    await untilItStalls(scene);
    const { downloads } = (await callDaemon(scene, "GET", "/api/v1/downloads")).body as DownloadsAnswer;
    const { id } = downloads.find((one) => one.productId === clayVase && one.state === "downloading") ?? {};
    expect((await callDaemon(scene, "POST", `/api/v1/downloads/${id}/hold`)).status).toBe(200);
    served.process.kill("SIGKILL");
    expect((await served.ended).code).toBe(null);
    scene.sandbox.removeFault(stall);

    const next = await scene.start();
    expect(await next.sync()).toMatchObject({ planned: 0, spent: 0, failed: [] });
    const held = await entryOf(next, clayVase);
    expect(held).toMatchObject({ id, state: "held", cost: 0 });
    await act(next, held, "resume");
    await untilState(next, clayVase, "installed");
    expect(linksAskedFor(scene)).toBe(1);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("while the shop answers for its link: the answer is kept and paid for once", async () => {
    const scene = await makeScene({ wanted: [] });
    scene.fault({ host: "shop", path: linkPath, kind: "slow-first-byte", ms: 1_500, times: 1 });
    const daemon = await scene.start();
    await request(daemon, [clayVase]);
    const asking = await untilState(daemon, clayVase, "linking");
    await until("the question for a link", () => linksAskedFor(scene) > 0);
    expect((await act(daemon, asking, "hold")).downloads).toMatchObject([{ state: "held", cost: 0 }]);
    expect((await daemon.quota()).products).toMatchObject([{ spent: 1, inDoubt: 0 }]);
    expect(scene.sandbox.requests({ host: "cdn", path: vaseArchive })).toEqual([]);
    await act(daemon, asking, "resume");
    await untilState(daemon, clayVase, "installed");
    expect(scene.spentAtShop()).toBe(1);
  });
});

describe("a download that a person cancels", { timeout }, () => {
  it("is not begun again by a rule, and costs nothing when it is asked for after all", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const stall = await stallTheVase(scene);
    const first = await scene.start();
    const syncing = first.sync();
    await untilItStalls(scene);
    const running = await untilState(first, clayVase, "downloading");
    const cancelled = (await act(first, running, "cancel")).downloads[0];
    expect(cancelled).toMatchObject({ id: running.id, state: "cancelled", cost: 0 });
    expect(cancelled === undefined ? [] : actionsOf(cancelled)).toEqual(["get 0"]);
    expect(await syncing).toMatchObject({ spent: 1, failed: [] });
    scene.sandbox.removeFault(stall);
    await expect(act(first, running, "resume")).rejects.toThrow(/404.*download-unknown/);
    await first.stop();

    const second = await scene.start();
    expect(await second.sync()).toMatchObject({ planned: 0, spent: 0, failed: [] });
    expect(await second.why(clayVase)).toMatchObject({
      state: "deferred",
      reasons: [{ code: "cancelled", message: expect.stringContaining("costs no download") }],
    });
    expect(await request(second, [clayVase])).toEqual({ accepted: [{ productId: clayVase, cost: 0 }], refused: [] });
    expect(await untilState(second, clayVase, "installed")).toMatchObject({ id: running.id, folder: vaseFolder });
    expect(linksAskedFor(scene)).toBe(1);
    expect(rangesAskedFor(scene)).toEqual(["", expect.stringMatching(/^bytes=[1-9]\d+-$/)]);
    expect(scene.spentAtShop()).toBe(1);

    // Another version is another decision.
    scene.sandbox.updateProduct(clayVase);
    await second.sync();
    expect(await second.why(clayVase)).toMatchObject({ state: "update-waiting" });
  });
});

describe("requests", { timeout }, () => {
  it("sent twice at once spend once, and what cannot be had is refused at once", async () => {
    const scene = await makeScene({ wanted: [] });
    scene.fault({ host: "shop", path: linkPath, kind: "slow-first-byte", ms: 300 });
    const daemon = await scene.start();
    const answers = await Promise.all([request(daemon, [clayVase]), request(daemon, [clayVase, "no-such-product"])]);
    expect(answers[1]?.refused).toMatchObject([{ product: "no-such-product", code: "product-unknown" }]);
    const prices = answers.flatMap(({ accepted }) => accepted.map(({ cost }) => cost));
    expect(prices).toHaveLength(2);
    await untilState(daemon, clayVase, "installed");
    expect(await request(daemon, [clayVase])).toEqual({ accepted: [{ productId: clayVase, cost: 0 }], refused: [] });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("that fail end in the row, with advice and what can be done", async () => {
    const scene = await makeScene({ wanted: [] });
    const gone = scene.fault({ host: "cdn", path: vaseArchive, kind: "status", status: 410 });
    const daemon = await scene.start();
    await request(daemon, [clayVase]);
    const failed = await untilState(daemon, clayVase, "failed");
    expect(failed.failure).toMatchObject({ code: "link-expired", advice: expect.stringContaining("get ID") });
    expect(actionsOf(failed)).toEqual(["get 1", "cancel 0"]);
    scene.sandbox.removeFault(gone);
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
  });

  it("are waited for when the daemon stops, and go on with the next start", async () => {
    const scene = await makeScene({ wanted: [] });
    const stall = await stallTheVase(scene);
    const first = await scene.start();
    await request(first, [clayVase]);
    await untilItStalls(scene);
    await first.stop();
    scene.sandbox.removeFault(stall);
    const second = await scene.start();
    expect(await second.sync()).toMatchObject({ committed: 1, spent: 0 });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("wait in an order that a person can change", async () => {
    const scene = await makeScene({ wanted: [] });
    await scene.writeConfig({ limits: { downloads: 1 } });
    const stall = await stallTheVase(scene);
    const daemon = await scene.start();
    await request(daemon, [clayVase]);
    await untilItStalls(scene);
    await request(daemon, [glazedBowl, 132743]);
    const waiting = async () => {
      const { downloads } = await list(daemon);
      return downloads.filter(({ position }) => position !== null).map(({ productId }) => productId);
    };
    await until("two that wait", async () => (await waiting()).length === 2);
    const before = await waiting();
    expect(before).toEqual([glazedBowl, 132743]);
    await act(daemon, await entryOf(daemon, 132743), "move", { to: "first" });
    expect(await waiting()).toEqual([132743, glazedBowl]);
    // One that waits is held without anything being asked for it.
    await act(daemon, await entryOf(daemon, glazedBowl), "hold");
    scene.sandbox.removeFault(stall);
    await act(daemon, await entryOf(daemon, clayVase), "hold");
    await untilState(daemon, 132743, "installed");
    expect(actionsOf(await entryOf(daemon, glazedBowl))).toEqual(["resume 1", "cancel 0"]);
    expect(scene.sandbox.counters()).toEqual({ [clayVase]: 1, 132743: 1 });
  });
});
