import { describe, expect, it } from "vitest";
import { Failure } from "../domain/failure.ts";
import { createAcquisitionQueue } from "./acquisition-queue.ts";

const options = (signal = new AbortController().signal, priority = 0, id = "1") => ({ id, priority, signal });

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

  it("asks one work to end, waits until it has, and leaves the others alone", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    const order: string[] = [];
    const work = (name: string) => (stopped: AbortSignal) =>
      new Promise<void>((_, reject) => {
        stopped.addEventListener("abort", () => {
          order.push(`${name} ends`);
          reject(stopped.reason);
        });
      });
    const one = queue.once("one", work("one"));
    const refused = expect(one).rejects.toMatchObject({ code: "held" });
    const other = queue.once("other", work("other"));
    await queue.stop("one", new Failure("held", "It is held."));
    order.push("stopped");
    expect(order).toEqual(["one ends", "stopped"]);
    expect([queue.isUnderWay("one"), queue.isUnderWay("other")]).toEqual([false, true]);
    await refused;
    await queue.stop("nothing", new Failure("held", "It is held."));
    const cancelled = expect(other).rejects.toMatchObject({ code: "cancelled" });
    await queue.stop("other", new Failure("cancelled", "It is cancelled."));
    await cancelled;
  });

  it("begins what waits in the order in which a person put it, and forgets what was let go", async () => {
    const queue = createAcquisitionQueue({ transfers: 1 });
    const release = Promise.withResolvers<void>();
    const order: string[] = [];
    const stopping = new AbortController();
    const add = (id: string, signal?: AbortSignal) =>
      queue.transfer(async () => void order.push(id), options(signal, 0, id));
    const begun = queue.transfer(() => release.promise, options(undefined, 0, "begun"));
    const waiting = [add("a"), add("b"), add("c")];
    const gone = expect(add("gone", stopping.signal)).rejects.toThrow();
    expect(queue.waiting()).toEqual(["a", "b", "c", "gone"]);
    stopping.abort();
    await gone;
    expect(queue.move("c", "first")).toBe(true);
    expect(queue.move("begun", "first")).toBe(false);
    expect(queue.waiting()).toEqual(["c", "a", "b"]);
    release.resolve();
    await Promise.all([begun, ...waiting]);
    expect(order).toEqual(["c", "a", "b"]);
  });
});
