import * as z from "zod/mini";
import { maybe, type Open, openText } from "./data-types.ts";

type ConversionPipeline = "auto-detect" | "volume" | "scene" | "texture" | "animation" | "point-cloud";
type ConversionStatus = "pending" | "converting" | "error" | "success";
type UploadStatus = "waiting" | "downloading" | "pending" | "converting" | "error" | "success" | "rejected";

/** What becomes of one file of an upload. */
export interface ConversionTask {
  /** The main asset made from the file. */
  asset_id?: string | null | undefined;
  source_file_id?: string | null | undefined;
  source_file_name?: string | null | undefined;
  conversion_pipeline?: Open<ConversionPipeline> | null | undefined;
  /** Whether of 1 or of 100 is unknown. */
  progress?: number | null | undefined;
  status: Open<ConversionStatus>;
  [unknownField: string]: unknown;
}

/** @internal */
export const conversionTaskSchema: z.ZodMiniType<ConversionTask> = z.looseObject({
  asset_id: maybe(z.string()),
  source_file_id: maybe(z.string()),
  source_file_name: maybe(z.string()),
  conversion_pipeline: maybe(openText<ConversionPipeline>()),
  progress: maybe(z.number()),
  status: openText<ConversionStatus>(),
});

/** An upload and what has become of its files. */
export interface UploadTask {
  upload_task_id: string;
  folder_id?: string | null | undefined;
  uploaded_at?: string | null | undefined;
  uploaded_by?:
    | { user_id: string; username?: string | null | undefined; [unknownField: string]: unknown }
    | null
    | undefined;
  /** Whether of 1 or of 100 is unknown. */
  progress?: number | null | undefined;
  download_progress?: number | null | undefined;
  status: Open<UploadStatus>;
  /** May be empty at first. */
  conversion_tasks?: ConversionTask[] | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
export const uploadTaskSchema: z.ZodMiniType<UploadTask> = z.looseObject({
  upload_task_id: z.string(),
  folder_id: maybe(z.string()),
  uploaded_at: maybe(z.string()),
  uploaded_by: maybe(z.looseObject({ user_id: z.string(), username: maybe(z.string()) })),
  progress: maybe(z.number()),
  download_progress: maybe(z.number()),
  status: openText<UploadStatus>(),
  conversion_tasks: maybe(z.array(conversionTaskSchema)),
});
