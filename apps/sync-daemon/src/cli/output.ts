import { styleText } from "node:util";
import type { Terminal } from "./command.ts";
import { cleanText } from "./format.ts";

type Style = Parameters<typeof styleText>[0];

/** Where a command's answer goes: text for people, or with `--json` exactly one document for programs. */
export interface Output {
  /** The answer. `text` is not made when JSON is wanted. */
  answer(value: unknown, text: () => readonly string[]): void;
  /** Something to know besides the answer, for people only; on standard error. */
  note(text: string): void;
  /** What went wrong: on standard error, and as the JSON document where one is wanted and none was printed. */
  error(error: { code: string; message: string }): void;
  /** Colours where a terminal shows them; NO_COLOR and pipes get plain text. */
  style(style: Style, text: string): string;
}

export function createOutput(
  { stdout, stderr }: Pick<Terminal, "stdout" | "stderr">,
  options: { json: boolean },
): Output {
  let hasAnswered = false;
  const printJson = (value: unknown) => {
    if (hasAnswered) throw new Error("A command printed a second JSON document.");
    hasAnswered = true;
    stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  };
  return {
    answer(value, text) {
      if (options.json) printJson(value);
      else
        stdout.write(
          text()
            .map((line) => `${line}\n`)
            .join(""),
        );
    },
    note(text) {
      if (!options.json) stderr.write(`${text}\n`);
    },
    error({ code, message }) {
      const lines = message.split("\n").map(cleanText);
      stderr.write(`${styleText("red", lines.join("\n"), { stream: stderr })}\n`);
      if (options.json && !hasAnswered) printJson({ error: { code, message } });
    },
    style: (style, text) => styleText(style, text, { stream: stdout }),
  };
}
