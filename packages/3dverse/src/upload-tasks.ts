import { type BinaryAnswer, callBinary } from "./binary-answer.ts";
import { type CallOptions, callJson } from "./call.ts";
import type { Connection } from "./connection.ts";
import { listCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { type UploadTask, uploadTaskSchema } from "./upload-tasks.schema.ts";

/** Lists uploads. The vendor's library leaves the answer untyped; that it is a list like the others is inferred. */
export function getUploadTasks(
  connection: Connection,
  options: WindowOptions & CallOptions = {},
): PagedList<UploadTask, UploadTask[]> {
  return listCall(connection, { operation: "getUploadTasks", path: "/upload-tasks" }, uploadTaskSchema, options);
}

/** Lists the uploads into a folder. */
export function getUploadTasksInFolder(
  connection: Connection,
  options: { folder_id: string } & WindowOptions & CallOptions,
): PagedList<UploadTask, UploadTask[]> {
  const { folder_id } = options;
  return listCall(
    connection,
    { operation: "getUploadTasksInFolder", path: "/folders/{folder_id}/upload-tasks", parameters: { folder_id } },
    uploadTaskSchema,
    options,
  );
}

/** How an upload is getting on. */
export function getUploadTask(
  connection: Connection,
  options: { upload_task_id: string } & CallOptions,
): Promise<UploadTask> {
  const { upload_task_id } = options;
  return callJson(
    connection,
    {
      operation: "getUploadTask",
      method: "GET",
      path: "/upload-tasks/{upload_task_id}",
      parameters: { upload_task_id },
    },
    uploadTaskSchema,
    options,
  );
}

/** A file that a conversion made beside the assets. No typed answer tells `conversion_task_id` or file names. */
export function getConversionTaskMetadata(
  connection: Connection,
  options: { conversion_task_id: string; filename: string } & CallOptions,
): Promise<BinaryAnswer> {
  const { conversion_task_id, filename } = options;
  return callBinary(
    connection,
    {
      operation: "getConversionTaskMetadata",
      path: "/conversion_tasks/{conversion_task_id}/metadata/{filename}",
      parameters: { conversion_task_id, filename },
      mayBePage: true,
    },
    options,
  );
}
