import { setTimeout as wait } from "node:timers/promises";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command, CommandContext } from "./command.ts";
import { cleanText } from "./format.ts";
import { type LogLine, listLogFiles, readLogLines } from "./log-files.ts";
import { UsageError } from "./usage-error.ts";

const defaultLines = 50;
const maxLines = 100_000;
const betweenLooksMs = 500;

export const logs: Command = {
  name: "logs",
  summary: "Show the last lines of the log.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [
    { name: "lines", value: "NUMBER", help: `How many; ${defaultLines} if not said.` },
    { name: "follow", help: "Go on showing new lines until Ctrl-C." },
  ],
  example: "asset-sync logs --lines 20",
  async run(context) {
    const { flags, json, output } = context;
    const count = readCount(flags.text("lines"));
    if (json && flags.isSet("follow"))
      throw new UsageError('"--follow" never ends, so it cannot print one JSON document; leave one of the two out.');
    const { logs: folder } = resolveHomeFolders({ home: context.home, env: context.env });
    const files = await listLogFiles(folder);
    const newest = files.at(-1);
    const lines: LogLine[] = [];
    let seenBytes = 0;
    for (const file of files.toReversed()) {
      if (lines.length >= count) break;
      const read = await readLogLines(file, 0);
      lines.unshift(...read.lines);
      if (file === newest) seenBytes = read.end;
    }
    const last = lines.slice(-count);
    output.answer({ folder, lines: last }, () =>
      last.length === 0 ? [`There is no log in ${folder} yet.`] : last.map((line) => formatLine(line, context)),
    );
    if (flags.isSet("follow")) await follow({ folder, file: newest, seenBytes, context });
    return exitStatuses.done;
  },
};

function readCount(text: string | undefined): number {
  if (text === undefined) return defaultLines;
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1 || count > maxLines)
    throw new UsageError(`"--lines" needs a whole number from 1 to ${maxLines}, but it is "${text}".`);
  return count;
}

function formatLine({ time, level, msg, pid: _, ...fields }: LogLine, { output }: CommandContext): string {
  const date = new Date(time);
  const shown = Number.isNaN(date.getTime())
    ? time
    : `${date.toLocaleDateString("sv")} ${date.toLocaleTimeString("sv")}`;
  const details = Object.entries(fields)
    .filter(([name]) => name !== "type")
    .map(([name, value]) => `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  const colour = level === "error" ? "red" : level === "warn" ? "yellow" : level === "debug" ? "gray" : "green";
  return `${shown}  ${output.style(colour, level.padEnd(5))}  ${cleanText([msg ?? "", ...details].join("  "))}`;
}

/** Looks again and again: notices of the file system get lost when a log is rotated, and half a second is soon enough. */
async function follow(from: {
  folder: string;
  file: string | undefined;
  seenBytes: number;
  context: CommandContext;
}): Promise<void> {
  const { signal, terminal } = from.context;
  let { file, seenBytes } = from;
  while (!signal.aborted) {
    const files = await listLogFiles(from.folder);
    file ??= files[0];
    const { lines, end } = file === undefined ? { lines: [], end: 0 } : await readLogLines(file, seenBytes);
    for (const line of lines) terminal.stdout.write(`${formatLine(line, from.context)}\n`);
    seenBytes = end;
    const next = file === undefined || lines.length > 0 ? undefined : findNext(files, file);
    if (next === undefined) await wait(betweenLooksMs, undefined, { signal }).catch(() => undefined);
    else [file, seenBytes] = [next, 0];
  }
}

/** The file after `file`; the oldest there is when `file` itself was removed. */
function findNext(files: readonly string[], file: string): string | undefined {
  return files[files.indexOf(file) + 1];
}
