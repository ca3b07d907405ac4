import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";
import { PortTakenError, startApi } from "./listen.ts";
import { createMetrics } from "./metrics/create-metrics.ts";

let daemon: ApiInMemory;
beforeEach(async () => {
  daemon = await startApiInMemory({ version: "1.2.3" });
});
afterEach(async () => {
  await daemon.close();
});

const host = () => `Host: 127.0.0.1:${daemon.port}\r\n`;
const bearer = () => `Authorization: Bearer ${daemon.token}\r\n`;

describe("events", () => {
  async function follow(lastEventId?: number) {
    const socket = daemon.open();
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    const last = lastEventId === undefined ? "" : `Last-Event-ID: ${lastEventId}\r\n`;
    socket.write(`GET /api/v1/events HTTP/1.1\r\n${host()}${bearer()}${last}\r\n`);
    await expect.poll(() => text).toContain("retry:");
    return { socket, text: () => text };
  }

  it("arrive as they happen, and after a break from the last one seen", async () => {
    const first = await follow();
    daemon.events.publish({ type: "sync-started" });
    await expect.poll(first.text).toContain("event: sync-started");
    expect(first.text()).toContain("content-type: text/event-stream");
    const seenId = daemon.events.lastId();
    first.socket.destroy();
    daemon.events.publish({ type: "daemon-paused" });
    const second = await follow(seenId);
    await expect.poll(second.text).toContain(`id: ${seenId + 1}\nevent: daemon-paused`);
    expect(second.text()).not.toContain("sync-started");
  });

  it("say when some are lost", async () => {
    daemon.events.publish({ type: "sync-started" });
    const { text } = await follow(5);
    await expect.poll(text).toContain("event: events-lost");
  });

  it("end with the API, which does not wait for them", async () => {
    const { socket, text } = await follow();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    await daemon.api.close();
    await ended;
    // Ended in good order, not cut.
    expect(text()).toMatch(/\r\n0\r\n\r\n$/);
  });

  it("do not keep a reader that reads nothing", async () => {
    const { socket } = await follow();
    socket.pause();
    const ended = new Promise((resolve) => socket.once("close", resolve));
    const large = "x".repeat(500_000);
    for (let count = 0; count < 40; count += 1) {
      daemon.events.publish({ type: "config-refused", message: large });
      await new Promise((resolve) => setImmediate(resolve));
    }
    socket.resume();
    await ended;
  });
});

describe("api.json", () => {
  it("tells its owner alone where the API is, and goes with it", async () => {
    const file = path.join(daemon.folder, "api.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual({
      address: daemon.api.address,
      token: daemon.token,
      pid: process.pid,
      version: "1.2.3",
      apiVersion: 1,
      startedAt: expect.any(String),
    });
    if (process.platform !== "win32") expect((await stat(file)).mode & 0o777).toBe(0o600);
    await daemon.api.close();
    expect(await readdir(daemon.folder)).toEqual([]);
  });

  it("of a later daemon stays", async () => {
    const file = path.join(daemon.folder, "api.json");
    const later = { ...JSON.parse(await readFile(file, "utf8")), token: "another" };
    await writeFile(file, JSON.stringify(later));
    await daemon.api.close();
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual(later);
  });

  it("is not touched when the port is taken, and the sentence names the key", async () => {
    const before = await readFile(path.join(daemon.folder, "api.json"), "utf8");
    const { port, operations, events } = daemon;
    const apiFile = path.join(daemon.folder, "api.json");
    const second = startApi({
      host: "127.0.0.1",
      port,
      operations,
      events,
      metrics: createMetrics({ events, version: "1.2.3", startedAtMs: 0 }),
      token: "other",
      apiFile,
      version: "1.2.3",
      pageSessionFile: null,
      requestFile: null,
      consoleFolder: daemon.folder,
      onProblem: () => {},
    });
    await expect(second).rejects.toThrow(PortTakenError);
    await expect(second).rejects.toThrow(/`api\.port`/);
    expect(await readFile(path.join(daemon.folder, "api.json"), "utf8")).toBe(before);
  });
});
