import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "../api/__fixtures__/api-in-memory.ts";
import { runCommand, startCommand } from "./__fixtures__/run-command.ts";
import { runInProcess } from "./__fixtures__/run-in-process.ts";

let daemon: ApiInMemory;
beforeAll(async () => {
  daemon = await startApiInMemory();
});
beforeEach(() => {
  daemon.operations.asked.splice(0);
});
afterAll(async () => {
  await daemon.close();
});

const run = (...args: string[]) => runInProcess([...args, "--home", daemon.folder]);

describe("while waiting", () => {
  it("prints a line for each thing that began, ended or failed, and none per tick", async () => {
    const hold = Promise.withResolvers<void>();
    daemon.operations.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", daemon.folder]);
    await expect.poll(() => daemon.operations.asked.length, { timeout: 60_000 }).toBe(1);
    daemon.events.publish({ type: "catalog-replaced", catalogRevision: "r", products: 22, skipped: 0 });
    daemon.events.publish({ type: "plan-made", downloads: 2, deferred: 0 });
    daemon.events.publish({ type: "download-started", productId: 1, title: "Oak\u001b[2J", resumed: false });
    for (let bytes = 0; bytes < 50; bytes += 1)
      daemon.events.publish({
        type: "download-progressed",
        productId: 1,
        title: "Oak",
        bytes,
        totalBytes: 50,
        bytesPerSecond: 1,
      });
    daemon.events.publish({ type: "download-fetched", productId: 1, title: "Oak", bytes: 12_300_000 });
    daemon.events.publish({
      type: "asset-committed",
      productId: 1,
      title: "Oak",
      assetType: "material",
      folder: "Wood/Oak",
    });
    daemon.events.publish({
      type: "download-failed",
      productId: 2,
      title: "Lamp",
      code: "link-expired",
      message: "The link no longer works.",
    });
    hold.resolve();
    const { stdout, stderr, status } = await command.result;
    expect(stderr).toBe(
      `News from the shop: 22 products.
2 products to fetch.
Downloading Oak\ufffd[2J.
Downloaded Oak (12.3 MB).
Installed Oak in iMeshh-Materials/Wood/Oak.
Not done: Lamp. The link no longer works.
`,
    );
    expect([status, stdout.split("\n").length]).toEqual([4, 7]);
  });

  it("ends when the daemon does", async () => {
    const other = await startApiInMemory();
    const hold = Promise.withResolvers<void>();
    other.operations.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", other.folder]);
    await expect.poll(() => other.operations.asked.length, { timeout: 60_000 }).toBe(1);
    await other.close();
    const result = await command.result;
    hold.resolve();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("asset-sync ended before it answered");
  });

  it("Ctrl-C lets go; the daemon goes on", async () => {
    const hold = Promise.withResolvers<void>();
    daemon.operations.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", daemon.folder]);
    await expect.poll(() => daemon.operations.asked.length, { timeout: 60_000 }).toBe(1);
    command.kill("SIGINT");
    const result = await command.result;
    hold.resolve();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("Stopped before it was done.");
    expect((await run("status")).status).toBe(0);
  });
});

describe("a stranger on the port", () => {
  let stranger: Server;
  let heard: string[];
  let strangersHome: string;
  beforeEach(async () => {
    heard = [];
    stranger = createServer((request, response) => {
      heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ status: "ok", version: "0.0.0", apiVersion: 1, proof: "00".repeat(32) }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    strangersHome = await mkdtemp(path.join(tmpdir(), "asset-sync-cli-"));
    const { port } = stranger.address() as AddressInfo;
    const file = {
      address: `http://127.0.0.1:${port}`,
      token: daemon.token,
      pid: process.pid,
      version: "0.0.0",
      apiVersion: 1,
      startedAt: "",
    };
    await writeFile(path.join(strangersHome, "api.json"), JSON.stringify(file));
  });
  afterEach(async () => {
    await new Promise((resolve) => stranger.close(resolve));
    await rm(strangersHome, { recursive: true });
  });

  it("is never given the token", async () => {
    const result = await runCommand(["status", "--home", strangersHome]);
    // It looks as if no daemon ran, and this home has no configuration to start one with.
    expect([result.status, result.stderr]).toEqual([2, expect.stringContaining("run `asset-sync init` first")]);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatch(/^\/healthz\?nonce=/);
    expect(heard.join()).not.toContain(daemon.token);
    expect(heard.join().toLowerCase()).not.toContain("authorization");
  });

  it("elsewhere than on this machine is not even asked", async () => {
    const file = {
      address: "http://192.0.2.1:80",
      token: daemon.token,
      pid: process.pid,
      version: "0.0.0",
      apiVersion: 1,
      startedAt: "",
    };
    await writeFile(path.join(strangersHome, "api.json"), JSON.stringify(file));
    expect((await runCommand(["status", "--home", strangersHome])).status).toBe(2);
  });
});
