import { createInterface } from "node:readline/promises";
import { CallError } from "./api-client.ts";
import type { Terminal } from "./command.ts";

/** Asks a person at a terminal. Questions go to standard error, so that standard output holds the answer alone. */
export async function ask(
  terminal: Terminal,
  options: { question: string; otherwise: string; signal: AbortSignal },
): Promise<string> {
  const reader = createInterface({ input: terminal.stdin, output: terminal.stderr });
  // Without this Ctrl-C would only close the reader and leave the question without an end.
  reader.once("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    const shown = options.otherwise === "" ? "" : ` [${options.otherwise}]`;
    const answer = await reader.question(`${options.question}${shown}: `, { signal: options.signal });
    return answer.trim() || options.otherwise;
  } catch (error) {
    // Ctrl-C and Ctrl-D both come as this; neither is a fault.
    if (error instanceof Error && error.name === "AbortError") throw stoppedAsking();
    throw error;
  } finally {
    reader.close();
  }
}

function stoppedAsking(): CallError {
  return new CallError("stopped-asking", "Stopped; nothing was written.");
}

/** Asks for a password without showing it. */
export async function askSecret(
  terminal: Terminal,
  options: { question: string; signal: AbortSignal },
): Promise<string> {
  const { stdin, stderr } = terminal;
  stderr.write(`${options.question}: `);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let typed = "";
  const take = (text: string) => {
    for (const character of text) {
      if (character === "\r" || character === "\n" || character === "\u0004") return resolve(typed);
      if (character === "\u0003") return reject(stoppedAsking());
      if (character === "\u007f" || character === "\b") typed = typed.slice(0, -1);
      else if (character >= " ") typed += character;
    }
  };
  const stop = () => reject(stoppedAsking());
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  stdin.on("data", take);
  options.signal.addEventListener("abort", stop, { once: true });
  stdin.resume();
  try {
    return await promise;
  } finally {
    stdin.off("data", take);
    options.signal.removeEventListener("abort", stop);
    stdin.setRawMode(false);
    stdin.pause();
    stderr.write("\n");
  }
}

/** Everything on standard input without the line break at its end, for `--password-stdin`. */
export async function readSecret(stdin: NodeJS.ReadStream): Promise<string> {
  let text = "";
  stdin.setEncoding("utf8");
  for await (const chunk of stdin) {
    text += chunk;
    if (text.length > 10_000) break;
  }
  return text.replace(/\r?\n$/, "");
}
