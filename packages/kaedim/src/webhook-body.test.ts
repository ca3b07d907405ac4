import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, it } from "vitest";
import { deliveries, initOf, knownRequest, path, receiver } from "./__fixtures__/receiver.ts";
import type { WebhookHandler } from "./index.ts";

describe("T26 a receiver", () => {
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
