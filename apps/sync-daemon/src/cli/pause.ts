import { exitStatuses } from "../domain/exit-status.ts";
import type { Command, CommandContext } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { formatTime } from "./format.ts";
import { parseDuration, parseMoment } from "./parse-time.ts";
import { UsageError } from "./usage-error.ts";

export const pause: Command = {
  name: "pause",
  summary: "Stop fetching for a while.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [
    { name: "for", value: "TIME", help: "How long: 30m, 1h, 2d." },
    { name: "until", value: "TIME", help: "Until when: tomorrow, 18:30, 2026-08-01." },
  ],
  example: "asset-sync pause --for 1h",
  run: (context) => {
    const untilMs = readUntil(context, Date.now());
    return withDaemon(context, async ({ client }) => {
      const answer = await client.pause({ untilMs });
      context.output.answer(answer, () => [
        answer.pausedUntil === null
          ? "Paused until `asset-sync resume`."
          : `Paused until ${formatTime(answer.pausedUntil)}; \`asset-sync resume\` ends it earlier.`,
      ]);
      return exitStatuses.done;
    });
  },
};

function readUntil({ flags }: CommandContext, nowMs: number): number | null {
  const [duration, moment] = [flags.text("for"), flags.text("until")];
  if (duration !== undefined && moment !== undefined) throw new UsageError('Give "--for" or "--until", not both.');
  if (duration !== undefined) {
    const durationMs = parseDuration(duration);
    if (durationMs === undefined)
      throw new UsageError(`"--for" needs a time such as 30m, 1h or 2d, but it is "${duration}".`);
    return nowMs + durationMs;
  }
  if (moment === undefined) return null;
  const untilMs = parseMoment(moment, nowMs);
  if (untilMs === undefined)
    throw new UsageError(`"--until" needs a time such as tomorrow, 18:30 or 2026-08-01, but it is "${moment}".`);
  if (untilMs <= nowMs) throw new UsageError(`"--until ${moment}" is already past.`);
  return untilMs;
}
