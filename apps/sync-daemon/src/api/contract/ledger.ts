import { z } from "zod";
import { defineRoutes } from "./route.ts";

export const quotaSchema = z.object({
  products: z.array(
    z.object({
      productId: z.number(),
      title: z.string().optional(),
      /** The zip's name, where the shop still offers it. */
      archive: z.string().optional(),
      downloadId: z.string(),
      limit: z.number(),
      spent: z.number(),
      inDoubt: z.number(),
      /** Counted over all archives of the product, as the shop does. */
      left: z.number(),
    }),
  ),
});
export type QuotaAnswer = z.infer<typeof quotaSchema>;

export const spendSchema = z.object({
  id: z.number(),
  productId: z.number(),
  /** Null where neither the catalog nor what was withdrawn names it. */
  title: z.string().nullable(),
  downloadId: z.string(),
  archive: z.string().nullable(),
  revision: z.string(),
  state: z.enum(["reserved", "confirmed", "released", "in-doubt"]),
  requester: z.enum(["rule", "person"]),
  /** What the shop said, or how it is known. */
  evidence: z.string(),
  reservedAt: z.string(),
  settledAt: z.string().nullable(),
});
export type SpendEntry = z.infer<typeof spendSchema>;

export const ledgerSchema = z.object({
  /** Newest first. */
  spends: z.array(spendSchema),
  /** Give it as `beforeId` for the next page; null at the end. */
  nextBeforeId: z.number().nullable(),
});
export type LedgerAnswer = z.infer<typeof ledgerSchema>;

const csv = "text/csv; charset=utf-8";

export const ledgerRoutes = defineRoutes({
  quota: {
    method: "GET",
    path: "/api/v1/quota",
    tag: "ledger",
    summary: "How many downloads are spent and left.",
    answer: quotaSchema,
  },
  ledger: {
    method: "GET",
    path: "/api/v1/ledger",
    tag: "ledger",
    summary: "Each download that was spent: when, on what, who asked, and how it is known.",
    query: z.strictObject({
      productId: z.coerce.number().int().positive().optional(),
      state: z.enum(["reserved", "confirmed", "released", "in-doubt"]).optional(),
      beforeId: z.coerce.number().int().positive().optional(),
      limit: z.coerce.number().int().min(1).max(1_000).default(100),
    }),
    answer: ledgerSchema,
  },
  ledgerCsv: {
    method: "GET",
    path: "/api/v1/ledger.csv",
    tag: "ledger",
    summary: "The whole ledger as a table for other programs (RFC 4180).",
    contentType: csv,
    answer: z.string(),
  },
  settleSpend: {
    method: "POST",
    path: "/api/v1/ledger/:id/settle",
    tag: "ledger",
    summary: "Say of a download that is in doubt whether the shop counted it, after asking the shop.",
    body: z.strictObject({ outcome: z.enum(["confirmed", "released"]) }),
    answer: spendSchema,
  },
});
