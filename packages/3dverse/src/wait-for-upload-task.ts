import { ApiError, pollUntil } from "@org/http-core/policy";
import type { CallOptions } from "./call.ts";
import type { Connection } from "./connection.ts";
import type { ConversionTask, UploadTask } from "./upload-tasks.schema.ts";
import { getUploadTask } from "./upload-tasks.ts";

/** An upload whose conversion is over. */
export interface FinishedUpload {
  readonly task: UploadTask;
  /** Files that became assets. */
  readonly converted: readonly ConversionTask[];
  /** Files that did not, though the upload as a whole is called a success; the service tells no reason. */
  readonly failed: readonly ConversionTask[];
}

/** States that no later one follows; that these are all is inferred, every other one is waited through. */
const finalStatuses = ["success", "error", "rejected"];

/** Conversion "takes seconds to minutes" (docs.3dverse.com); the vendor suggests no interval. */
const defaultIntervalMs = 2_000;
const defaultDeadlineMs = 1_800_000;

/**
 * Waits until the files of an upload are converted. Rejects with `conversion-failed` or `upload-rejected`, whose
 * `fieldErrors` tell each file's status, and with `deadline-passed` when it takes longer than `deadlineMs`.
 */
export async function waitForUploadTask(
  connection: Connection,
  options: {
    upload_task_id: string;
    /** Default 2 s. */
    intervalMs?: number | undefined;
    /** Default 30 minutes. */
    deadlineMs?: number | undefined;
    onProgress?: ((task: UploadTask) => void) | undefined;
  } & CallOptions,
): Promise<FinishedUpload> {
  const { upload_task_id, intervalMs = defaultIntervalMs, deadlineMs = defaultDeadlineMs, onProgress } = options;
  const { http } = connection.parts();
  const signals = [http.signal, options.signal].filter((one) => one !== undefined);
  const signal = signals.length > 1 ? AbortSignal.any(signals) : signals[0];
  const name = "3dverse waitForUploadTask";
  const task = await pollUntil({
    name,
    check: () => getUploadTask(connection, { upload_task_id, signal, afterCreate: options.afterCreate }),
    isFinished: (state) => finalStatuses.includes(state.status),
    intervalMs,
    deadlineMs,
    onProgress: onProgress && ((state) => onProgress(state)),
    signal,
    clock: http.clock,
  });
  const conversions = task.conversion_tasks ?? [];
  if (task.status !== "success") throw failureOf(task, conversions, name);
  return {
    task,
    converted: conversions.filter((one) => one.status === "success"),
    failed: conversions.filter((one) => one.status !== "success"),
  };
}

function failureOf(task: UploadTask, conversions: readonly ConversionTask[], operation: string): ApiError {
  const isRejected = task.status === "rejected";
  const failed = conversions.filter((one) => one.status !== "success").map(nameOf);
  const which = failed.length === 0 ? "" : ` Not converted: ${failed.join(", ")}.`;
  return new ApiError({
    kind: "refusal",
    code: isRejected ? "upload-rejected" : "conversion-failed",
    message: isRejected
      ? `3dverse rejected the upload ${task.upload_task_id}.${which} Check that the format is one that it converts.`
      : `3dverse could not convert the upload ${task.upload_task_id}.${which} It tells no reason; try the file in a viewer of its own.`,
    fieldErrors: Object.fromEntries(conversions.map((one) => [nameOf(one), [one.status]])),
    request: { operation, method: "GET", url: "" },
  });
}

function nameOf(conversion: ConversionTask): string {
  return conversion.source_file_name ?? conversion.source_file_id ?? "unnamed file";
}
