import { randomUUID } from "node:crypto";
import { InvalidInputError } from "../parse-strictly.ts";

/** An image that came as a file: what is kept of it. */
export interface UploadedImage {
  partName: string;
  filename: string | undefined;
  contentType: string | undefined;
  bytes: number;
  sha256: string;
}

/** What an accepted `process` asks for. */
export interface ProcessOrder {
  loq: string;
  imageUrls: string[];
  images: UploadedImage[];
  test: boolean;
  polycount: number | null;
  height: number;
  width: number | null;
  depth: number | null;
  projectID: string | null;
  studioID: string | null;
}

/** One attempt at the model. Its status is what the clock makes of its steps. */
export interface Iteration {
  iterationID: number;
  createdAtMs: number;
  /** In order of time. */
  steps: { atMs: number; status: string }[];
  dismissedReason: string | null;
  editDescription: string | null;
  /** The status that was told by webhook last. */
  announced: string | undefined;
}

export interface KaedimRequest {
  requestID: string;
  createdAtMs: number;
  order: ProcessOrder;
  /** Credits that were charged. */
  cost: number;
  /** Oldest first; those of the future are there already and do not show. */
  iterations: Iteration[];
}

/** Statuses after which nothing more happens by itself and files are there. */
export const doneStatuses: readonly string[] = ["completed", "approved", "uploaded"];
export const failedStatuses: readonly string[] = ["dismissed", "cancelled"];

export function statusOf(iteration: Iteration, nowMs: number): string | undefined {
  return iteration.steps.findLast(({ atMs }) => atMs <= nowMs)?.status;
}

/** When the iteration got the status it has. */
export function statusSinceMs(iteration: Iteration, nowMs: number): number {
  return iteration.steps.findLast(({ atMs }) => atMs <= nowMs)?.atMs ?? iteration.createdAtMs;
}

export function visibleIterations(request: KaedimRequest, nowMs: number): Iteration[] {
  return request.iterations.filter((iteration) => statusOf(iteration, nowMs) !== undefined);
}

export interface KaedimRequests {
  add(request: {
    order: ProcessOrder;
    cost: number;
    createdAtMs: number;
    startAfterMs: number;
    durationMs: number;
    outcome: string;
    dismissedReason: string;
  }): KaedimRequest;
  /** Throws `InvalidInputError` where there is none of that id. */
  get(requestID: string): KaedimRequest;
  find(requestID: string): KaedimRequest | undefined;
  /** Newest first. */
  all(): KaedimRequest[];
  /** The newest iteration has that status from now on, and no other by itself. */
  setStatus(change: { requestID: string; status: string; dismissedReason?: string | undefined; nowMs: number }): void;
  /** What would have happened up to the outcome has happened. */
  finish(requestID: string, nowMs: number): void;
  /** Another iteration, for example after a request for changes. */
  addIteration(change: {
    requestID: string;
    editDescription: string | null;
    nowMs: number;
    durationMs: number;
    outcome: string;
  }): void;
  /** The first moment after `nowMs` at which some status changes. */
  nextChangeMs(nowMs: number): number | undefined;
}

export function createKaedimRequests(): KaedimRequests {
  const requests = new Map<string, KaedimRequest>();
  const get = (requestID: string) => {
    const request = requests.get(requestID);
    if (request === undefined) throw new InvalidInputError(`There is no Kaedim request ${requestID}.`);
    return request;
  };
  const newest = (requestID: string): Iteration => {
    const iteration = get(requestID).iterations.at(-1);
    if (iteration === undefined) throw new InvalidInputError(`The Kaedim request ${requestID} has no iteration.`);
    return iteration;
  };
  return {
    add({ order, cost, createdAtMs, startAfterMs, durationMs, outcome, dismissedReason }) {
      const startMs = createdAtMs + Math.min(startAfterMs, durationMs);
      const request: KaedimRequest = {
        requestID: randomUUID(),
        createdAtMs,
        order,
        cost,
        iterations: [
          {
            iterationID: 0,
            createdAtMs: startMs,
            steps: [
              { atMs: startMs, status: "new" },
              { atMs: createdAtMs + durationMs, status: outcome },
            ],
            dismissedReason: failedStatuses.includes(outcome) ? dismissedReason : null,
            editDescription: null,
            announced: undefined,
          },
        ],
      };
      requests.set(request.requestID, request);
      return request;
    },
    get,
    find: (requestID) => requests.get(requestID),
    all: () => [...requests.values()].reverse(),
    setStatus({ requestID, status, dismissedReason, nowMs }) {
      const iteration = newest(requestID);
      iteration.createdAtMs = Math.min(iteration.createdAtMs, nowMs);
      iteration.steps = [{ atMs: nowMs, status }];
      iteration.dismissedReason = dismissedReason ?? (failedStatuses.includes(status) ? "Set by hand" : null);
    },
    finish(requestID, nowMs) {
      const iteration = newest(requestID);
      iteration.createdAtMs = Math.min(iteration.createdAtMs, nowMs);
      iteration.steps = iteration.steps.map((step) => ({ ...step, atMs: Math.min(step.atMs, nowMs) }));
    },
    addIteration({ requestID, editDescription, nowMs, durationMs, outcome }) {
      const request = get(requestID);
      request.iterations.push({
        iterationID: request.iterations.length,
        createdAtMs: nowMs,
        steps: [
          { atMs: nowMs, status: "new" },
          { atMs: nowMs + durationMs, status: outcome },
        ],
        dismissedReason: null,
        editDescription,
        announced: undefined,
      });
    },
    nextChangeMs(nowMs) {
      const later = [...requests.values()]
        .flatMap((request) => request.iterations.flatMap((iteration) => iteration.steps.map(({ atMs }) => atMs)))
        .filter((atMs) => atMs > nowMs);
      return later.length === 0 ? undefined : Math.min(...later);
    },
  };
}
