import { decideRequestState, type RequestState } from "./request-state.ts";
import type { KaedimRequest } from "./requests.schema.ts";
import type { FetchRequestOptions } from "./requests.ts";
import type { KaedimWebhook } from "./webhook-payload.ts";
import type { WebhookStore } from "./webhook-store.ts";

/** A webhook with what the API itself says about its request. */
export interface ConfirmedWebhook {
  /** From the API: state and links to rely on. */
  readonly request: KaedimRequest;
  readonly state: RequestState;
  /** As it came; its links are not to be fetched. */
  readonly webhook: KaedimWebhook;
}

export interface ConfirmationSettings {
  fetchRequest: (options: FetchRequestOptions) => Promise<KaedimRequest>;
  store: WebhookStore;
  /** `false` drops a webhook about a request that is none of ours. */
  isExpected: ((requestId: string) => boolean | Promise<boolean>) | undefined;
  onConfirmed: (confirmed: ConfirmedWebhook) => void | Promise<void>;
  onFailed: ((error: unknown, webhook: KaedimWebhook) => void) | undefined;
  maxAtOnce: number;
  maxWaiting: number;
  signal: AbortSignal | undefined;
}

export interface Confirmations {
  /** Takes a webhook for later; `full` where too many wait. */
  take(webhook: KaedimWebhook): "taken" | "full";
  /** Resolves once nothing is under way any more. */
  whenIdle(): Promise<void>;
}

/**
 * Asks the API about each webhook's request, some at a time, after the sender has had its answer. Webhooks about the same
 * request that wait at the same time share one question, each of them is told of once.
 */
export function createConfirmations(settings: ConfirmationSettings): Confirmations {
  const { store, signal } = settings;
  const waiting = new Map<string, KaedimWebhook[]>();
  let waitingWebhooks = 0;
  let underWay = 0;
  let idle: (() => void)[] = [];

  function startNext() {
    while (underWay < settings.maxAtOnce) {
      const next = waiting.entries().next().value;
      if (next === undefined) break;
      const [requestId, webhooks] = next;
      waiting.delete(requestId);
      waitingWebhooks -= webhooks.length;
      underWay += 1;
      void confirm(requestId, webhooks).finally(() => {
        underWay -= 1;
        startNext();
      });
    }
    if (underWay === 0 && waiting.size === 0) {
      for (const resolve of idle) resolve();
      idle = [];
    }
  }

  /** Never rejects. */
  async function confirm(requestId: string, webhooks: readonly KaedimWebhook[]): Promise<void> {
    const claimed: KaedimWebhook[] = [];
    try {
      for (const webhook of webhooks) if (await store.claim(webhook.id)) claimed.push(webhook);
      if (claimed.length === 0) return;
      if ((await settings.isExpected?.(requestId)) === false) {
        // It may be expected by the time it comes again: a webhook can be faster than the answer of `process`.
        for (const webhook of claimed) await store.release(webhook.id);
        return;
      }
      const studioId = claimed.find((webhook) => webhook.studioId !== null)?.studioId ?? undefined;
      const request = await settings.fetchRequest({ requestId, studioId, signal });
      const state = decideRequestState(request);
      while (claimed[0] !== undefined) {
        await settings.onConfirmed({ request, state, webhook: claimed[0] });
        claimed.shift();
      }
    } catch (error) {
      for (const webhook of claimed) {
        // What was not dealt with may come again.
        await store.release(webhook.id).catch(() => undefined);
        tell(error, webhook);
      }
      const [first] = webhooks;
      if (claimed.length === 0 && first !== undefined) tell(error, first);
    }
  }

  function tell(error: unknown, webhook: KaedimWebhook) {
    try {
      settings.onFailed?.(error, webhook);
    } catch {
      // A reporter that fails has nobody left to report to; the receiver must live on.
    }
  }

  return {
    take(webhook) {
      if (waitingWebhooks >= settings.maxWaiting) return "full";
      const same = waiting.get(webhook.requestId);
      if (same === undefined) waiting.set(webhook.requestId, [webhook]);
      else same.push(webhook);
      waitingWebhooks += 1;
      // The sender gets its answer first.
      setImmediate(startNext);
      return "taken";
    },
    whenIdle() {
      if (underWay === 0 && waiting.size === 0) return Promise.resolve();
      return new Promise((resolve) => {
        idle.push(resolve);
      });
    },
  };
}
