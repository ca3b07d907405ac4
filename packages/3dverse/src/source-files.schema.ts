import * as z from "zod/mini";
import { maybe } from "./data-types.ts";

export const sourceFileSchema = z.looseObject({
  source_file_id: z.string(),
  source_file_original_name: maybe(z.string()),
  name: z.string(),
  /** Bytes. */
  size: maybe(z.number()),
});

/** A file as it was uploaded; assets are made from it. */
export type SourceFile = z.infer<typeof sourceFileSchema>;

/** The query `filters` of source-file lists. */
export interface SourceFileFilters {
  source_file_name?: string | undefined;
}
