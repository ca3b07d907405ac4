import { z } from "zod";
import { reasonSchema } from "./problem.ts";
import { assetTypeSchema } from "./products.ts";
import { defineRoutes } from "./route.ts";

const planItem = z.object({
  productId: z.number(),
  title: z.string(),
  action: z.enum(["download", "update", "keep", "defer"]),
  archive: z.string(),
  downloadId: z.string(),
  /** Downloads it costs, or would cost once it can be done. */
  cost: z.number(),
  bytes: z.number().nullable(),
  reason: reasonSchema,
});

const price = z.object({
  downloads: z.number(),
  knownBytes: z.number(),
  unknownSizes: z.number(),
  freeBytes: z.number().nullable(),
});

export const planSchema = z.object({
  items: z.array(planItem),
  withdrawn: z.array(z.object({ productId: z.number(), title: z.string(), folder: z.string() })),
  price,
});
export type PlanAnswer = z.infer<typeof planSchema>;

const updatePolicy = z.enum(["ask", "auto", "never"]);

/** A rule of `imeshh.wanted`, as in the configuration; the configuration's own schema judges it more closely. */
export const wantedRuleSchema = z.strictObject({
  freebie: z.boolean().optional(),
  assetType: assetTypeSchema.optional(),
  category: z.string().min(1).optional(),
  subCategory: z.string().min(1).optional(),
  tag: z.string().min(1).optional(),
  search: z.string().min(1).optional(),
  productId: z.number().int().positive().optional(),
  download: z.string().min(1).optional(),
  updates: updatePolicy.optional(),
});
export type WantedRuleText = z.infer<typeof wantedRuleSchema>;

export const planPreviewSchema = z.object({
  price,
  counts: z.object({ download: z.number(), update: z.number(), keep: z.number(), defer: z.number() }),
  /** How many products each of the rules selects that no earlier one did, in the order of the rules. */
  selected: z.array(z.number()),
  /** The first ones of what would be done, then of what is put off. */
  items: z.array(planItem),
  /** Is there more than `items` shows? */
  isCut: z.boolean(),
});
export type PlanPreview = z.infer<typeof planPreviewSchema>;

export const planRoutes = defineRoutes({
  plan: {
    method: "GET",
    path: "/api/v1/plan",
    tag: "plan",
    summary: "What a sync would fetch and what it costs; spends nothing.",
    answer: planSchema,
  },
  previewPlan: {
    method: "POST",
    path: "/api/v1/plan/preview",
    tag: "plan",
    summary: "The same under other rules than those of the configuration; changes and spends nothing.",
    body: z.strictObject({
      wanted: z.array(wantedRuleSchema).max(1_000),
      updates: updatePolicy.optional(),
      limit: z.number().int().min(0).max(10_000).default(200),
    }),
    answer: planPreviewSchema,
  },
});
