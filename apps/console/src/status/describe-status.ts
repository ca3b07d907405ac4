import type { StatusAnswer } from "@org/sync-daemon/contract/daemon";
import type { Say } from "../words/define-words.ts";
import type { Formats } from "../words/format.ts";
import type { statusWords } from "./status-words.ts";

/** One short line: what asset-sync is doing. */
export function describeStatus(
  status: Pick<StatusAnswer, "state" | "pausedUntil" | "downloads" | "notices" | "libraries">,
  say: Say<typeof statusWords>,
  formats: Pick<Formats, "time" | "dateTime">,
  nowMs: number,
): string {
  const isSoon = (iso: string) => Date.parse(iso) - nowMs < 20 * 3_600_000;
  const when = (iso: string) => (isSoon(iso) ? formats.time(iso) : formats.dateTime(iso));
  const open = status.downloads.length;
  switch (status.state) {
    case "paused":
      return status.pausedUntil === null ? say("paused") : say("pausedUntil", { when: when(status.pausedUntil) });
    case "quiet":
      return status.pausedUntil === null ? say("quiet") : say("quietUntil", { when: when(status.pausedUntil) });
    case "syncing":
      return open === 0 ? say("syncing") : say("fetching", { count: open });
    case "idle":
      // What a person asked for by name comes without a sync.
      if (open > 0) return say("fetching", { count: open });
      return isAllWell(status) ? say("idle") : say("idleNotices");
    default:
      return say(status.state);
  }
}

/** Is there nothing that a person should look at? */
export function isAllWell(status: Pick<StatusAnswer, "notices" | "libraries">): boolean {
  return listNotices(status).length === 0;
}

/** What a person should look at; a library may have been lost since the last sync said so. */
export function listNotices({
  notices,
  libraries,
}: Pick<StatusAnswer, "notices" | "libraries">): readonly { code: string; message: string }[] {
  const lost = libraries.flatMap(({ state, folder, message }) =>
    state === "ready" ? [] : [{ code: "library-unusable", message: message ?? folder }],
  );
  return [...notices, ...lost.filter((one) => !notices.some(({ message }) => message === one.message))];
}
