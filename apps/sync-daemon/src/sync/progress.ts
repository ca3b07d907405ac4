import type { TransferProgress } from "../domain/source.ts";

/** One download as it can be looked at right now. */
export interface DownloadProgress {
  readonly productId: number;
  readonly title: string;
  readonly state: "waiting" | "linking" | "downloading" | "installing";
  readonly transfer: TransferProgress | null;
}

/** What is under way at this moment. Kept in memory only: after a restart the journal knows what to go on with. */
export interface ProgressBoard {
  set(downloadRowId: number, progress: DownloadProgress): void;
  remove(downloadRowId: number): void;
  list(): DownloadProgress[];
}

export function createProgressBoard(): ProgressBoard {
  const underWay = new Map<number, DownloadProgress>();
  return {
    set: (downloadRowId, progress) => void underWay.set(downloadRowId, progress),
    remove: (downloadRowId) => void underWay.delete(downloadRowId),
    list: () => [...underWay.values()],
  };
}
