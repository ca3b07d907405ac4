import * as z from "zod/mini";
import { argumentInvalid } from "./3dverse-error.ts";
import { type CallOptions, callJson } from "./call.ts";
import { checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import { maybe } from "./data-types.ts";
import { type FileSource, openSources } from "./file-source.ts";
import { composeMultipart, type FormPart } from "./multipart.ts";
import { progressReporter, type UploadProgress } from "./upload-progress.ts";

/** What an upload gives. The id may be missing; then look for the task with `getUploadTasksInFolder`. */
export interface Uploaded {
  upload_task_id?: string | null | undefined;
  [unknownField: string]: unknown;
}

/** @internal */
const uploadedSchema: z.ZodMiniType<Uploaded> = z.looseObject({ upload_task_id: maybe(z.string()) });

interface UploadOptions extends CallOptions {
  folder_id: string;
  onProgress?: ((progress: UploadProgress) => void) | undefined;
}

/**
 * Uploads files in one request, sent once, read while it is sent: memory does not grow with them. A file and what
 * belongs to it (`.obj` with `.mtl` and textures) go together.
 */
export async function uploadFiles(
  connection: Connection,
  options: UploadOptions & {
    files: readonly FileSource[];
    /** Name of the part of each file. Default: the connection's `uploadFieldName`. */
    fieldName?: string | undefined;
    /** Further fields of the form, before the files. */
    fields?: Readonly<Record<string, string>> | undefined;
  },
): Promise<Uploaded> {
  const operation = "uploadFiles";
  const fieldName = checkText(operation, "fieldName", options.fieldName ?? connection.uploadFieldName);
  const sources = await openSources(operation, options.files);
  return sendForm(connection, operation, options, [
    ...Object.entries(options.fields ?? {}).map(([name, text]) => ({ fieldName: name, text: String(text) })),
    ...sources.map((file) => ({ fieldName, file })),
  ]);
}

/** The documented operation, with a form of your own; streamed like `uploadFiles`. */
export async function uploadSourceFiles(
  connection: Connection,
  options: UploadOptions & { body: FormData },
): Promise<Uploaded> {
  const operation = "uploadSourceFiles";
  const { body } = options;
  if (!(body instanceof FormData)) throw argumentInvalid(operation, "body must be a FormData");
  const parts: FormPart[] = [];
  for (const [fieldName, value] of body) {
    if (typeof value === "string") parts.push({ fieldName, text: value });
    else parts.push({ fieldName, file: (await openSources(operation, [value]))[0] });
  }
  if (parts.length === 0) throw argumentInvalid(operation, "the form is empty");
  return sendForm(connection, operation, options, parts);
}

function sendForm(
  connection: Connection,
  operation: string,
  options: UploadOptions,
  parts: readonly FormPart[],
): Promise<Uploaded> {
  const { folder_id, onProgress } = options;
  const { contentType, body } = composeMultipart(parts);
  return callJson(
    connection,
    {
      operation,
      method: "POST",
      path: "/folders/{folder_id}/source-files",
      parameters: { folder_id },
      body: { ...body, onSent: progressReporter(onProgress, body.totalBytes) },
      headers: { "content-type": contentType },
    },
    uploadedSchema,
    // A body that was sent half cannot be sent again from the middle of a stream.
    { signal: options.signal },
  );
}
