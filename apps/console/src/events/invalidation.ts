import type { QueryClient } from "@tanstack/react-query";
import type { Affected } from "./affected-queries.ts";

/** A sync that installs a hundred products tells so a hundred times; answers are asked for anew this often at most. */
const leastMs = 400;

/** Marks answers as old, many at a time, so that a stream of events is no stream of questions. */
export function createInvalidation(queries: QueryClient): { add(affected: Affected): void; stop(): void } {
  let names = new Set<string>();
  let isEverything = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    if (isEverything) void queries.invalidateQueries();
    else void queries.invalidateQueries({ predicate: ({ queryKey }) => names.has(String(queryKey[0])) });
    names = new Set();
    isEverything = false;
  };
  return {
    add(affected) {
      if (affected.length === 0) return;
      if (affected === "everything") isEverything = true;
      else for (const name of affected) names.add(name);
      timer ??= setTimeout(flush, leastMs);
    },
    stop: () => clearTimeout(timer),
  };
}
