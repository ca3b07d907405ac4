import { type Finding, foundFailed, foundNotTried, foundOk, foundWarning } from "./finding.ts";

/** Older ones lack what asset-sync is written with; bin/asset-sync.mjs refuses them too. */
const oldestNode = [24, 10, 0];
/** SQLite 3.7.0 to 3.51.2 can damage a database in WAL mode ("WAL-reset"): reliability plan §0, item 11. */
const oldestSqlite = [3, 51, 3];

/** Is the Node that runs us new enough, and the SQLite in it? */
export function judgeRuntime(versions: { node: string; sqlite: string | undefined; execPath: string }): Finding[] {
  const node = { check: "machine.node", tried: "Ask Node for its version" };
  const sqlite = { check: "machine.sqlite", tried: "Ask Node for the version of its SQLite" };
  const isNodeNew = !isOlder(versions.node, oldestNode);
  return [
    isNodeNew
      ? foundOk(node, `Node ${versions.node}, ${versions.execPath}.`)
      : foundFailed(node, `Node ${versions.node} is too old.`, "Install Node 24.10 or newer from nodejs.org."),
    versions.sqlite === undefined
      ? foundFailed(sqlite, "This Node has none.", "Install Node 24.10 or newer from nodejs.org.")
      : isOlder(versions.sqlite, oldestSqlite)
        ? foundWarning(
            sqlite,
            `SQLite ${versions.sqlite} can damage a database when a computer is busy (mended in 3.51.3).`,
            "Install the newest Node 24 from nodejs.org; it brings a newer SQLite.",
          )
        : foundOk(sqlite, `SQLite ${versions.sqlite}.`),
  ];
}

function isOlder(version: string, oldest: readonly number[]): boolean {
  const parts = version.split(/[.-]/).map(Number);
  for (const [index, wanted] of oldest.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part < wanted;
  }
  return false;
}

/** Each watched folder takes one; a full library of the shop has some thousands, and an editor or two take as many again. */
const enoughWatches = 65_536;

/** Linux counts watched folders per user. Null on other systems, which have no such limit. */
export function judgeWatchLimit(maxWatches: number | null): Finding {
  const check = { check: "machine.watches", tried: "Read fs.inotify.max_user_watches" };
  if (maxWatches === null) return foundOk(check, "This system has no such limit.");
  if (maxWatches >= enoughWatches) return foundOk(check, `${maxWatches.toLocaleString("en")} folders may be watched.`);
  return foundWarning(
    check,
    `Only ${maxWatches.toLocaleString("en")} folders may be watched; in a large library, changes may go unnoticed until the next sync.`,
    "Ask who looks after this computer to put `fs.inotify.max_user_watches=524288` into /etc/sysctl.d/40-asset-sync.conf and to run `sysctl --system`.",
  );
}

/** Far enough apart that signed links are refused; a few seconds are not worth a word. */
const maxClockDifferenceMs = 5 * 60_000;

/** `servedAt`: the shop's `Date` header, null where it sent none. `nowMs`: our clock when it came. */
export function judgeClock(facts: { servedAt: string | null; nowMs: number } | null): Finding {
  const check = { check: "machine.clock", tried: "Compare this computer's clock with the shop's" };
  if (facts === null) return foundNotTried(check, "The shop did not answer.");
  const shopMs = facts.servedAt === null ? Number.NaN : Date.parse(facts.servedAt);
  if (Number.isNaN(shopMs)) return foundNotTried(check, "The shop's answer did not say what time it is there.");
  const differenceMs = facts.nowMs - shopMs;
  const seconds = Math.round(Math.abs(differenceMs) / 1_000);
  if (Math.abs(differenceMs) <= maxClockDifferenceMs)
    return foundOk(check, seconds <= 2 ? "They agree." : `They differ by ${seconds} s, which does no harm.`);
  const minutes = Math.round(seconds / 60).toLocaleString("en");
  return foundWarning(
    check,
    `This computer's clock is ${minutes} minutes ${differenceMs > 0 ? "ahead" : "behind"}; certificates and download links may seem to have ended.`,
    "Switch on setting the time from the network, in the system's date and time settings.",
  );
}
