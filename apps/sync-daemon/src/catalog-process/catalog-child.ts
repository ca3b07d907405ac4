// The process that reads the shop's feeds and builds the catalog database, started by start-catalog-process.ts for one
// task. It holds the whole catalog in memory for some seconds, reads what came over plain HTTP, and knows no secret.
import { setPriority } from "node:os";
import process from "node:process";
import { toFailure } from "../domain/failure.ts";
import { buildCatalog } from "./build-catalog.ts";
import type { CatalogMessage, CatalogTask } from "./messages.ts";

/** Behind everything a person waits for. */
const niceness = 10;

function say(message: CatalogMessage): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, undefined, undefined, () => resolve());
  });
}

async function answer(task: CatalogTask): Promise<void> {
  try {
    const log = (level: "debug" | "warn") => (fields: Record<string, unknown>, text: string) =>
      void say({ kind: "log", level, fields, message: text });
    // Stopped from outside, by ending the process.
    const { signal } = new AbortController();
    const logger = { debug: log("debug"), warn: log("warn") };
    const built = await buildCatalog(task, { signal, logger });
    await say(built === undefined ? { kind: "no-feeds" } : { kind: "built", built });
  } catch (error) {
    const { code, message, path, retryAfterMs, cause } = toFailure(error);
    const known = cause instanceof Error ? cause.message : undefined;
    await say({ kind: "failed", code, message, path, retryAfterMs, cause: known });
  }
  process.disconnect?.();
}

process.once("message", (task: CatalogTask) => void answer(task));
// Without a parent nobody wants the rest of it. What a terminal or a service manager sends to all processes at once is
// the parent's to answer: it stops this one when it wants to.
process.on("disconnect", () => process.exit());
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => undefined);
setPriority(niceness);
