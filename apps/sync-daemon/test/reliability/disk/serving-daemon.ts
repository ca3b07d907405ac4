import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { runDaemon } from "../power/power-daemon.ts";

/** What a daemon that serves answered while something was wrong with its disk. */
export interface ApiWatch {
  /** Ends the watch: how many answers came, the longest wait for one, and what the last failed one said. */
  stop(): Promise<{ answers: number; failed: number; longestMs: number; lastFailure: string }>;
}

/** Asks the daemon of `home` how it is, ten times a second. Begins to count with its first answer. */
export function watchApi(home: string): ApiWatch {
  let isOver = false;
  const seen = { answers: 0, failed: 0, longestMs: 0, lastFailure: "" };
  const watching = (async () => {
    while (!isOver) {
      const startedAt = performance.now();
      const failure = await findFailure(home);
      if (failure === null) {
        seen.answers += 1;
        seen.longestMs = Math.max(seen.longestMs, Math.round(performance.now() - startedAt));
      } else if (seen.answers > 0) {
        seen.failed += 1;
        seen.lastFailure = failure;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  return {
    async stop() {
      isOver = true;
      await watching;
      return seen;
    },
  };
}

/** Null where the daemon said how it is. */
async function findFailure(home: string): Promise<string | null> {
  const file = join(home, "api.json");
  if (!existsSync(file)) return "no api.json";
  try {
    const { address, token } = JSON.parse(readFileSync(file, "utf8")) as { address: string; token: string };
    const answer = await fetch(`${address}/api/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    return answer.ok ? null : `${answer.status} ${text}`;
  } catch (error) {
    return String(error instanceof Error ? (error.cause ?? error) : error);
  }
}

/** Waits until `look` is true; throws with what the daemon said if it ends, or after `withinMs`. */
export async function untilServed(waited: {
  run: ReturnType<typeof runDaemon>;
  what: string;
  withinMs: number;
  look: () => Promise<boolean> | boolean;
}): Promise<void> {
  const deadline = performance.now() + waited.withinMs;
  while (!(await waited.look())) {
    if (waited.run.process.exitCode !== null) throw new Error(`The daemon ended: ${(await waited.run.ended).stderr}`);
    if (performance.now() > deadline) throw new Error(`Waited ${waited.withinMs} ms for ${waited.what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
