import { describe, expect, it } from "vitest";
import { createAcquisitionQueue } from "./acquisition-queue.ts";

const options = (signal = new AbortController().signal, priority = 0) => ({ priority, signal });

describe("the acquisition queue", () => {
  it("runs no more transfers at once than it is told", async () => {
    const queue = createAcquisitionQueue({ transfers: 2 });
    let running = 0;
    let most = 0;
    const work = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
    };
    await Promise.all(Array.from({ length: 9 }, () => queue.transfer(work, options())));
    expect(most).toBe(2);
  });

  it("lets go of what waits when aborted, but waits for what has begun", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    const stopping = new AbortController();
    const release = Promise.withResolvers<string>();
    const begun = queue.transfer(() => release.promise, options(stopping.signal));
    let hasBegun = false;
    const waiting = queue.transfer(async () => {
      hasBegun = true;
    }, options(stopping.signal));
    stopping.abort();
    await expect(waiting).rejects.toThrow();
    let isSettled = false;
    const settled = begun.finally(() => {
      isSettled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isSettled).toBe(false);
    release.resolve("put away");
    expect(await settled).toBe("put away");
    expect(hasBegun).toBe(false);
  });

  it("lets go at once of what comes after the abort, also while paused", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    queue.pause();
    await expect(queue.transfer(async () => "done", options(AbortSignal.abort()))).rejects.toThrow();
  });

  it("is idle when all that was begun has ended, well or not", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    const release = Promise.withResolvers<void>();
    const failing = queue.once("a", () => release.promise.then(() => Promise.reject(new Error("broken"))));
    const order: string[] = [];
    const idle = queue.idle().then(() => order.push("idle"));
    release.resolve();
    await expect(failing.finally(() => order.push("ended"))).rejects.toThrow("broken");
    await idle;
    expect(order).toEqual(["ended", "idle"]);
  });

  it("while paused begins nothing for a rule, and what a person asks for at once", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    queue.pause();
    const order: string[] = [];
    const rule = queue.transfer(async () => void order.push("rule"), options());
    await queue.transfer(async () => void order.push("person"), options(undefined, 1));
    expect(order).toEqual(["person"]);
    queue.resume();
    await rule;
    expect(order).toEqual(["person", "rule"]);
  });

  it("does the same thing once, however often it is asked for, and again later", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    let done = 0;
    const work = async () => {
      done += 1;
      return done;
    };
    expect(await Promise.all([queue.once("a", work), queue.once("a", work), queue.once("b", work)])).toEqual([1, 1, 2]);
    expect(await queue.once("a", work)).toBe(3);
  });
});
