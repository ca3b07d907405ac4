import { createHmac } from "node:crypto";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import type { Clock } from "../clock.ts";
import type { KaedimSettings } from "./settings.ts";

/** One webhook as it left, and what became of it. */
export interface WebhookDelivery {
  requestID: string;
  iterationID: number;
  /** The iteration's status that it tells. */
  status: string;
  destination: string;
  /** The sandbox's time. */
  sentAt: string;
  /** The body, byte by byte. */
  body: string;
  /** The text of the header `kaedim-signature`; null where it was left out. */
  signature: string | null;
  /** What the receiver answered; null while under way and where it did not. */
  answer: number | null;
  /** Why it was not delivered; null where it was. */
  problem: string | null;
}

/** How a webhook is signed where it shall not be signed rightly. */
export interface WebhookSigning {
  /** Another secret than the account's. */
  secret?: string | undefined;
  /** Another time than now; milliseconds since 1970. */
  atMs?: number | undefined;
  /** Another text for the whole header; null sends none. */
  header?: string | null | undefined;
}

export interface Webhooks {
  send(hook: {
    requestID: string;
    iterationID: number;
    status: string;
    destination: string;
    payload: object;
    signing?: WebhookSigning | undefined;
  }): Promise<WebhookDelivery>;
  deliveries(): WebhookDelivery[];
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** Kaedim's own is unknown; it ends the wait for a receiver that never answers. */
const answerTimeoutMs = 10_000;
const keptDeliveries = 1000;

/** Whether a URL leads to this machine: nothing else is ever called. */
export function isLoopbackUrl(text: string): boolean {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) return false;
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
}

/** The header's text: JSON with `t` and `v1`, the HMAC-SHA256 over `t` followed by the payload, in hexadecimal. */
export function signWebhook(request: { secret: string; time: number; payload: string }): string {
  const { secret, time, payload } = request;
  return JSON.stringify({ t: time, v1: createHmac("sha256", secret).update(`${time}${payload}`).digest("hex") });
}

export function createWebhooks(parts: { clock: Clock; settings: () => KaedimSettings }): Webhooks {
  const { clock, settings } = parts;
  const deliveries: WebhookDelivery[] = [];
  const underWay = new Set<Promise<void>>();
  const closing = new AbortController();
  return {
    async send({ requestID, iterationID, status, destination, payload, signing = {} }) {
      const { secret, signatureTime, signedText } = settings();
      const nowMs = clock.now();
      const signedAtMs = signing.atMs ?? nowMs;
      const time = signatureTime === "ms" ? signedAtMs : Math.floor(signedAtMs / 1000);
      const plain = JSON.stringify(payload);
      const delivery: WebhookDelivery = {
        requestID,
        iterationID,
        status,
        destination,
        sentAt: new Date(nowMs).toISOString(),
        body: signedText === "raw" ? plain : JSON.stringify(payload, null, 1),
        signature:
          signing.header === undefined
            ? signWebhook({ secret: signing.secret ?? secret, time, payload: plain })
            : signing.header,
        answer: null,
        problem: null,
      };
      deliveries.push(delivery);
      if (deliveries.length > keptDeliveries) deliveries.shift();
      const sending = deliver(delivery, closing.signal);
      underWay.add(sending);
      await sending;
      underWay.delete(sending);
      return { ...delivery };
    },
    deliveries: () => deliveries.map((delivery) => ({ ...delivery })),
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    async close() {
      closing.abort();
      await Promise.all(underWay);
    },
  };
}

/** Sends it and notes the end in it; never throws. Redirects are not followed. */
function deliver(delivery: WebhookDelivery, closing: AbortSignal): Promise<void> {
  if (!isLoopbackUrl(delivery.destination)) {
    delivery.problem = "Not sent: the sandbox calls loopback addresses only.";
    return Promise.resolve();
  }
  const url = new URL(delivery.destination);
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => {
      // Where a name leads to two addresses, the error that says so has a code and no words.
      delivery.problem = error.message || String(error.code);
      resolve();
    };
    const sending = (url.protocol === "https:" ? requestHttps : requestHttp)(
      url,
      {
        method: "POST",
        agent: false,
        lookup: lookupLoopback,
        // The receiver of a test has no certificate that anybody signed.
        rejectUnauthorized: false,
        signal: AbortSignal.any([closing, AbortSignal.timeout(answerTimeoutMs)]),
        headers: {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(delivery.body),
          ...(delivery.signature === null ? {} : { "kaedim-signature": delivery.signature }),
        },
      },
      (response) => {
        delivery.answer = response.statusCode ?? null;
        response.on("error", fail).on("end", resolve).resume();
      },
    );
    sending.on("error", fail);
    sending.end(delivery.body);
  });
}

/** Names lead to this machine, whatever its hosts file says. */
const lookupLoopback: LookupFunction = (_name, options, done) => {
  const addresses = [
    { address: "127.0.0.1", family: 4 },
    { address: "::1", family: 6 },
  ];
  if (options.all === true) done(null, addresses);
  else done(null, "127.0.0.1", 4);
};
