import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { ApiError } from "@org/http-core";
import { fixtureText } from "@org/http-core/testing";
import { describe, expect, it } from "vitest";
import { signatureOf } from "./__fixtures__/sign-webhook.ts";
import {
  type ConfirmedWebhook,
  createMemoryWebhookStore,
  createWebhookHandler,
  type KaedimRequest,
  type WebhookHandler,
  type WebhookHandlerSettings,
} from "./index.ts";
import { requestRecord } from "./requests.schema.ts";

const secret = "planted-kaedim-secret";
const path = "/hooks/9f0c2b54a1de4c0f8d1f7a3f6b2e7c11";
const full = fixtureText(import.meta.url, "webhook-full.json");
const aboutIteration = (iterationID: number, requestID = "req-4711") =>
  JSON.stringify({ results: { ...JSON.parse(full).results, iterationID, requestID } });

/** What the API knows; the only source of what a receiver may believe. */
const knownRequest = (requestId: string): KaedimRequest =>
  requestRecord.parse({
    requestID: requestId,
    iterations: [{ iterationID: "0", status: "approved", results: { glb: "https://results.example/true.glb" } }],
  });

/** A receiver with everything it did. */
function receiver(more: Partial<WebhookHandlerSettings> = {}) {
  const log = {
    asked: [] as string[],
    confirmed: [] as ConfirmedWebhook[],
    failed: [] as unknown[],
    rejected: [] as string[],
  };
  const handler = createWebhookHandler({
    kaedim: {
      async fetchRequest({ requestId }) {
        log.asked.push(requestId);
        return knownRequest(requestId);
      },
    },
    secret,
    path,
    onConfirmed: (confirmed) => void log.confirmed.push(confirmed),
    onFailed: (error) => void log.failed.push(error),
    onRejected: (reason) => void log.rejected.push(reason),
    ...more,
  });
  return { handler, log };
}

interface Delivery {
  body?: string;
  signature?: string | null;
  method?: string;
  to?: string;
}

/** Delivers over a real connection to `handler.node`, or in process to `handler.fetch`. */
const deliveries: Record<
  "node" | "fetch",
  (handler: WebhookHandler, deliver: (send: (one: Delivery) => Promise<Response>) => Promise<void>) => Promise<void>
> = {
  async node(handler, deliver) {
    const server = createServer(handler.node);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      await deliver((one) => fetch(origin + (one.to ?? path), initOf(one)));
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  },
  async fetch(handler, deliver) {
    await deliver((one) => handler.fetch(new Request(`https://receiver.example${one.to ?? path}`, initOf(one))));
  },
};

function initOf({
  body = full,
  signature = signatureOf({ secret, body, t: Date.now() }),
  method = "POST",
}: Delivery): RequestInit {
  const headers: Record<string, string> = signature === null ? {} : { "kaedim-signature": signature };
  return { method, headers, ...(method === "GET" ? {} : { body }) };
}

describe.each(["node", "fetch"] as const)("a receiver for %s", (style) => {
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

describe("a receiver", () => {
  it("answers every path where none is named", async () => {
    const { handler } = receiver({ path: undefined });
    await deliveries.fetch(handler, async (send) => expect((await send({ to: "/anything?x=1" })).status).toBe(200));
    await handler.whenIdle();
  });

  it("hands its work to a platform that would stop it after the answer", async () => {
    const { handler, log } = receiver();
    const work: Promise<unknown>[] = [];
    const request = new Request(`https://receiver.example${path}`, initOf({}));
    await handler.fetch(request, { waitUntil: (promise) => void work.push(promise) });
    await Promise.all(work);
    expect(log.confirmed).toHaveLength(1);
  });

  it("takes the bytes that a framework has kept as rawBody, and says so where none are left", async () => {
    const parsing = (keep: boolean) => async (handler: WebhookHandler) => {
      const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk);
        if (keep) Object.assign(request, { rawBody: Buffer.concat(chunks) });
        await handler.node(request, response);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const response = await fetch(`http://127.0.0.1:${port}${path}`, initOf({}));
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      return response.status;
    };
    const { handler, log } = receiver();
    expect(await parsing(true)(handler)).toBe(200);
    expect(await parsing(false)(handler)).toBe(500);
    expect(log.rejected).toEqual(["body-already-read"]);
    await handler.whenIdle();
    const read = new Request(`https://receiver.example${path}`, initOf({}));
    await read.text();
    expect((await handler.fetch(read)).status).toBe(500);
  });

  it("stops reading a body that does not tell its length after 1 MB", async () => {
    const { handler, log } = receiver();
    const endless = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(100_000)) });
    const init = { method: "POST", body: endless, duplex: "half" } as RequestInit;
    expect((await handler.fetch(new Request(`https://receiver.example${path}`, init))).status).toBe(413);
    expect(log.rejected).toEqual(["body-too-large"]);
  });

  it("survives a sender that leaves in the middle", async () => {
    const rejected = Promise.withResolvers<string>();
    const { handler } = receiver({ onRejected: (reason) => rejected.resolve(reason) });
    const server = createServer(handler.node);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    socket.write(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n{"half`, () => socket.destroy());
    expect(await rejected.promise).toBe("body-incomplete");
    await new Promise((resolve) => server.close(resolve));
  });

  it("cannot be made without a secret", () => {
    expect(() => receiver({ secret: "" })).toThrow(TypeError);
    expect(() => receiver({ secret: [] })).toThrow(TypeError);
  });

  it("gives its signal to what it asks", async () => {
    const controller = new AbortController();
    const signals: unknown[] = [];
    const { handler } = receiver({
      signal: controller.signal,
      kaedim: {
        fetchRequest: async ({ requestId, signal }) => {
          signals.push(signal);
          return knownRequest(requestId);
        },
      },
    });
    await deliveries.fetch(handler, async (send) => void (await send({})));
    await handler.whenIdle();
    expect(signals).toEqual([controller.signal]);
  });
});

describe("a store in memory", () => {
  it("forgets the oldest first, and what was given back", async () => {
    const store = createMemoryWebhookStore({ maxIds: 2 });
    expect(await store.claim("a")).toBe(true);
    expect(await store.claim("a")).toBe(false);
    expect(await store.claim("b")).toBe(true);
    expect(await store.claim("c")).toBe(true);
    expect(await store.claim("c")).toBe(false);
    expect(await store.claim("a")).toBe(true);
    await store.release("a");
    expect(await store.claim("a")).toBe(true);
  });
});
