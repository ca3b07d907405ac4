import { ApiError } from "@org/http-core";
import { describe, expect, it } from "vitest";
import { aboutIteration, deliveries, full, knownRequest, path, receiver, secret } from "./__fixtures__/receiver.ts";
import { signatureOf } from "./__fixtures__/sign-webhook.ts";
import type { KaedimRequest } from "./index.ts";

describe.each(["node", "fetch"] as const)("T26 a receiver for %s", (style) => {
  const run = deliveries[style];

  it("answers with an empty 200 and tells what the API says, not what the webhook says", async () => {
    const { handler, log } = receiver();
    await run(handler, async (send) => {
      const response = await send({});
      expect(response.status).toBe(200);
      expect(await response.text()).toBe("");
      await handler.whenIdle();
    });
    expect(log.asked).toEqual(["req-4711"]);
    expect(log.confirmed).toHaveLength(1);
    expect(log.confirmed[0]).toMatchObject({
      request: { requestId: "req-4711" },
      state: { state: "done", status: "approved", results: { glb: "https://results.example/true.glb" } },
      webhook: { status: "completed", iterationId: "2" },
    });
    expect(log.rejected).toEqual([]);
  });

  it("answers before it asks", async () => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    const { handler, log } = receiver({
      kaedim: {
        async fetchRequest({ requestId }) {
          asked.resolve();
          await answer.promise;
          return knownRequest(requestId);
        },
      },
    });
    await run(handler, async (send) => {
      expect((await send({})).status).toBe(200);
      await asked.promise;
      expect(log.confirmed).toEqual([]);
      answer.resolve();
      await handler.whenIdle();
      expect(log.confirmed).toHaveLength(1);
    });
  });

  const old = Date.now() - 60 * 60_000;
  it.each([
    [
      "a wrong key",
      { signature: signatureOf({ secret: "wrong", body: full, t: Date.now() }) },
      401,
      "signature-mismatch",
    ],
    ["no header", { signature: null }, 401, "signature-missing"],
    ["a header that is none", { signature: "v1=ab" }, 401, "signature-malformed"],
    [
      "another body",
      { body: aboutIteration(9), signature: signatureOf({ secret, body: full, t: Date.now() }) },
      401,
      "signature-mismatch",
    ],
    ["one from an hour ago", { signature: signatureOf({ secret, body: full, t: old }) }, 401, "timestamp-too-old"],
    ["10 MB", { body: `"${"x".repeat(10_000_000)}"` }, 413, "body-too-large"],
    ["a signed page", { body: "<!doctype html>" }, 400, "body-unreadable"],
    ["another path", { to: "/" }, 404, "not-found"],
    ["the path with more behind it", { to: `${path}/more` }, 404, "not-found"],
    ["a GET", { method: "GET", signature: null }, 405, "method-not-allowed"],
  ])("turns away %s", async (_what, delivery, status, reason) => {
    const { handler, log } = receiver();
    await run(handler, async (send) => {
      const response = await send(delivery);
      expect(response.status).toBe(status);
      expect(await response.text()).toBe("");
      await handler.whenIdle();
    });
    expect(log).toEqual({ asked: [], confirmed: [], failed: [], rejected: [reason] });
  });

  it("answers an old and a new path while one is being replaced, and nothing else that a tunnel lets through", async () => {
    const next = `${path}-next`;
    const { handler, log } = receiver({ path: [path, next] });
    await run(handler, async (send) => {
      for (const to of [path, next]) expect((await send({ to })).status).toBe(200);
      for (const to of ["/", "/api/v1/status", "/api.json", "/hooks", `${next}/`, `/x/..${path}x`])
        expect([to, (await send({ to })).status]).toEqual([to, 404]);
      await handler.whenIdle();
    });
    expect(log.rejected).toEqual(Array(6).fill("not-found"));
  });

  it("takes a repetition once, also one that comes at the same time", async () => {
    const { handler, log } = receiver();
    await run(handler, async (send) => {
      const answers = await Promise.all([send({}), send({}), send({})]);
      await handler.whenIdle();
      answers.push(await send({}));
      await handler.whenIdle();
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    });
    expect(log.confirmed).toHaveLength(1);
    expect(log.asked).toHaveLength(1);
  });

  it("takes webhooks that come out of order, each with the API's state of now", async () => {
    const { handler, log } = receiver();
    await run(handler, async (send) => {
      for (const iteration of [3, 1, 2]) await send({ body: aboutIteration(iteration) });
      await handler.whenIdle();
    });
    expect(log.confirmed.map(({ webhook, state }) => [webhook.iterationId, state.status])).toEqual([
      ["3", "approved"],
      ["1", "approved"],
      ["2", "approved"],
    ]);
  });

  it("lives through a thousand in a moment, asking a few at a time", async () => {
    let [underWay, most] = [0, 0];
    const { handler, log } = receiver({
      kaedim: {
        async fetchRequest({ requestId }) {
          underWay += 1;
          most = Math.max(most, underWay);
          await new Promise((resolve) => setImmediate(resolve));
          underWay -= 1;
          return knownRequest(requestId);
        },
      },
    });
    await run(handler, async (send) => {
      const sent = Array.from({ length: 1_000 }, (_, index) =>
        send({ body: aboutIteration(index, `req-${index % 250}`) }),
      );
      for (const response of await Promise.all(sent)) expect(response.status).toBe(200);
      await handler.whenIdle();
    });
    expect(log.confirmed).toHaveLength(1_000);
    expect(most).toBeLessThanOrEqual(4);
  });

  it("says later where too many wait", async () => {
    const answer = Promise.withResolvers<KaedimRequest>();
    const { handler, log } = receiver({ maxWaiting: 2, maxAtOnce: 1, kaedim: { fetchRequest: () => answer.promise } });
    await run(handler, async (send) => {
      expect((await send({ body: aboutIteration(0, "first") })).status).toBe(200);
      await new Promise((resolve) => setImmediate(resolve));
      const statuses = [];
      for (const id of ["a", "b", "c"]) statuses.push((await send({ body: aboutIteration(0, id) })).status);
      expect(statuses).toEqual([200, 200, 503]);
      answer.resolve(knownRequest("first"));
      await handler.whenIdle();
    });
    expect(log.rejected).toEqual(["too-many-waiting"]);
  });

  it("does not act on a request that the API does not know, and takes it when it comes again", async () => {
    const refusal = new ApiError({ kind: "refusal", code: "request-not-found", message: "No.", status: 404 });
    let knows = false;
    const { handler, log } = receiver({
      kaedim: { fetchRequest: async ({ requestId }) => (knows ? knownRequest(requestId) : Promise.reject(refusal)) },
    });
    await run(handler, async (send) => {
      await send({});
      await handler.whenIdle();
      expect(log.failed).toEqual([refusal]);
      expect(log.confirmed).toEqual([]);
      knows = true;
      await send({});
      await handler.whenIdle();
    });
    expect(log.confirmed).toHaveLength(1);
  });

  it("drops a request that is none of ours, until it is", async () => {
    const ours = new Set<string>();
    const { handler, log } = receiver({ isExpected: (requestId) => ours.has(requestId) });
    await run(handler, async (send) => {
      await send({});
      await handler.whenIdle();
      expect(log.asked).toEqual([]);
      ours.add("req-4711");
      await send({});
      await handler.whenIdle();
    });
    expect(log.confirmed).toHaveLength(1);
  });

  it("gives a webhook back that its receiver could not deal with", async () => {
    let isBroken = true;
    const taken: string[] = [];
    const { handler, log } = receiver({
      onConfirmed: async ({ webhook }) => {
        if (isBroken) throw new Error("disk full");
        taken.push(webhook.id);
      },
    });
    await run(handler, async (send) => {
      await send({});
      await handler.whenIdle();
      expect(log.failed).toEqual([new Error("disk full")]);
      isBroken = false;
      await send({});
      await handler.whenIdle();
    });
    expect(taken).toHaveLength(1);
  });

  it("lives on where a store or a reporter throws", async () => {
    const store = {
      claim: () => Promise.reject(new Error("store down")),
      release: () => Promise.reject(new Error("down")),
    };
    const { handler } = receiver({
      store,
      onFailed: () => {
        throw new Error("reporter down");
      },
      onRejected: () => {
        throw new Error("reporter down");
      },
    });
    await run(handler, async (send) => {
      expect((await send({})).status).toBe(200);
      await handler.whenIdle();
      expect((await send({ signature: null })).status).toBe(401);
    });
  });
});
