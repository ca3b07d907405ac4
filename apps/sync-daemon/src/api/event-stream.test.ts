import { describe, expect, it } from "vitest";
import type { DaemonEvent } from "../domain/event.ts";
import type { WatchedEvent } from "./contract/activity.ts";
import { createEventLog, streamEvents } from "./event-stream.ts";

// What the contract lets a watcher see must be what the daemon publishes; this line fails to compile when it is not.
type Watched = Extract<DaemonEvent, { type: WatchedEvent["type"] }>;
const asWatched: (event: Watched) => WatchedEvent = (event) => event as Watched & WatchedEvent;

const progress: DaemonEvent = {
  type: "download-progressed",
  productId: 1,
  title: "Chair",
  bytes: 1,
  totalBytes: 2,
  bytesPerSecond: 3,
};
const paused: DaemonEvent = { type: "daemon-paused" };

function collect(log: ReturnType<typeof createEventLog>, afterId?: number) {
  const seen: [string, number][] = [];
  const end = log.subscribe((event) => seen.push([event.type, event.id]), { afterId });
  return { seen, end };
}

describe("the event log", () => {
  it("numbers events in rising order from the clock on, so that a restart does not reuse ids", () => {
    const log = createEventLog({ now: () => 1_000 });
    const { seen } = collect(log);
    log.publish(paused);
    log.publish({ type: "daemon-resumed" });
    expect(seen).toEqual([
      ["daemon-paused", 1_001],
      ["daemon-resumed", 1_002],
    ]);
    expect(log.lastId()).toBe(1_002);
    const after = createEventLog({ now: () => 5_000 });
    after.publish(paused);
    expect(after.lastId()).toBeGreaterThan(log.lastId());
  });

  it("hands on what came after an id, then what comes next, each once and in order", () => {
    const log = createEventLog({ now: () => 0 });
    for (let count = 0; count < 5; count += 1) log.publish(paused);
    const { seen, end } = collect(log, 3);
    log.publish({ type: "daemon-resumed" });
    end();
    log.publish(paused);
    expect(seen).toEqual([
      ["daemon-paused", 4],
      ["daemon-paused", 5],
      ["daemon-resumed", 6],
    ]);
  });

  it("hands on everything that is kept after 0, and nothing old without an id", () => {
    const log = createEventLog({ now: () => 0 });
    log.publish(paused);
    log.publish(paused);
    expect(collect(log, 0).seen.map(([, id]) => id)).toEqual([1, 2]);
    expect(collect(log).seen).toEqual([]);
    expect(collect(log, 2).seen).toEqual([]);
  });

  it.each([
    ["forgotten", 1],
    ["from before a restart", 90],
    ["from a clock that went back", 9_999],
  ])("says that events are lost when the id is %s", (_, afterId) => {
    const log = createEventLog({ now: () => 100, keep: 3 });
    for (let count = 0; count < 5; count += 1) log.publish(paused);
    expect(collect(log, afterId).seen).toEqual([
      ["events-lost", 102],
      ["daemon-paused", 103],
      ["daemon-paused", 104],
      ["daemon-paused", 105],
    ]);
  });

  it("does not keep progress, so that it cannot push out what matters", () => {
    const log = createEventLog({ now: () => 0, keep: 2 });
    log.publish(paused);
    for (let count = 0; count < 50; count += 1) log.publish(progress);
    log.publish(paused);
    expect(collect(log, 0).seen).toEqual([
      ["daemon-paused", 1],
      ["daemon-paused", 52],
    ]);
    const { seen } = collect(log);
    log.publish(progress);
    expect(seen).toEqual([["download-progressed", 53]]);
  });
});

describe("the stream", () => {
  async function readSome(stream: ReadableStream<Uint8Array>, until: (text: string) => boolean): Promise<string> {
    const reader = stream.getReader();
    let text = "";
    while (!until(text)) {
      const { done, value } = await reader.read();
      if (done) break;
      text += Buffer.from(value).toString("utf8");
    }
    reader.releaseLock();
    return text;
  }

  it("writes events as the standard says and ends with the signal", async () => {
    const stopping = new AbortController();
    const events = createEventLog({ now: () => 0 });
    events.publish({ type: "config-refused", message: "line\nbreak" });
    const stream = streamEvents({ events, afterId: 0, signal: stopping.signal, drop: () => {} });
    events.publish(paused);
    const text = await readSome(stream, (soFar) => soFar.includes("daemon-paused"));
    expect(text).toContain(
      'id: 1\nevent: config-refused\ndata: {"type":"config-refused","message":"line\\nbreak","id":1,"at":"1970-01-01T00:00:00.000Z"}\n\n',
    );
    expect(text.indexOf("id: 1\n")).toBeLessThan(text.indexOf("id: 2\n"));
    stopping.abort();
    events.publish(paused);
    expect(await readSome(stream, () => false)).not.toContain("id: 3");
  });

  it("lets go of a reader that is too far behind, and of one that goes away", async () => {
    const events = createEventLog({ now: () => 0 });
    const { signal } = new AbortController();
    const dropped: string[] = [];
    streamEvents({ events, signal, drop: () => dropped.push("slow") });
    const gone = streamEvents({ events, signal, drop: () => dropped.push("gone") });
    await gone.cancel();
    const large = "x".repeat(100_000);
    for (let count = 0; count < 30; count += 1) events.publish({ type: "config-refused", message: large });
    expect(dropped).toEqual(["slow"]);
  });
});

it("tells watchers only what the daemon publishes", () => {
  expect(asWatched({ type: "sync-started" })).toEqual({ type: "sync-started" });
});
