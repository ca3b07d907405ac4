import { z } from "zod";

/** Raised when an answer changes so that an older caller would misread it. */
export const apiVersion = 1;

/** `api.json`, by which the command line and add-ons find the running daemon. */
export const apiFileSchema = z.object({
  address: z.string(),
  token: z.string(),
  pid: z.number().int(),
  version: z.string(),
  apiVersion: z.number(),
  startedAt: z.string(),
});
export type ApiFile = z.infer<typeof apiFileSchema>;

/**
 * `/healthz`, the one answer without a token. Asked with `?nonce=…` it proves that it knows the token (HMAC-SHA256 of
 * the nonce under the token, hex), so that a caller hands its token to nobody who merely took over the port.
 */
export const healthSchema = z.object({
  status: z.literal("ok"),
  version: z.string(),
  apiVersion: z.number(),
  proof: z.string().optional(),
});
export type Health = z.infer<typeof healthSchema>;

/** Names the newest event when an answer was written; a watcher that has seen it has seen all that led to the answer. */
export const lastEventHeader = "x-last-event-id";

/**
 * Chosen by the caller, for any POST of the table, 1 to 200 visible characters: the same key with the same request is
 * answered as the first time and done once, for 24 hours. With another request it is refused (422). After a restart what
 * spends is still known; if it had not been answered it is refused (409) and not done again. After the IETF draft "The
 * Idempotency-Key HTTP Header Field".
 */
export const idempotencyKeyHeader = "idempotency-key";
