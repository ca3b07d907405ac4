import type { IncomingMessage } from "node:http";
import { z } from "zod";
import { type WatchedEvent, watchedEventSchema } from "../api/contract/activity.ts";
import type { EventWatch } from "./api-client.ts";

/** One line of the stream may be this long; events are far shorter. */
const maxLineLength = 1_000_000;
/** The answer is there already; what is still on its way only makes the picture whole. */
const lastLookMs = 1_000;

const numberedSchema = z.looseObject({ id: z.number() });

/**
 * Reads server-sent events until told to stop. Types that are not known here are passed over. A stream that breaks off
 * ends quietly: it only shows progress, and the call it goes with tells what is wrong.
 */
export function readEvents(options: {
  receive: (event: WatchedEvent) => void;
  open: (stop: AbortSignal) => Promise<IncomingMessage>;
}): EventWatch {
  const stopping = new AbortController();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const waiting: { id: number; resolve: () => void }[] = [];
  let newestId = 0;

  const take = (line: string) => {
    if (!line.startsWith("data:")) return;
    const value = parseJson(line.slice("data:".length));
    const numbered = numberedSchema.safeParse(value);
    if (!numbered.success) return;
    const event = watchedEventSchema.safeParse(value);
    if (event.success) options.receive(event.data);
    newestId = Math.max(newestId, numbered.data.id);
    for (const { id, resolve } of waiting) if (id <= newestId) resolve();
  };
  const read = async () => {
    const response = await options.open(stopping.signal);
    let rest = "";
    response.setEncoding("utf8");
    for await (const chunk of response as AsyncIterable<string>) {
      opened.resolve();
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > maxLineLength) break;
      for (const line of lines) take(line);
    }
  };
  read()
    .catch(() => undefined)
    .finally(() => {
      opened.resolve();
      ended.resolve();
    });

  return {
    opened: opened.promise,
    async seen(id) {
      if (id <= newestId) return;
      const arrived = Promise.withResolvers<void>();
      waiting.push({ id, resolve: arrived.resolve });
      const timer = setTimeout(arrived.resolve, lastLookMs);
      await Promise.race([arrived.promise, ended.promise]);
      clearTimeout(timer);
    },
    close: () => stopping.abort(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
