import { resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { LibraryAnswer } from "../api/contract/library.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { ApiClient } from "./api-client.ts";
import type { Command } from "./command.ts";
import { withDaemon, withProgress } from "./connect.ts";
import { cleanText } from "./format.ts";

const betweenLooksMs = 500;

export const move: Command = {
  name: "move",
  summary: "Move the libraries to another folder; the old ones stay.",
  usage: "FOLDER",
  minArguments: 1,
  maxArguments: 1,
  options: [],
  example: "asset-sync move /disk2/iMeshh",
  run: (context) =>
    withDaemon(context, async ({ client }) => {
      const to = resolve(context.positionals[0] ?? "");
      const work = async () => waitForEnd(client, await client.moveLibrary({ to }), context.signal);
      const ended = await withProgress(context, client, work);
      context.output.answer(ended, () => (ended.message === null ? [] : [cleanText(ended.message)]));
      return ended.state === "done" ? exitStatuses.done : exitStatuses.disk;
    }),
};

type Move = NonNullable<LibraryAnswer["move"]>;

async function waitForEnd(client: ApiClient, begun: LibraryAnswer, signal: AbortSignal): Promise<Move> {
  for (let { move } = begun; ; { move } = await client.library()) {
    if (move === null) throw new Error("The daemon knows of no move.");
    if (move.state === "done" || move.state === "failed") return move;
    await wait(betweenLooksMs, undefined, { signal });
  }
}
