import { isRecord } from "./json-values.ts";
import { notSentError } from "./kaedim-error.ts";
import { type AccountParts, readAccount } from "./reading.ts";
import { type KaedimRequest, requestRecord, type SkippedRecord } from "./requests.schema.ts";
import { type DateFormat, formatWireDate, widened } from "./wire-date.ts";

/** All requests of an account, or those of a time. */
export interface RequestList {
  readonly requests: readonly KaedimRequest[];
  /** Records that are no requests. */
  readonly skipped: readonly SkippedRecord[];
  /** The answer as received. */
  readonly text: string;
}

export interface FetchRequestOptions {
  requestId: string;
  /** Default: that of the settings. */
  studioId?: string | undefined;
  signal?: AbortSignal | undefined;
}

export interface FetchAllOptions {
  /** Requests made at this moment or later. */
  start?: Date | undefined;
  /** Requests made at this moment or earlier. */
  end?: Date | undefined;
  /** Default: that of the settings. */
  studioId?: string | undefined;
  signal?: AbortSignal | undefined;
}

const fetchRequestOperation = "Kaedim fetchRequest";
const fetchAllOperation = "Kaedim fetchAll";

/** Fetches one request with its iterations and fresh links. Costs nothing. */
export async function fetchRequest(parts: AccountParts, options: FetchRequestOptions): Promise<KaedimRequest> {
  const { requestId, studioId = parts.studioId, signal } = options;
  if (typeof requestId !== "string" || requestId.trim() === "") {
    throw notSentError({
      code: "argument-invalid",
      message: "fetchRequest needs the id of a request.",
      operation: fetchRequestOperation,
    });
  }
  const { value } = await readAccount(parts, {
    operation: fetchRequestOperation,
    path: "/fetchRequest",
    query: { requestID: requestId, studioID: studioId },
    subject: `request ${requestId}`,
    // An answer about another request must never be taken for this one.
    read: (data) => {
      const request = requestRecord.safeParse(data).data;
      return request?.requestId === requestId ? request : undefined;
    },
    wanted: `request ${requestId}`,
    signal,
  });
  return value;
}

/**
 * Fetches the requests of the account, unfinished ones included; Kaedim does not page them. Costs nothing.
 *
 * Dates go out in `dateFormat`, a day wider on both sides, and what comes is filtered again by `createdAt`, since a
 * server that misreads a date may ignore it. Requests whose `createdAt` cannot be read stay in.
 */
export async function fetchAll(
  parts: AccountParts & { readonly dateFormat: DateFormat },
  options: FetchAllOptions,
): Promise<RequestList> {
  const { start, end, studioId = parts.studioId, signal } = options;
  checkDates(start, end);
  const onWire = (date: Date | undefined, bound: "start" | "end") =>
    date === undefined ? undefined : formatWireDate(widened(date, bound), parts.dateFormat);
  const { value: records, raw } = await readAccount(parts, {
    operation: fetchAllOperation,
    path: "/fetchAll",
    query: { start: onWire(start, "start"), end: onWire(end, "end"), studioID: studioId },
    subject: "the list of requests",
    read: (data): readonly unknown[] | undefined => {
      const list = isRecord(data) ? data.assets : data;
      return Array.isArray(list) ? list : undefined;
    },
    wanted: "list of assets",
    signal,
  });
  const requests: KaedimRequest[] = [];
  const skipped: SkippedRecord[] = [];
  for (const [index, record] of records.entries()) {
    const read = requestRecord.safeParse(record);
    if (!read.success) {
      skipped.push({ index, reason: isRecord(record) ? "no requestID" : "not an object" });
      continue;
    }
    const { createdAtMs } = read.data;
    const isBefore = createdAtMs !== null && start !== undefined && createdAtMs < start.getTime();
    const isAfter = createdAtMs !== null && end !== undefined && createdAtMs > end.getTime();
    if (!isBefore && !isAfter) requests.push(read.data);
  }
  return { requests, skipped, text: raw };
}

function checkDates(start: Date | undefined, end: Date | undefined): void {
  const wrong =
    [start, end].some((date) => date !== undefined && !(date instanceof Date && Number.isFinite(date.getTime()))) ||
    (start !== undefined && end !== undefined && start > end);
  if (!wrong) return;
  throw notSentError({
    code: "argument-invalid",
    message: "fetchAll takes valid dates as start and end, start not after end.",
    operation: fetchAllOperation,
  });
}
