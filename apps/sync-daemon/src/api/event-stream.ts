import type { DaemonEvent, Publish, PublishedEvent } from "../domain/event.ts";

/** In place of the events between `afterId` and `id` that are no longer kept: ask for the state itself instead. */
export interface EventsLost {
  readonly type: "events-lost";
  readonly id: number;
  readonly at: string;
}

const fleeting: readonly DaemonEvent["type"][] = ["download-progressed", "downloads-changed"];

type Receive = (event: PublishedEvent | EventsLost) => void;

export interface EventLog {
  readonly publish: Publish;
  /** What is kept, oldest first. */
  kept(): readonly PublishedEvent[];
  /** The newest event's id. */
  lastId(): number;
  /**
   * Hands on every event from now on, after those that came after `afterId` (0: all that are kept). Returns how to end it.
   * `receive` must not throw or wait.
   */
  subscribe(receive: Receive, options?: { afterId?: number | undefined }): () => void;
}

/**
 * Numbers events, hands them on at once and keeps the last `keep` for readers that come back. Ids begin at the clock's
 * milliseconds, so that they go on rising over a restart and a reader's old id is never taken for a new one.
 * Progress of transfers and changes of the list of downloads are handed on but not kept: the next one says the same, only
 * later, and the list itself can be asked for.
 */
export function createEventLog({ now, keep = 1_000 }: { now: () => number; keep?: number }): EventLog {
  const firstId = now() + 1;
  const kept: PublishedEvent[] = [];
  const receivers = new Set<Receive>();
  let lastId = firstId - 1;
  let forgottenId = lastId;

  return {
    kept: () => [...kept],
    lastId: () => lastId,
    publish(event: DaemonEvent) {
      lastId += 1;
      const published: PublishedEvent = { ...event, id: lastId, at: new Date(now()).toISOString() };
      if (!fleeting.includes(event.type)) kept.push(published);
      if (kept.length > keep) forgottenId = kept.shift()?.id ?? forgottenId;
      for (const receive of receivers) receive(published);
    },
    subscribe(receive, { afterId } = {}) {
      if (afterId !== undefined) {
        const fromStart = afterId === 0 && forgottenId === firstId - 1;
        const isGap = (afterId < forgottenId && !fromStart) || afterId > lastId;
        if (isGap) receive({ type: "events-lost", id: forgottenId, at: new Date(now()).toISOString() });
        for (const event of kept) if (isGap || event.id > afterId) receive(event);
      }
      receivers.add(receive);
      return () => void receivers.delete(receive);
    },
  };
}

/** Tells both ends that the other is still there; proxies and sleeping machines cut silent connections. */
const heartbeatMs = 15_000;
/** A reader that is this far behind is let go; it comes back with the last id it has seen. */
const maxWaitingBytes = 1_000_000;

/** The events as a stream of server-sent events (HTML standard, "Server-sent events"). Ends when `signal` aborts. */
export function streamEvents(options: {
  events: EventLog;
  afterId?: number | undefined;
  signal: AbortSignal;
  /** Cuts the connection of a reader that is too far behind. */
  drop: () => void;
}): ReadableStream<Uint8Array> {
  const { events, afterId, signal, drop } = options;
  const encoder = new TextEncoder();
  let end = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        let unsubscribe = () => {};
        let isOpen = true;
        const finish = (act: () => void) => {
          if (!isOpen) return;
          isOpen = false;
          clearInterval(heartbeat);
          signal.removeEventListener("abort", close);
          unsubscribe();
          act();
        };
        const send = (text: string) => {
          if (!isOpen) return;
          controller.enqueue(encoder.encode(text));
          if ((controller.desiredSize ?? 0) > 0) return;
          close();
          drop();
        };
        const close = () => finish(() => controller.close());
        const heartbeat = setInterval(() => send(": still here\n\n"), heartbeatMs);
        heartbeat.unref();
        end = () => finish(() => {});
        signal.addEventListener("abort", close, { once: true });
        send("retry: 2000\n\n");
        unsubscribe = events.subscribe(
          (event) => send(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
          { afterId },
        );
        if (!isOpen) unsubscribe();
        if (signal.aborted) close();
      },
      cancel: () => end(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: maxWaitingBytes }),
  );
}
