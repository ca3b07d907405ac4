import { ApiError, type HttpClient } from "@org/http-core";
import { z } from "zod";
import type { Auth } from "./auth.ts";
import type { Open, SubscriptionStatus } from "./data-types.ts";
import { displayText } from "./display-text.ts";
import { refusalOf } from "./imeshh-error.ts";
import { idOf, isRecord, listOf, textOf, textOrNull } from "./php-json.ts";

/** One subscription of the account. Dates are the shop's own time, no zone given. */
export interface Subscription {
  readonly productId: number | null;
  readonly productName: string;
  readonly subscriptionId: number | null;
  readonly status: Open<SubscriptionStatus>;
  readonly startDate: string | null;
  readonly nextPaymentDate: string | null;
  readonly billingPeriod: string | null;
  /** As served: `49.00`. */
  readonly billingTotal: string | null;
  readonly billingCurrency: string | null;
}

/** What the account is subscribed to. */
export interface SubscriptionList {
  readonly subscriptions: readonly Subscription[];
  /** At least one of them has the status `active`: without it the shop gives out freebies only. */
  readonly isActive: boolean;
}

/** Fetches the subscriptions of the account. Signs in; spends nothing. */
export async function getSubscription(
  parts: { shop: HttpClient; auth: Auth },
  options: { signal?: AbortSignal | undefined },
): Promise<SubscriptionList> {
  const { shop, auth } = parts;
  const path = "/wp-json/imeshh/subscription-information";
  const { data } = await auth.withSignIn(
    () =>
      shop.requestJson({
        name: "iMeshh getSubscription",
        method: "GET",
        path,
        repeat: "repeatable",
        credentials: true,
        schema: z.unknown(),
        signal: options.signal,
        refusal: refusalOf("account", "the subscription"),
      }),
    options.signal,
  );
  const subscriptions = parseSubscriptions(data);
  if (subscriptions === undefined) {
    throw new ApiError({
      kind: "unexpected-shape",
      code: "answer-unexpected-shape",
      message: "The shop's answer about the subscription holds no list of subscriptions.",
      request: { operation: "iMeshh getSubscription", method: "GET", url: shop.origin + path },
    });
  }
  return { subscriptions, isActive: subscriptions.some(({ status }) => status === "active") };
}

/** Reads a list of subscriptions, or a single one; `undefined` for what is neither. */
function parseSubscriptions(answer: unknown): Subscription[] | undefined {
  const records = isRecord(answer) && "status" in answer ? [answer] : listOf(answer);
  return records?.filter(isRecord).map((record) => ({
    productId: idOf(record.product_id),
    productName: displayText(textOf(record.product_name)),
    subscriptionId: idOf(record.subscription_id),
    status: textOf(record.status),
    startDate: textOrNull(record.start_date),
    nextPaymentDate: textOrNull(record.next_payment_date),
    billingPeriod: textOrNull(record.billing_period),
    billingTotal: textOrNull(record.billing_total),
    billingCurrency: textOrNull(record.billing_currency),
  }));
}
