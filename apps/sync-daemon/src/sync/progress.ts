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
  /** The rows under way. */
  rowIds(): number[];
  find(downloadRowId: number): DownloadProgress | undefined;
  /** Keeps how long the shop said that the archive of a row is; 0 forgets it. */
  announce(downloadRowId: number, archiveBytes: number): void;
  /** Null if it was not heard since the start. */
  announcedBytes(downloadRowId: number): number | null;
}

export function createProgressBoard(): ProgressBoard {
  const underWay = new Map<number, DownloadProgress>();
  const announced = new Map<number, number>();
  return {
    announce: (downloadRowId, archiveBytes) => {
      if (archiveBytes > 0) announced.set(downloadRowId, archiveBytes);
      else announced.delete(downloadRowId);
    },
    announcedBytes: (downloadRowId) => announced.get(downloadRowId) ?? null,
    set: (downloadRowId, progress) => void underWay.set(downloadRowId, progress),
    remove: (downloadRowId) => void underWay.delete(downloadRowId),
    rowIds: () => [...underWay.keys()],
    find: (downloadRowId) => underWay.get(downloadRowId),
    list: () => [...underWay.values()],
  };
}
