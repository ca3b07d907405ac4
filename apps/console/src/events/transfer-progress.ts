import type { WatchedEvent } from "@org/sync-daemon/contract/activity";
import { useSyncExternalStore } from "react";

export interface TransferProgress {
  readonly bytes: number;
  readonly totalBytes: number | null;
  readonly bytesPerSecond: number;
}

/** How far transfers are, by product, from events alone: no answer is asked for again with every chunk. */
export interface TransferProgressStore {
  receive(event: WatchedEvent): void;
  get(productId: number): TransferProgress | undefined;
  clear(): void;
  subscribe(changed: () => void): () => void;
}

export function createTransferProgress(): TransferProgressStore {
  const transfers = new Map<number, TransferProgress>();
  const receivers = new Set<() => void>();
  const tell = () => {
    for (const receive of receivers) receive();
  };
  return {
    receive(event) {
      if (event.type === "download-progressed") {
        const { productId, bytes, totalBytes, bytesPerSecond } = event;
        transfers.set(productId, { bytes, totalBytes, bytesPerSecond });
      } else if (event.type === "asset-committed" || event.type === "download-failed") {
        transfers.delete(event.productId);
      } else return;
      tell();
    },
    get: (productId) => transfers.get(productId),
    clear() {
      transfers.clear();
      tell();
    },
    subscribe(changed) {
      receivers.add(changed);
      return () => void receivers.delete(changed);
    },
  };
}

/** The progress of one product's transfer, or undefined where none is under way. */
export function useProgressIn(store: TransferProgressStore, productId: number): TransferProgress | undefined {
  return useSyncExternalStore(store.subscribe, () => store.get(productId));
}
