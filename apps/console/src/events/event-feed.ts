import type { PublishedWatchedEvent } from "@org/sync-daemon/contract/activity";

/** What happened since this page is open, newest first, without the progress of transfers. */
export interface EventFeed {
  receive(event: PublishedWatchedEvent): void;
  get(): readonly PublishedWatchedEvent[];
  subscribe(changed: () => void): () => void;
}

/** As many as the daemon itself keeps. */
const kept = 1_000;

export function createEventFeed(): EventFeed {
  const receivers = new Set<() => void>();
  let events: readonly PublishedWatchedEvent[] = [];
  return {
    receive(event) {
      if (event.type === "download-progressed") return;
      events = [event, ...events].slice(0, kept);
      for (const receive of receivers) receive();
    },
    get: () => events,
    subscribe(changed) {
      receivers.add(changed);
      return () => void receivers.delete(changed);
    },
  };
}
