import { createHash } from "node:crypto";
import { ApiError } from "@org/http-core";
import { z } from "zod";
import type { IterationStatus, IterationType, Open } from "./data-types.ts";
import { isRecord, readDateMs, textOrNull, texts } from "./json-values.ts";
import { type Results, resultLinks } from "./requests.schema.ts";

/**
 * What a webhook says, whichever shape it came in. **A hint, not a fact**: fetch the request before anything is done, and
 * never a link of `claimedResults`.
 */
export interface KaedimWebhook {
  /** The same for every delivery of the same news. */
  readonly id: string;
  /** `full` is that of Kaedim's webhook page (all inside `results`), `short` and `error` are those of its API document. */
  readonly shape: "full" | "short" | "error";
  readonly requestId: string;
  readonly iterationId: string | null;
  readonly status: Open<IterationStatus | "success" | "error">;
  readonly type: Open<IterationType> | null;
  readonly name: string | null;
  readonly userId: string | null;
  readonly studioId: string | null;
  readonly devId: string | null;
  readonly images: readonly string[];
  readonly isRevision: boolean | null;
  readonly isAssetComplete: boolean | null;
  readonly createdAtMs: number | null;
  readonly completedAtMs: number | null;
  /** Links as the webhook has them. */
  readonly claimedResults: Results;
  /** Why it failed, where it says. */
  readonly message: string | null;
  readonly cause: string | null;
  readonly other: Readonly<Record<string, unknown>>;
}

const requestId = z.union([z.string().trim().min(1).max(500), z.number().transform(String)]);
const booleanOrNull = z.boolean().nullable().catch(null);

const fullResults = z.looseObject({
  status: textOrNull,
  userID: textOrNull,
  studioID: textOrNull,
  requestID: requestId,
  iterationID: textOrNull,
  name: textOrNull,
  image: texts,
  type: textOrNull,
  isRevision: booleanOrNull,
  createdAt: textOrNull,
  completedAt: textOrNull,
  assetComplete: booleanOrNull,
  completedModels: resultLinks,
  devID: textOrNull,
});

const shortBody = z.looseObject({
  status: textOrNull,
  userID: textOrNull,
  requestID: requestId,
  results: resultLinks,
  message: textOrNull,
  cause: textOrNull,
});

/**
 * Reads the body of a webhook: text, bytes, or what a JSON parser made of it. Throws `ApiError` `webhook-unreadable` for
 * what is none of the documented shapes. Says nothing about who sent it; that is `verifyWebhook`'s.
 */
export function parseWebhook(body: unknown): KaedimWebhook {
  const parsed = parseBody(body);
  if (!isRecord(parsed)) throw unreadable("it is no JSON object");
  const { results } = parsed;
  const isFull = isRecord(results) && ("completedModels" in results || "requestID" in results);
  return isFull ? readFull(results) : readShort(parsed);
}

function readFull(results: unknown): KaedimWebhook {
  const read = fullResults.safeParse(results);
  if (!read.success) throw unreadable("it names no request");
  const { status, userID, studioID, requestID, iterationID, name, image, type, ...rest } = read.data;
  const { isRevision, createdAt, completedAt, assetComplete, completedModels, devID, ...other } = rest;
  const word = status?.trim().toLowerCase() ?? "";
  return {
    id: JSON.stringify([requestID, iterationID, type, word]),
    shape: "full",
    requestId: requestID,
    iterationId: iterationID,
    status: word,
    type,
    name,
    userId: userID,
    studioId: studioID,
    devId: devID,
    images: image,
    isRevision,
    isAssetComplete: assetComplete,
    createdAtMs: readDateMs(createdAt),
    completedAtMs: readDateMs(completedAt),
    claimedResults: completedModels,
    message: null,
    cause: null,
    other,
  };
}

function readShort(body: Record<string, unknown>): KaedimWebhook {
  const read = shortBody.safeParse(body);
  if (!read.success) throw unreadable("it names no request");
  const { status, userID, requestID, results, message, cause, ...other } = read.data;
  const word = status?.trim().toLowerCase() ?? "";
  // This shape does not say which iteration it is about: a revision must not be taken for a repetition.
  const links = Object.entries(results).map(([format, link]) => [format, withoutSignature(link ?? "")]);
  const content = createHash("sha256")
    .update(JSON.stringify([links, message, cause, other]))
    .digest("base64url");
  return {
    id: JSON.stringify([requestID, word, content]),
    shape: word === "error" ? "error" : "short",
    requestId: requestID,
    iterationId: null,
    status: word,
    type: null,
    name: null,
    userId: userID,
    studioId: null,
    devId: null,
    images: [],
    isRevision: null,
    isAssetComplete: null,
    createdAtMs: null,
    completedAtMs: null,
    claimedResults: results,
    message,
    cause,
    other,
  };
}

/** A link's own part: what signs it for an hour is another with each delivery. */
function withoutSignature(link: string): string {
  const url = URL.parse(link);
  if (url === null) return link;
  for (const name of [...url.searchParams.keys()]) {
    if (/^x-(?:amz|goog)-|^expires$|signature|^key-pair-id$|^policy$|^token$|^sig$/i.test(name))
      url.searchParams.delete(name);
  }
  return url.href;
}

function parseBody(body: unknown): unknown {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) return body;
  try {
    return JSON.parse(typeof body === "string" ? body : Buffer.from(body).toString("utf8"));
  } catch {
    throw unreadable("it is no JSON");
  }
}

function unreadable(why: string): ApiError {
  return new ApiError({
    kind: "unexpected-shape",
    code: "webhook-unreadable",
    message: `The webhook has none of Kaedim's documented shapes: ${why}.`,
    request: { operation: "Kaedim webhook", method: "POST", url: "" },
  });
}
