import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";

const lineSchema = z.looseObject({ time: z.string(), level: z.string(), msg: z.string().optional() });
export type LogLine = z.infer<typeof lineSchema>;

/** The log's files in `folder`, the oldest first; none where there is no such folder. */
export async function listLogFiles(folder: string): Promise<string[]> {
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

/**
 * Reads the whole lines after byte `position`; `end` is where the next reading begins. A last line without its end is
 * still being written, or was cut short by a crash: it is left for next time. A file that is gone holds no lines.
 */
export async function readLogLines(file: string, position: number): Promise<{ lines: LogLine[]; end: number }> {
  const handle = await open(file, "r").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (handle === null) return { lines: [], end: position };
  try {
    const { size } = await handle.stat();
    const length = Math.max(0, size - position);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, position);
    const wholeBytes = buffer.subarray(0, bytesRead).lastIndexOf(0x0a) + 1;
    const lines = buffer.toString("utf8", 0, wholeBytes).split("\n").flatMap(parseLine);
    return { lines, end: position + wholeBytes };
  } finally {
    await handle.close();
  }
}

function parseLine(line: string): LogLine[] {
  try {
    return [lineSchema.parse(JSON.parse(line))];
  } catch {
    // What a crash left of a line, with the next one appended to it.
    return [];
  }
}
