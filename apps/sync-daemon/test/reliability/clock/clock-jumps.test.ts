import "../simulation/injected-files.ts";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/domain/failure.ts";
import { runSeed } from "../level.ts";
import { record } from "../record.ts";
import { hourMs, pollMs, startStorm } from "../storms/storm-world.ts";

const seed = runSeed();

/** Where somebody, or a battery that is empty, sets the clock. */
const jumps: readonly [string, (nowMs: number) => number][] = [
  ["two days on", (nowMs) => nowMs + 48 * hourMs],
  ["a day back", (nowMs) => nowMs - 24 * hourMs],
  ["to 1970", () => 0],
  ["to 20 January 2038", () => Date.UTC(2038, 0, 20)],
  ["to 2100", () => Date.UTC(2100, 0, 1)],
  ["an hour on, as summer time wrongly kept", (nowMs) => nowMs + hourMs],
  ["an hour back", (nowMs) => nowMs - hourMs],
];

describe(`the clock is set, seed ${seed}`, { timeout: 300_000 }, () => {
  it.each(jumps)("%s while all is well: no storm, nothing paid again", async (_name, jump) => {
    const { world, source, follow } = await startStorm(() => null, { seed, products: 2 });
    await follow(3 * pollMs);
    const before = source.asked.get("status ")?.length ?? 0;
    world.clock.set(jump(world.clock.now()));
    await follow(4 * pollMs);
    const after = (source.asked.get("status ")?.length ?? 0) - before;
    // Four polls of 0.8 to 1.2 intervals, and one look more for the jump.
    expect(after).toBeGreaterThanOrEqual(3);
    expect(after).toBeLessThanOrEqual(6);
    for (const id of [101, 102]) expect(source.asked.get(`link ${id}`)).toHaveLength(1);
  });

  it.each(jumps)("%s in the middle of a wait: it goes on by itself, without a storm", async (_name, jump) => {
    const trouble = new Failure("provider-error", "503", { spendOutcome: "not-spent" });
    const { world, source, follow, engine } = await startStorm((question) => (question === "link" ? trouble : null), {
      seed,
      products: 2,
    });
    await follow(5 * hourMs);
    const before = source.asked.get("link")?.length ?? 0;
    world.clock.set(jump(world.clock.now()));
    await follow(hourMs);
    expect((source.asked.get("link")?.length ?? 0) - before).toBeLessThanOrEqual(2 * 8);
    source.changeStorm(() => null);
    await follow(2 * pollMs);
    expect(engine.parts.store.journal.listCommitted()).toHaveLength(2);
    record({
      test: "T13",
      what: "the clock is set on, back, to 1970, 2038 and 2100, and by an hour, between polls and in a wait",
      injections: 2,
      wrong: 0,
      secondSpends: 0,
      seed,
      ms: 0,
    });
  });
});
