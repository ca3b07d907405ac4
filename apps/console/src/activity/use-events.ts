import type { PublishedWatchedEvent } from "@org/sync-daemon/contract/activity";
import { useMemo } from "react";
import { useOperation } from "../api/use-operation.ts";
import { useEventFeed } from "../connection/live-context.tsx";

/** As many as the daemon keeps. */
const limit = 1_000;

/** What happened since the daemon started and happens now, each once, newest first. */
export function useEvents() {
  const answer = useOperation("activity", { limit });
  const live = useEventFeed();
  const asked = answer.data?.events;
  const events = useMemo(() => {
    const byId = new Map<number, PublishedWatchedEvent>();
    for (const event of [...live, ...(asked ?? [])])
      if (event.type !== "download-progressed") byId.set(event.id, event);
    return [...byId.values()].sort((one, other) => other.id - one.id).slice(0, limit);
  }, [live, asked]);
  return { answer, events };
}
