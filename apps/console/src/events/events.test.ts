import { watchedEventSchema } from "@org/sync-daemon/contract/activity";
import { expect, it } from "vitest";
import { reconnectWaitMs } from "../connection/wait.ts";
import { queriesAffectedBy } from "./affected-queries.ts";
import { parseEventStream, type StreamedEvent } from "./parse-event-stream.ts";

async function readAll(chunks: readonly string[]): Promise<StreamedEvent[]> {
  const encoder = new TextEncoder();
  const events: StreamedEvent[] = [];
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
  for await (const event of parseEventStream(body)) events.push(event);
  return events;
}

it("reads events however the stream is cut, passes heartbeats over and waits for the end of each", async () => {
  const text = `retry: 2000\n\n: still here\n\nid: 7\nevent: plan-made\ndata: {"type":"plan-made","x":"ä"}\n\nid: 8\nevent: half`;
  const expected = [{ id: 7, type: "plan-made", data: { type: "plan-made", x: "ä" } }];
  expect(await readAll([text])).toEqual(expected);
  expect(await readAll(text.split(""))).toEqual(expected);
});

it("knows each event of the contract, and asks for everything after one that it does not know", () => {
  const types = watchedEventSchema.options.flatMap(({ shape: { type } }) =>
    "options" in type ? [...type.options] : [...type.values],
  );
  expect(types.length).toBeGreaterThan(25);
  const everything = types.filter((type) => queriesAffectedBy(type) === "everything");
  expect(everything).toEqual(["sync-finished", "state-rebuilt"]);
  expect(queriesAffectedBy("something-new")).toBe("everything");
});

it("waits longer after each failure, and five seconds at most", () => {
  expect([1, 2, 3, 4, 5, 50].map(reconnectWaitMs)).toEqual([500, 1_000, 2_000, 4_000, 5_000, 5_000]);
});
