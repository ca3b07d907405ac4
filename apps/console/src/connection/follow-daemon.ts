import { type PublishedWatchedEvent, publishedEventSchema } from "@org/sync-daemon/contract/activity";
import type { ApiClient } from "../api/api-client.ts";
import { isCallError } from "../api/call-error.ts";
import { parseEventStream } from "../events/parse-event-stream.ts";
import type { ConnectionStore } from "./connection-store.ts";
import { fetchDaemonVersion } from "./daemon-version.ts";
import { reconnectWaitMs, waitUpTo } from "./wait.ts";

interface FollowSettings {
  readonly api: Pick<ApiClient, "openEvents">;
  readonly connection: ConnectionStore;
  /** Each event's type, known or not. */
  receiveType(type: string): void;
  receive(event: PublishedWatchedEvent): void;
  /** Called when the stream is open, the first time too: anything may have changed between an answer and this moment. */
  opened(): void;
  readonly signal: AbortSignal;
}

/**
 * Keeps the stream of events open and says how the connection stands, until `signal` aborts or the session ends.
 * A hidden page lets its stream go: browsers open six connections to a host, and forgotten tabs must not take them.
 */
export async function followDaemon(settings: FollowSettings): Promise<void> {
  const { connection, signal } = settings;
  let firstVersion: string | null = null;
  let afterId: number | null = null;
  let failures = 0;
  while (!signal.aborted) {
    const turn = new AbortController();
    const stop = AbortSignal.any([signal, turn.signal]);
    const stopWatching = closeWhenHidden(turn);
    try {
      const version = await fetchDaemonVersion(stop);
      firstVersion ??= version;
      if (version !== firstVersion) {
        connection.set({ state: "upgraded", version });
        return;
      }
      const body = await settings.api.openEvents({ afterId, signal: stop });
      settings.opened();
      failures = 0;
      connection.set({ state: "connected" });
      for await (const event of parseEventStream(body)) {
        if (Number.isSafeInteger(event.id)) afterId = event.id;
        settings.receiveType(event.type);
        const known = publishedEventSchema.safeParse(event.data);
        if (known.success) settings.receive(known.data);
      }
      failures = 1;
    } catch (error) {
      if (isCallError(error, "signed-out")) return;
      failures += 1;
    } finally {
      stopWatching();
      turn.abort();
    }
    if (document.hidden) {
      await untilVisible(signal);
      continue;
    }
    // The stream may only have been cut: the second failure in a row is the one that is shown.
    if (failures > 1) connection.set({ state: "gone" });
    await waitUpTo(reconnectWaitMs(failures), signal);
  }
}

const hiddenGraceMs = 30_000;

function closeWhenHidden(turn: AbortController): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    if (document.hidden) timer = setTimeout(() => turn.abort(), hiddenGraceMs);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener("visibilitychange", look);
  };
}

function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden && !signal.aborted) return;
      document.removeEventListener("visibilitychange", look);
      signal.removeEventListener("abort", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    signal.addEventListener("abort", look);
    look();
  });
}
