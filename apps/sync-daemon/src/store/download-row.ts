import { z } from "zod";
import type { Download } from "../domain/download.ts";
import { type FailureCode, isFailureCode } from "../domain/failure.ts";
import { assetTypes } from "../domain/product.ts";
import type { Row } from "./database.ts";

const downloadRowSchema = z.object({
  id: z.int(),
  product_id: z.int(),
  download_id: z.string(),
  revision: z.string(),
  asset_type: z.enum(assetTypes),
  archive_name: z.string(),
  requester: z.enum(["rule", "person"]),
  state: z.enum(["planned", "linked", "fetched", "committed", "abandoned"]),
  link_url: z.string().nullable(),
  link_expires_at_ms: z.int().nullable(),
  archive_sha256: z.string().nullable(),
  archive_bytes: z.int().nullable(),
  folder: z.string().nullable(),
  failure_code: z.string().nullable(),
  failure_message: z.string().nullable(),
  failure_attempt: z.int().nullable(),
  failed_at_ms: z.int().nullable(),
  retry_at_ms: z.int().nullable(),
  created_at_ms: z.int(),
  updated_at_ms: z.int(),
  // Salvaged from a database of before these columns, a row has neither.
  held_at_ms: z.int().nullable().default(null),
  cancelled_at_ms: z.int().nullable().default(null),
});

/** The journal's columns, in the order of the table. */
export const downloadColumns = Object.keys(downloadRowSchema.shape);

/** Throws if the row is not what our schema says it is. */
export function parseDownloadRow(row: Row): Download {
  const read = downloadRowSchema.parse(row);
  const { link_url: url, failure_message: message, failure_attempt: attempt, failed_at_ms: atMs } = read;
  return {
    id: read.id,
    productId: read.product_id,
    downloadId: read.download_id,
    revision: read.revision,
    assetType: read.asset_type,
    archiveName: read.archive_name,
    requester: read.requester,
    state: read.state,
    link: url === null ? null : { url, expiresAtMs: read.link_expires_at_ms },
    archiveSha256: read.archive_sha256,
    archiveBytes: read.archive_bytes,
    folder: read.folder,
    failure:
      read.failure_code === null || message === null || attempt === null || atMs === null
        ? null
        : { code: failureCodeOf(read.failure_code), message, attempt, atMs, retryAtMs: read.retry_at_ms },
    heldAtMs: read.held_at_ms,
    cancelledAtMs: read.cancelled_at_ms,
    createdAtMs: read.created_at_ms,
    updatedAtMs: read.updated_at_ms,
  };
}

/** A code that an earlier version of ours knew and this one does not. */
function failureCodeOf(text: string): FailureCode {
  return isFailureCode(text) ? text : "unexpected";
}
