import type { ChargingModel } from "@org/sandbox";
import type { LibraryLook } from "./look-at-library.ts";
import type { StateLook } from "./look-at-state.ts";
import { type Arrivals, boughtIn, type Phase } from "./power-shop.ts";

/** What a fault did to a run, as sentences about each promise that was broken. */
export type Wrongs = string[];

/** The disk as the fault left it, before anything looks after it: I1, I3, I5, I6, I9, and the ledger. */
export function judgeImage(seen: {
  phase: Phase;
  state: StateLook;
  library: LibraryLook;
  start: LibraryLook;
  after: LibraryLook;
  arrivals: Arrivals;
}): Wrongs {
  const { phase, state, library, start, after, arrivals } = seen;
  const wrongs: Wrongs = [];
  if (state.integrity !== null && state.integrity !== "ok") wrongs.push(`state.db: ${state.integrity}`);
  for (const [productId, links] of arrivals.links) {
    const spends = newSpends(phase, state, productId);
    if (spends.length < links)
      wrongs.push(`${links} requests for a link of ${productId} arrived, ${spends.length} spends are on the disk`);
    const filed = state.filed.filter((id) => id === productId).length - spendsBefore(phase, productId);
    if (filed < links)
      wrongs.push(`${links} requests for a link of ${productId} arrived, ${filed} are in ledger.jsonl on the disk`);
  }
  for (const productId of arrivals.transfers.keys()) {
    if (!newSpends(phase, state, productId).some((spend) => spend.state === "confirmed"))
      wrongs.push(`the archive of ${productId} was asked for, but its spend is not confirmed on the disk`);
    const rows = state.downloads.filter((row) => row.productId === productId);
    if (!rows.some((row) => row.hasLink || row.state === "fetched" || row.state === "committed"))
      wrongs.push(`the archive of ${productId} was asked for, but its link is not on the disk`);
  }
  wrongs.push(...state.brokenArchives.map((what) => `kept archive: ${what}`));
  wrongs.push(...library.broken.map((what) => `half an asset: ${what}`));
  wrongs.push(...judgeFiles({ library, start, after }));
  return wrongs;
}

/** Spends beyond those with which the phase began: one for each product that was installed before. */
function newSpends(phase: Phase, state: StateLook, productId: number): StateLook["spends"] {
  const spends = state.spends.filter((spend) => spend.productId === productId && spend.state !== "released");
  return spends.slice(spendsBefore(phase, productId));
}

function spendsBefore(phase: Phase, productId: number): number {
  return phase === "update" && boughtIn.install.includes(productId) ? 1 : 0;
}

/** A person's files are as they were, catalog files are the old or the new ones, and nothing else lies about. */
function judgeFiles(seen: { library: LibraryLook; start: LibraryLook; after: LibraryLook }): Wrongs {
  const { library, start, after } = seen;
  const wrongs: Wrongs = [];
  for (const [path, hash] of start.foreign)
    if (library.foreign.get(path) !== hash)
      wrongs.push(`${path} is a person's and was ${library.foreign.has(path) ? "changed" : "removed"}`);
  for (const path of library.foreign.keys())
    if (!start.foreign.has(path)) wrongs.push(`${path} belongs to no asset and was not there before`);
  for (const [name, text] of library.catalogs)
    if (text !== start.catalogs.get(name) && text !== after.catalogs.get(name))
      wrongs.push(`the catalog file of ${name} is neither the old nor the new one`);
  for (const name of start.catalogs.keys())
    if (!library.catalogs.has(name)) wrongs.push(`the catalog file of ${name} is gone`);
  return wrongs;
}

/** What was charged for, after the run that followed the fault. */
export interface Charges {
  /** Products that were paid for more than once, without need. */
  readonly second: number;
  /** Paid twice because the fault came between request and answer. */
  readonly unavoidable: number;
  /** Paid twice because the shop counts each request for the rest of a file. */
  readonly byRange: number;
}

/** The disk after the next run: I7, and the shop's count against ours. */
export function judgeConverged(seen: {
  phase: Phase;
  charging: ChargingModel;
  library: LibraryLook;
  start: LibraryLook;
  after: LibraryLook;
  /** As the fault left it. */
  image: StateLook;
  arrivals: Arrivals;
  state: StateLook;
  /** By product, in this phase. */
  charged: ReadonlyMap<number, number>;
  end: { code: number | null; stdout: string; stderr: string };
}): { wrongs: Wrongs; charges: Charges } {
  const { phase, charging, library, start, after, image, state, charged, end } = seen;
  const wrongs: Wrongs = [];
  if (end.code !== 0) wrongs.push(`the next run ended with ${end.code}: ${end.stdout} ${end.stderr}`);
  if (state.integrity !== "ok") wrongs.push(`state.db after the next run: ${state.integrity}`);
  wrongs.push(...library.broken.map((what) => `after the next run half an asset: ${what}`));
  wrongs.push(...library.unfinished.map((what) => `after the next run left behind: ${what}`));
  for (const [path, hash] of after.installed)
    if (library.installed.get(path) !== hash) wrongs.push(`after the next run ${path} is not as without the fault`);
  for (const path of library.installed.keys())
    if (!after.installed.has(path)) wrongs.push(`after the next run there is ${path}`);
  for (const [name, text] of after.catalogs)
    if (library.catalogs.get(name) !== text) wrongs.push(`after the next run the catalog file of ${name} is another`);
  wrongs.push(...judgeFiles({ library, start, after }).map((what) => `after the next run ${what}`));
  wrongs.push(...state.brokenArchives.map((what) => `after the next run kept archive: ${what}`));

  let second = 0;
  let unavoidable = 0;
  let byRange = 0;
  for (const productId of boughtIn[phase]) {
    const times = charged.get(productId) ?? 0;
    const spends = newSpends(phase, state, productId);
    if (times === 0) wrongs.push(`${productId} was never charged, so nothing was bought`);
    if (charging !== "every-request" && spends.length < times)
      wrongs.push(`${productId} was charged ${times} times, our ledger says ${spends.length}`);
    // Reserved on the disk, asked for, and no answer written down: nobody can know whether it counted.
    const inDoubt = newSpends(phase, image, productId).filter((spend) => spend.state === "reserved").length;
    const asked = seen.arrivals.links.get(productId) ?? 0;
    const doubtful = charging === "link" ? Math.min(inDoubt, asked) : 0;
    const transfers = charging === "every-request" ? (seen.arrivals.transfers.get(productId) ?? 0) : 0;
    const extra = times - 1;
    if (extra <= 0) continue;
    if (extra <= doubtful) unavoidable += extra;
    else if (extra <= transfers) byRange += extra;
    else second += extra - Math.max(doubtful, transfers);
  }
  if (second > 0) wrongs.push(`${second} second charges without need`);
  return { wrongs, charges: { second, unavoidable, byRange } };
}
