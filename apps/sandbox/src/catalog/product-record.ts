import { z } from "zod";

const downloadSchema = z.looseObject({ id: z.string(), name: z.string() });

/** The fields of a feed record that the sandbox itself needs; everything else passes through unread. */
export const productRecordSchema = z.looseObject({
  id: z.coerce.number().int(),
  name: z.string(),
  status: z.string().optional(),
  is_freebie: z.boolean().optional(),
  downloads: z.array(downloadSchema).optional(),
});

export type ProductRecord = z.output<typeof productRecordSchema>;

/** The product's number, or undefined where the entry of the feed is not a usable record (the real feed holds such too). */
export function productIdOf(entry: unknown): number | undefined {
  const record = productRecordSchema.safeParse(entry);
  return record.success ? record.data.id : undefined;
}
