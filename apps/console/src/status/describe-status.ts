import type { StatusAnswer } from "@org/sync-daemon/contract/daemon";
import type { Say } from "../words/define-words.ts";
import type { Formats } from "../words/format.ts";
import type { statusWords } from "./status-words.ts";

/** One short line: what asset-sync is doing. */
export function describeStatus(
  status: Pick<StatusAnswer, "state" | "pausedUntil" | "downloads" | "nextPollAt">,
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
      return say("idle");
    default:
      return say(status.state);
  }
}
