import * as z from "zod/mini";
import { maybe, openText } from "./data-types.ts";

export const conversionTaskSchema = z.looseObject({
  /** The main asset made from the file. */
  asset_id: maybe(z.string()),
  source_file_id: maybe(z.string()),
  source_file_name: maybe(z.string()),
  conversion_pipeline: maybe(openText<"auto-detect" | "volume" | "scene" | "texture" | "animation" | "point-cloud">()),
  /** Whether of 1 or of 100 is unknown. */
  progress: maybe(z.number()),
  status: openText<"pending" | "converting" | "error" | "success">(),
});

/** What becomes of one file of an upload. */
export type ConversionTask = z.infer<typeof conversionTaskSchema>;

export const uploadTaskSchema = z.looseObject({
  upload_task_id: z.string(),
  folder_id: maybe(z.string()),
  uploaded_at: maybe(z.string()),
  uploaded_by: maybe(z.looseObject({ user_id: z.string(), username: maybe(z.string()) })),
  /** Whether of 1 or of 100 is unknown. */
  progress: maybe(z.number()),
  download_progress: maybe(z.number()),
  status: openText<"waiting" | "downloading" | "pending" | "converting" | "error" | "success" | "rejected">(),
  /** May be empty at first. */
  conversion_tasks: maybe(z.array(conversionTaskSchema)),
});

/** An upload and what has become of its files. */
export type UploadTask = z.infer<typeof uploadTaskSchema>;
