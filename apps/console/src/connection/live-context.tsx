import type { PublishedWatchedEvent } from "@org/sync-daemon/contract/activity";
import { createContext, useContext, useSyncExternalStore } from "react";
import type { EventFeed } from "../events/event-feed.ts";
import type { TransferProgress, TransferProgressStore } from "../events/transfer-progress.ts";
import { useProgressIn } from "../events/transfer-progress.ts";
import type { PictureTurns } from "../pictures/picture-turns.ts";
import type { Connection, ConnectionStore } from "./connection-store.ts";

interface Live {
  readonly connection: ConnectionStore;
  readonly transfers: TransferProgressStore;
  readonly feed: EventFeed;
  readonly pictures: PictureTurns;
}

export const LiveContext = createContext<Live | null>(null);

function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("Only what is signed in has a connection");
  return live;
}

export function useConnection(): Connection {
  const { connection } = useLive();
  return useSyncExternalStore(connection.subscribe, connection.get);
}

/** How far the transfer of a product is, told by events as it goes on. */
export function useTransferProgress(productId: number): TransferProgress | undefined {
  return useProgressIn(useLive().transfers, productId);
}

export const usePictureTurns = (): PictureTurns => useLive().pictures;

/** What happened since this page is open, newest first. */
export function useEventFeed(): readonly PublishedWatchedEvent[] {
  const { feed } = useLive();
  return useSyncExternalStore(feed.subscribe, feed.get);
}
