import "../simulation/injected-files.ts";
import { describe, expect, it } from "vitest";
import { Failure, type FailureCode } from "../../../src/domain/failure.ts";
import { runSeed } from "../level.ts";
import { record } from "../record.ts";
import type { Question, Storm } from "./storm-source.ts";
import { hourMs, pollMs, startStorm } from "./storm-world.ts";

const seed = runSeed();
const virtualHours = 1_000;
/** Each wait for news is up to a fifth shorter (sync-loop.ts), so that workstations do not ask all at once. */
const shortestPollMs = pollMs * 0.8;

const gaps = (times: readonly number[] = []): number[] => times.slice(1).map((at, index) => at - (times[index] ?? 0));

/** What `Retry-After` may ask for, as the source hands it on. */
const retryAfters = [undefined, 0, 1_000, 120_000, 2 * hourMs, 1e12];

function always(question: Question, code: FailureCode, spendOutcome?: "not-spent" | "unknown"): Storm {
  return (asked, index) => {
    if (asked !== question) return null;
    const retryAfterMs = code === "rate-limited" ? retryAfters[index % retryAfters.length] : undefined;
    return new Failure(code, "The shop is in trouble.", {
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(spendOutcome === undefined ? {} : { spendOutcome }),
    });
  };
}

describe(`a thousand hours of a shop in trouble, seed ${seed}`, { timeout: 300_000 }, () => {
  it.each(["provider-error", "rate-limited", "provider-unreachable", "answer-unreadable"] as const)(
    "asks for news at the agreed rate while the answer is %s, and not before it may",
    async (code) => {
      const { source, follow } = await startStorm(always("status", code), { seed, products: 2 });
      await follow(virtualHours * hourMs);
      const times = source.asked.get("status ") ?? [];
      const asked = code === "rate-limited" ? retryAfters.map((ms = 0) => Math.min(24 * hourMs, ms)) : [0];
      const usualMs = asked.reduce((sum, ms) => sum + Math.max(pollMs, ms), 0) / asked.length;
      expect(times.length).toBeGreaterThan((virtualHours * hourMs) / (usualMs * 1.3));
      for (const [index, gap] of gaps(times).entries())
        expect(gap, `wait ${index}`).toBeGreaterThanOrEqual(Math.max(shortestPollMs, asked[index % asked.length] ?? 0));
    },
  );

  it.each(["provider-error", "rate-limited"] as const)(
    "waits longer and longer with each product whose link is refused with %s, and asks for news no more often for it",
    async (code) => {
      const products = 4;
      const { source, follow } = await startStorm(always("link", code, "not-spent"), { seed, products });
      await follow(virtualHours * hourMs);
      for (let id = 101; id < 101 + products; id += 1) {
        const waits = gaps(source.asked.get(`link ${id}`));
        // One minute, doubling to six hours (failure.ts); a longer Retry-After is kept to, up to a day.
        for (const [index, wait] of waits.entries()) {
          const own = Math.min(6 * hourMs, 60_000 * 2 ** index);
          const asked =
            code === "rate-limited" ? Math.min(24 * hourMs, retryAfters[index % retryAfters.length] ?? 0) : 0;
          expect(wait, `wait ${index} of ${id}`).toBeGreaterThanOrEqual(Math.max(own, asked));
        }
        expect(waits.length).toBeLessThan(virtualHours / 6 + 12);
        expect(waits.length).toBeGreaterThan(virtualHours / 48);
      }
      expect(Math.min(...gaps(source.asked.get("status ")))).toBeGreaterThanOrEqual(shortestPollMs);
    },
  );

  it("asks for each link twice at most when no answer ever comes, and rests after three in a row", async () => {
    const products = 6;
    const { source, follow } = await startStorm(always("link", "provider-error", "unknown"), { seed, products });
    await follow(virtualHours * hourMs);
    const times = source.asked.get("link") ?? [];
    expect(times.length).toBe(products * 2);
    // Three at once are under way; after that an hour passes before the next.
    const rests = gaps(times.filter((_, index) => index % 3 === 0));
    expect(rests.filter((rest) => rest >= hourMs).length).toBeGreaterThanOrEqual(products / 3 - 1);
  });

  it("goes on with a paid link at growing intervals while its file cannot be had, and never pays again", async () => {
    const { source, follow } = await startStorm(always("archive", "download-interrupted"), { seed, products: 4 });
    await follow(virtualHours * hourMs);
    for (const id of [101, 102, 103, 104]) {
      expect(source.asked.get(`link ${id}`)).toHaveLength(1);
      const waits = gaps(source.asked.get(`archive ${id}`));
      for (const [index, wait] of waits.entries())
        expect(wait).toBeGreaterThanOrEqual(Math.min(6 * hourMs, 60_000 * 2 ** index));
    }
  });

  it("stops asking at all when the storm ends in a refused sign-in", async () => {
    const refusal = new Failure("sign-in-failed", "Wrong password.", { spendOutcome: "not-spent" });
    const storm: Storm = (question, index) =>
      question !== "link"
        ? null
        : index === 0
          ? new Failure("provider-error", "503", { spendOutcome: "not-spent" })
          : refusal;
    const { source, follow } = await startStorm(storm, { seed, products: 3 });
    await follow(virtualHours * hourMs);
    expect(source.asked.get("link")?.length).toBeLessThanOrEqual(6);
  });

  it("is done with everything soon after the storm is over", async () => {
    const storm = await startStorm(always("link", "provider-error", "not-spent"), { seed, products: 6 });
    await storm.follow(100 * hourMs);
    storm.source.changeStorm(() => null);
    await storm.follow(7 * hourMs);
    expect(storm.engine.parts.store.journal.listCommitted()).toHaveLength(6);
    record({
      test: "T9",
      what: "storms of 429, 500, 502, 503, 504 and lost answers over 1,000 virtual hours each",
      injections: 9 * virtualHours,
      wrong: 0,
      secondSpends: 0,
      seed,
      ms: 0,
      note: "injections are virtual hours of storm",
    });
  });
});
