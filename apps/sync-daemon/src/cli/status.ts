import type { StatusAnswer } from "../api/contract/daemon.ts";
import { formatBytes } from "../domain/byte-size.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command } from "./command.ts";
import { withDaemon } from "./connect.ts";
import { cleanText, countOf, formatTime } from "./format.ts";

export const status: Command = {
  name: "status",
  summary: "Show what asset-sync is doing and how the library is.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync status",
  run: (context) =>
    withDaemon(context, async ({ client, isOwn }) => {
      const answer = await client.status();
      context.output.answer({ running: !isOwn, ...answer }, () => describeStatus(answer, isOwn));
      return exitStatuses.done;
    }),
};

const doing: Readonly<Record<StatusAnswer["state"], string>> = {
  idle: "waits for news",
  syncing: "is syncing",
  paused: "is paused",
  quiet: "keeps the quiet hours",
  setup: "waits to be set up",
  stopping: "is stopping",
};

/** Also what `pause` and `resume` print. */
export function describeStatus(answer: StatusAnswer, isOwn: boolean): string[] {
  const lines = [
    isOwn
      ? `asset-sync ${answer.version} is not running${answer.state === "paused" ? " and is paused" : ""}; \`asset-sync serve\` starts it.`
      : `asset-sync ${answer.version} ${doing[answer.state]}${answer.pausedUntil === null ? "" : ` until ${formatTime(answer.pausedUntil)}`} (process ${answer.pid}, since ${formatTime(answer.startedAt)}).`,
    answer.catalogRevision === null
      ? "Nothing is known of the shop yet; the first sync asks it."
      : `The shop offers ${countOf(answer.products, "product")}${answer.skipped === 0 ? "" : `; ${answer.skipped} of its records are no product on offer`}.`,
    `${countOf(answer.assets, "asset")} in the libraries:`,
    ...answer.libraries.map(({ folder, assets, message }) =>
      cleanText(`  ${folder}: ${message ?? countOf(assets, "asset")}`),
    ),
  ];
  const { lastSync } = answer;
  if (lastSync !== null) {
    const { committed, failed, spent } = lastSync.result;
    lines.push(
      `Last sync ${formatTime(lastSync.at)}: ${committed} installed, ${failed.length} not done, ${countOf(spent, "download")} spent.`,
    );
  }
  if (!isOwn && answer.nextPollAt !== null) lines.push(`Next look for news ${formatTime(answer.nextPollAt)}.`);
  for (const { title, state, bytes, totalBytes } of answer.downloads) {
    const size =
      bytes === null ? state : `${formatBytes(bytes)}${totalBytes === null ? "" : ` of ${formatBytes(totalBytes)}`}`;
    lines.push(cleanText(`  ${title}: ${size}`));
  }
  if (answer.notices.length > 0)
    lines.push("Please look at:", ...answer.notices.map(({ message }) => cleanText(`  ${message}`)));
  return lines;
}
