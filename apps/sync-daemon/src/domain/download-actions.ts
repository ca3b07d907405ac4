import type { Download } from "./download.ts";

/** What a person can do about a download. `get-last` uses what is kept in reserve. */
export interface DownloadAction {
  readonly action: "get" | "get-last" | "hold" | "resume" | "cancel";
  /** Downloads it costs at most. */
  readonly cost: 0 | 1;
}

/** What makes sense for one download, with its price. What would be refused is not offered. */
export function decideActions(about: {
  row: Pick<Download, "state" | "heldAtMs" | "cancelledAtMs" | "failure">;
  /** What is being done right now; null where nothing is. */
  underWay: "waiting" | "linking" | "downloading" | "installing" | null;
  /** What it takes to finish it. */
  cost: 0 | 1;
  /** Can it be asked for by name? Not if the shop withdrew it, or a later row took its place. */
  isAskable: boolean;
  /** Downloads the shop still allows of the product. */
  left: number;
  keepInReserve: number;
}): DownloadAction[] {
  const { row, underWay, cost, isAskable } = about;
  const hold: DownloadAction = { action: "hold", cost: 0 };
  const cancel: DownloadAction = { action: "cancel", cost: 0 };
  const get = isAskable ? decideGet(about) : [];
  if (row.state === "committed") return [];
  if (row.state === "abandoned") return row.cancelledAtMs === null ? [] : get;
  if (row.heldAtMs !== null) {
    if (cost === 0) return [{ action: "resume", cost }, cancel];
    return [...get.map((one): DownloadAction => (one.action === "get" ? { action: "resume", cost } : one)), cancel];
  }
  // An install ends by itself in a moment, and nothing is saved by stopping it.
  if (underWay === "installing") return [];
  if (underWay !== null) return [hold, cancel];
  const isOver = row.failure !== null && row.failure.retryAtMs === null;
  return [...get, ...(isOver ? [] : [hold]), cancel];
}

function decideGet(about: { cost: 0 | 1; left: number; keepInReserve: number }): DownloadAction[] {
  const { cost, left, keepInReserve } = about;
  if (cost === 0) return [{ action: "get", cost }];
  if (left <= 0) return [];
  return [{ action: left <= keepInReserve ? "get-last" : "get", cost }];
}
