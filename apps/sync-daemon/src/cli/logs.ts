import { open, readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { resolveHomeFolders } from "../config/home-folders.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import type { Command, CommandContext } from "./command.ts";
import { cleanText } from "./format.ts";
import { UsageError } from "./usage-error.ts";

const defaultLines = 50;
const maxLines = 100_000;
const betweenLooksMs = 500;

const lineSchema = z.looseObject({ time: z.string(), level: z.string(), msg: z.string().optional() });
type LogLine = z.infer<typeof lineSchema>;

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
    const lines: LogLine[] = [];
    for (const file of files.toReversed()) {
      if (lines.length >= count) break;
      lines.unshift(...parseLines(await readFile(file, "utf8")));
    }
    const last = lines.slice(-count);
    output.answer({ folder, lines: last }, () =>
      last.length === 0 ? [`There is no log in ${folder} yet.`] : last.map((line) => formatLine(line, context)),
    );
    if (flags.isSet("follow")) await follow(folder, context);
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

/** Oldest first. */
async function listLogFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const numbered = names.flatMap((name) => {
    const [, number] = /^asset-sync\.(\d+)\.log$/.exec(name) ?? [];
    return number === undefined ? [] : [{ file: path.join(folder, name), number: Number(number) }];
  });
  return numbered.sort((one, other) => one.number - other.number).map(({ file }) => file);
}

function parseLines(text: string): LogLine[] {
  return text.split("\n").flatMap((line) => {
    try {
      return lineSchema.safeParse(JSON.parse(line)).data ?? [];
    } catch {
      // The last line may be cut short by a crash, or still be on its way.
      return [];
    }
  });
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

/** Looks again and again: notices of the file system get lost when a log is rotated, and nobody waits for half a second. */
async function follow(folder: string, context: CommandContext): Promise<void> {
  const { signal, terminal } = context;
  let current: string | undefined;
  let position: number | undefined;
  let rest = "";
  while (!signal.aborted) {
    const newest = (await listLogFiles(folder)).at(-1);
    const target = current ?? newest;
    if (target !== undefined) {
      const { text, end } = await readFrom(target, position);
      position = end;
      current = target;
      const pieces = (rest + text).split("\n");
      rest = pieces.pop() ?? "";
      for (const line of parseLines(pieces.join("\n"))) terminal.stdout.write(`${formatLine(line, context)}\n`);
      if (newest !== target && text === "") [current, position, rest] = [newest, 0, ""];
    }
    await wait(betweenLooksMs, undefined, { signal }).catch(() => undefined);
  }
}

/** From `position`, or nothing but the end where none is known yet. */
async function readFrom(file: string, position: number | undefined): Promise<{ text: string; end: number }> {
  const handle = await open(file, "r").catch(() => null);
  if (handle === null) return { text: "", end: position ?? 0 };
  try {
    const { size } = await handle.stat();
    if (position === undefined || size <= position) return { text: "", end: size };
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - position), 0, size - position, position);
    return { text: buffer.toString("utf8", 0, bytesRead), end: position + bytesRead };
  } finally {
    await handle.close();
  }
}
