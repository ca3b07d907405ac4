import * as z from "zod/mini";
import { maybe } from "./data-types.ts";

/** A file as it was uploaded; assets are made from it. */
export interface SourceFile {
  source_file_id: string;
  source_file_original_name?: string | null | undefined;
  name: string;
  /** Bytes. */
  size?: number | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const sourceFileSchema: z.ZodMiniType<SourceFile> = z.looseObject({
  source_file_id: z.string(),
  source_file_original_name: maybe(z.string()),
  name: z.string(),
  size: maybe(z.number()),
});

/** The query `filters` of source-file lists. */
export interface SourceFileFilters {
  source_file_name?: string | undefined;
}
