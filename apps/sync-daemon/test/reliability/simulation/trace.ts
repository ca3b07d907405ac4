import { createHash } from "node:crypto";

const keptLines = 80 * Number(process.env.TRACE_PAGES ?? 1);

/** What happened, a line for each step, as one hash. The same seed must give the same one. */
export interface Trace {
  add(line: string): void;
  readonly steps: number;
  hash(): string;
  /** The last lines, oldest first. */
  last(): string[];
}

export function createTrace(): Trace {
  const digest = createHash("sha256");
  const lines: string[] = [];
  let steps = 0;
  return {
    add(line) {
      steps += 1;
      digest.update(`${line}\n`);
      lines.push(`${steps} ${line}`);
      if (lines.length > keptLines * 2) lines.splice(0, keptLines);
    },
    get steps() {
      return steps;
    },
    hash: () => digest.copy().digest("hex"),
    last: () => lines.slice(-keptLines),
  };
}
