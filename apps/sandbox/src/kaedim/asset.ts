import { modelFormats } from "./model-files.ts";
import {
  doneStatuses,
  type Iteration,
  type KaedimRequest,
  statusOf,
  statusSinceMs,
  visibleIterations,
} from "./requests.ts";
import { imagePath, type ResultLinks, resultPath } from "./result-files.ts";
import type { KaedimSettings } from "./settings.ts";

export interface AssetParts {
  settings: KaedimSettings;
  links: ResultLinks;
  nowMs: number;
  /** What links handed out now live; 0 under the fault `expired-link`. */
  linkLifeMs: number;
}

/** What the fetch calls hand out; the page about webhooks adds `usd`. */
const fetchFormats = ["obj", "fbx", "glb", "gltf", "mtl"] as const;
const documentHookFormats = ["obj", "fbx", "glb", "gltf"] as const;

/** A request as `fetchRequest` shows it; `fetchAll` adds `polycount`, as the document's samples do. */
export function assetOf(request: KaedimRequest, parts: AssetParts, withPolycount: boolean): object {
  const { settings, nowMs } = parts;
  const iterations = visibleIterations(request, nowMs);
  const polycount = request.order.polycount;
  return {
    requestID: request.requestID,
    createdAt: isoTime(request.createdAtMs),
    image: imageLinks(request, parts),
    image_tags: [],
    ...(withPolycount ? { polycount: polycount === null ? null : String(polycount) } : {}),
    iterations:
      iterations.length === 0 && settings.pendingIterations === "null"
        ? null
        : iterations.map((iteration) => iterationOf(request, iteration, parts)),
  };
}

function iterationOf(request: KaedimRequest, iteration: Iteration, parts: AssetParts): object {
  const { settings, nowMs } = parts;
  const status = statusOf(iteration, nowMs) ?? "";
  const none = { null: { results: null }, empty: { results: {} }, missing: {} }[settings.pendingResults];
  return {
    createdAt: isoTime(iteration.createdAtMs),
    iterationID: String(iteration.iterationID),
    ...(doneStatuses.includes(status) ? { results: fileLinks(request, iteration, parts, fetchFormats) } : none),
    status,
    userID: settings.userId,
    email: settings.email,
    loq: request.order.loq,
    dismissedReason: isDismissed(status) ? iteration.dismissedReason : null,
    editDescription: iteration.editDescription,
    texturingMethod: null,
  };
}

/** What a webhook says about an iteration, in the shape that the settings choose. */
export function webhookPayload(request: KaedimRequest, iteration: Iteration, parts: AssetParts): object {
  const { settings, nowMs } = parts;
  const status = statusOf(iteration, nowMs) ?? "new";
  const isDone = doneStatuses.includes(status);
  const { requestID } = request;
  if (isDismissed(status) && settings.failureShape === "error") {
    return { status: "error", requestID, message: "Asset creation failed", cause: iteration.dismissedReason };
  }
  if (isDone && settings.webhookShape === "document") {
    return {
      status: "success",
      userID: settings.userId,
      requestID,
      results: fileLinks(request, iteration, parts, documentHookFormats),
    };
  }
  return {
    results: {
      status,
      userID: settings.userId,
      studioID: request.order.studioID,
      requestID,
      iterationID: iteration.iterationID,
      name: null,
      image: imageLinks(request, parts),
      type: "sculpt",
      isRevision: iteration.iterationID > 0,
      createdAt: isoTime(iteration.createdAtMs),
      completedAt: isDone ? isoTime(statusSinceMs(iteration, nowMs)) : null,
      assetComplete: isDone,
      completedModels: isDone ? fileLinks(request, iteration, parts, modelFormats) : {},
      devID: settings.devId,
    },
  };
}

function isDismissed(status: string): boolean {
  return status === "dismissed" || status === "cancelled";
}

function fileLinks(
  request: KaedimRequest,
  iteration: Iteration,
  { links, linkLifeMs }: AssetParts,
  formats: readonly (typeof modelFormats)[number][],
): Record<string, string> {
  return Object.fromEntries(
    formats.map((format) => [
      format,
      links.issue(resultPath(request.requestID, iteration.iterationID, format), linkLifeMs),
    ]),
  );
}

/** The URLs as they were given; images that came as files lie at the host of the results. */
function imageLinks(request: KaedimRequest, { links, linkLifeMs }: AssetParts): string[] {
  const uploaded = request.order.images.map((_, index) => links.issue(imagePath(request.requestID, index), linkLifeMs));
  return [...request.order.imageUrls, ...uploaded];
}

export function isoTime(atMs: number): string {
  return new Date(atMs).toISOString();
}
