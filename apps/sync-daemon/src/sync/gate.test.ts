import { describe, expect, it } from "vitest";
import { createGate } from "./gate.ts";

const { signal } = new AbortController();

describe("a gate", () => {
  it("is held when what passed has ended, and lets nothing through until it is opened", async () => {
    const gate = createGate();
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const passing = gate.pass(async () => {
      await first.promise;
      seen.push("first");
    });
    const held = gate.hold(signal).then((open) => {
      seen.push("held");
      return open;
    });
    const later = gate.pass(async () => void seen.push("later"));
    first.resolve();
    const open = await held;
    await passing;
    expect(seen).toEqual(["first", "held"]);
    open();
    await later;
    expect(seen).toEqual(["first", "held", "later"]);
  });

  it("lets go of who waits when their signal aborts", async () => {
    const gate = createGate();
    const open = await gate.hold(signal);
    const stop = new AbortController();
    const waiting = gate.pass(async () => "passed", stop.signal);
    const second = gate.hold(stop.signal);
    stop.abort(new Error("enough"));
    await expect(waiting).rejects.toThrow("enough");
    await expect(second).rejects.toThrow("enough");
    open();
    expect(await gate.pass(async () => "passed")).toBe("passed");
  });

  it("opens again when whoever waited to hold it gave up", async () => {
    const gate = createGate();
    const first = Promise.withResolvers<void>();
    const passing = gate.pass(() => first.promise);
    const stop = new AbortController();
    const held = gate.hold(stop.signal);
    stop.abort(new Error("enough"));
    await expect(held).rejects.toThrow("enough");
    expect(await gate.pass(async () => "passed")).toBe("passed");
    first.resolve();
    await passing;
  });
});
