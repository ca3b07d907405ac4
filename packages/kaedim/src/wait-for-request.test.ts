import { createFakeClock } from "@org/http-core/testing";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, type RequestProgress } from "./index.ts";

far.useNock();

const minute = 60_000;

/** A client whose time stands still, and the moments at which it asked. */
function atRest() {
  const clock = createFakeClock();
  const kaedim = createKaedim(far.settings({ http: { ...far.quick, clock } }));
  const looks: number[] = [];
  const serve = (body: object, status = 200) =>
    far
      .signed()
      .get(`${far.base}/fetchRequest`)
      .query(true)
      .reply(() => {
        looks.push(clock.monotonicMs() / minute);
        return [status, body] as [number, object];
      });
  /** Lets time pass until the wait is over; never while a request is under way, whose answer belongs to its moment. */
  async function passUntil(waiting: Promise<unknown>) {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    waiting.then(end, end);
    while (!isOver) {
      if (clock.sleepers > 0) await clock.advance(minute / 2);
      else await new Promise((resolve) => setImmediate(resolve));
    }
  }
  return { clock, kaedim, looks, serve, passUntil };
}

describe("waitForRequest", () => {
  it("looks first after ten minutes, then every one and a half, and tells of each look", async () => {
    const { kaedim, looks, serve, passUntil } = atRest();
    serve(far.served({ status: "new", results: {} }));
    serve(far.served({ status: "for review", results: {} }));
    serve(far.served({ status: "completed" }));
    const progress: RequestProgress[] = [];
    const waiting = kaedim.waitForRequest({ requestId: "req-1", onProgress: (seen) => void progress.push(seen) });
    await passUntil(waiting);
    const finished = await waiting;
    expect(looks).toEqual([10, 11.5, 13]);
    expect(progress.map(({ state, elapsedMs }) => [state.status, elapsedMs])).toEqual([
      ["new", 10 * minute],
      ["for review", 11.5 * minute],
      ["completed", 13 * minute],
    ]);
    expect(finished.request.requestId).toBe("req-1");
    expect(Object.keys(finished.results)).toEqual(["glb"]);
    expect(finished.iteration.status).toBe("completed");
  });

  it("goes on over trouble of the moment", async () => {
    const { kaedim, looks, serve, passUntil } = atRest();
    for (let sent = 0; sent < 4; sent += 1) serve({ message: "busy" }, 503);
    serve(far.served());
    const waiting = kaedim.waitForRequest({ requestId: "req-1", firstDelayMs: 0, intervalMs: minute });
    await passUntil(waiting);
    await waiting;
    expect(looks).toEqual([0, 0, 0, 0, 1]);
  });

  it("ends with Kaedim's reason where the request was dismissed", async () => {
    const { kaedim, serve, passUntil } = atRest();
    serve(far.served({ status: "dismissed", dismissedReason: "Several objects in the picture" }));
    const waiting = far.failureOf(kaedim.waitForRequest({ requestId: "req-1", firstDelayMs: minute }));
    await passUntil(waiting);
    const error = await waiting;
    expect(error).toMatchObject({ kind: "refusal", code: "generation-failed", requestId: "req-1", retryable: false });
    expect(error.message).toContain("Several objects in the picture");
  });

  it("ends at once where there is no such request", async () => {
    const { kaedim, serve, passUntil } = atRest();
    serve({ status: "error", message: "No such request" }, 404);
    const waiting = far.failureOf(kaedim.waitForRequest({ requestId: "req-1", firstDelayMs: 0 }));
    await passUntil(waiting);
    expect(await waiting).toMatchObject({ code: "request-not-found" });
  });

  it("ends at the deadline, whatever unknown word the status is, and says that it may be finished yet", async () => {
    const { kaedim, looks, serve, passUntil } = atRest();
    for (let look = 0; look < 3; look += 1) serve(far.served({ status: "someday" }));
    const options = { requestId: "req-1", firstDelayMs: minute, intervalMs: minute, deadlineMs: 3 * minute };
    const waiting = far.failureOf(kaedim.waitForRequest(options));
    await passUntil(waiting);
    expect(await waiting).toMatchObject({ code: "deadline-passed", retryable: true });
    expect(looks).toEqual([1, 2, 3]);
  });

  it("looks once before a deadline that comes before the first look", async () => {
    const { kaedim, looks, serve, passUntil } = atRest();
    serve(far.served());
    const waiting = kaedim.waitForRequest({ requestId: "req-1", deadlineMs: minute });
    await passUntil(waiting);
    await waiting;
    expect(looks).toEqual([1]);
  });

  it("ends with its signal in the middle of a wait", async () => {
    const { clock, kaedim } = atRest();
    const controller = new AbortController();
    const waiting = far.failureOf(kaedim.waitForRequest({ requestId: "req-1", signal: controller.signal }));
    await clock.advance(5 * minute);
    controller.abort();
    expect(await waiting).toMatchObject({ kind: "aborted", code: "aborted" });
  });

  it.each(["firstDelayMs", "intervalMs", "deadlineMs"])("refuses a %s that is no time", async (name) => {
    const { kaedim } = atRest();
    const error = await far.failureOf(kaedim.waitForRequest({ requestId: "req-1", [name]: Number.NaN }));
    expect(error).toMatchObject({ code: "argument-invalid", neverSent: true });
  });
});
