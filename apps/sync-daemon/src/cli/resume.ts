import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";

export const resume: Command = {
  name: "resume",
  summary: "Go on fetching after a pause.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync resume",
  run: (context) =>
    withDaemon(context, async ({ client, isOwn }) => {
      const answer = await client.resume();
      context.output.answer(answer, () => [
        isOwn ? "No longer paused. `asset-sync serve` starts fetching." : "No longer paused.",
      ]);
      return exitStatuses.done;
    }),
};
