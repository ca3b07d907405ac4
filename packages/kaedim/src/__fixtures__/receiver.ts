import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fixtureText } from "@org/http-core/testing";
import {
  type ConfirmedWebhook,
  createWebhookHandler,
  type KaedimRequest,
  type WebhookHandler,
  type WebhookHandlerSettings,
} from "../index.ts";
import { requestRecord } from "../requests.schema.ts";
import { signatureOf } from "./sign-webhook.ts";

export const secret = "planted-kaedim-secret";
export const path = "/hooks/9f0c2b54a1de4c0f8d1f7a3f6b2e7c11";
export const full = fixtureText(new URL("..", import.meta.url).href, "webhook-full.json");
export const aboutIteration = (iterationID: number, requestID = "req-4711") =>
  JSON.stringify({ results: { ...JSON.parse(full).results, iterationID, requestID } });

/** What the API knows; the only source of what a receiver may believe. */
export const knownRequest = (requestId: string): KaedimRequest =>
  requestRecord.parse({
    requestID: requestId,
    iterations: [{ iterationID: "0", status: "approved", results: { glb: "https://results.example/true.glb" } }],
  });

/** A receiver with everything it did. */
export function receiver(more: Partial<WebhookHandlerSettings> = {}) {
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

export interface Delivery {
  body?: string;
  signature?: string | null;
  method?: string;
  to?: string;
}

/** Delivers over a real connection to `handler.node`, or in process to `handler.fetch`. */
export const deliveries: Record<
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

export function initOf({
  body = full,
  signature = signatureOf({ secret, body, t: Date.now() }),
  method = "POST",
}: Delivery): RequestInit {
  const headers: Record<string, string> = signature === null ? {} : { "kaedim-signature": signature };
  return { method, headers, ...(method === "GET" ? {} : { body }) };
}

