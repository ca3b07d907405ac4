import { resolve } from "node:path";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon, withProgress } from "./connect.ts";
import { cleanText } from "./format.ts";

export const adopt: Command = {
  name: "adopt",
  summary: "Claim folders of iMeshh's add-on and zips that you have; free.",
  usage: "[FOLDER…]",
  minArguments: 0,
  maxArguments: 20,
  options: [{ name: "dry-run", help: "Say what would be claimed, and do nothing." }],
  example: "asset-sync adopt ~/Downloads --dry-run",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const dryRun = context.flags.isSet("dry-run");
      const folders = context.positionals.map((folder) => resolve(folder));
      const result = await withProgress(context, client, () => client.adopt({ folders, dryRun }), ["asset-committed"]);
      context.output.answer(result, () => {
        const done = dryRun ? "Would adopt" : "Adopted";
        const lines = [
          ...result.adopted.map(({ title, path, message }) => `${done} ${title}: ${path}. ${message}`),
          ...result.passed.map(({ path, message }) => `Left alone: ${path}. ${message}`),
        ];
        return lines.length === 0 ? ["Nothing was found that is not known already."] : lines.map(cleanText);
      });
      return exitStatuses.done;
    }),
};
