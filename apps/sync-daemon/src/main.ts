import process from "node:process";
import { runCommandLine } from "./cli/run.ts";
import { exitStatuses } from "./domain/exit-status.ts";

/** After a command is done, what still holds the process (a connection, a watcher) gets this long. */
const lingerMs = 2_000;

/** One Ctrl-C may come several times: from the terminal and, passed on, from whatever started this process. */
const oneSignalMs = 1_000;

// A diagnostic report, which Node writes when a person has asked for such, would hold the password of the environment.
process.report.excludeEnv = true;

// The first signal asks to end in good order, a later one ends at once.
const stopping = new AbortController();
let askedAtMs = 0;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (!stopping.signal.aborted) askedAtMs = performance.now();
    else if (performance.now() - askedAtMs > oneSignalMs) process.exit(exitStatuses.failed);
    stopping.abort();
  });
}
// A reader such as `head` that has seen enough is no error.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitStatuses.done);
    throw error;
  });
}

process.exitCode = await runCommandLine({
  args: process.argv.slice(2),
  env: process.env,
  terminal: process,
  signal: stopping.signal,
});
await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
setTimeout(() => process.exit(), lingerMs).unref();
