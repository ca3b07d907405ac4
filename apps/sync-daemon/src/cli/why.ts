import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { cleanText } from "./format.ts";

const states: Readonly<Record<string, string>> = {
  installed: "is in the library",
  "update-waiting": "is in the library, and an update waits",
  "under-way": "is being fetched",
  waiting: "will be fetched",
  deferred: "is not fetched for now",
  "not-wanted": "is not asked for by any rule",
  withdrawn: "is no longer in the shop",
  unknown: "is not in the shop's catalog",
};

export const why: Command = {
  name: "why",
  summary: "Say why a product is in the library, or why not.",
  usage: "ID",
  minArguments: 1,
  maxArguments: 1,
  options: [],
  example: "asset-sync why 132602",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const [id = ""] = context.positionals;
      const answer = await client.why({ id });
      context.output.answer(answer, () => {
        const name = answer.title === null ? `Product ${id}` : `${answer.title} (${answer.productId})`;
        return [
          `${name} ${states[answer.state] ?? answer.state}.`,
          ...answer.reasons.map(({ message }) => `  ${message}`),
        ].map(cleanText);
      });
      return exitStatuses.done;
    }),
};
