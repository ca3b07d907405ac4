import { idempotencyKeyHeader } from "@org/sync-daemon/contract/api-file";
import { type OperationName, operationRoutes, otherRoutes } from "@org/sync-daemon/contract/operations";
import { pageKeyHeader } from "@org/sync-daemon/contract/page";
import { problemSchema } from "@org/sync-daemon/contract/problem";
import type { AnswerOf, CallOf, Route } from "@org/sync-daemon/contract/route";
import { CallError } from "./call-error.ts";
import { formatBody, formatPath, type GivenRequest } from "./request-parts.ts";

export type RequestTo<Name extends OperationName> = CallOf<(typeof operationRoutes)[Name]>;
export type AnswerTo<Name extends OperationName> = AnswerOf<(typeof operationRoutes)[Name]>;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For a POST that is sent again after trouble: the daemon does it once. A new one is made where none is given. */
  readonly idempotencyKey?: string | undefined;
}

export interface ApiClient {
  /** Throws `CallError`, and what `signal` was aborted with. */
  call<Name extends OperationName>(
    name: Name,
    request: RequestTo<Name>,
    options?: CallOptions,
  ): Promise<AnswerTo<Name>>;
  /** The stream of events after the one with this id. Throws `CallError`. */
  openEvents(options: { afterId: number | null; signal: AbortSignal }): Promise<ReadableStream<Uint8Array>>;
}

export function createApiClient(settings: { key: string; signedOut: () => void }): ApiClient {
  const { key, signedOut } = settings;

  async function send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    let response: Response;
    try {
      response = await fetch(path, { ...init, headers: { [pageKeyHeader]: key, ...init.headers } });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new CallError("daemon-gone", "asset-sync does not answer.");
    }
    if (response.ok) return response;
    const problem = problemSchema.safeParse(await response.json().catch(() => undefined)).data;
    if (response.status === 401) {
      signedOut();
      throw new CallError("signed-out", "This page is no longer signed in.", problem);
    }
    if (problem === undefined) throw new CallError("answer-unknown", `asset-sync answered ${response.status}.`);
    // What is asked is in the contract; a daemon that does not know it by this way is of another version.
    const isAbsent = problem.code === "not-found" || problem.code === "method-refused";
    throw new CallError(isAbsent ? "not-available" : "problem", problem.title, problem);
  }

  return {
    async call<Name extends OperationName>(name: Name, request: RequestTo<Name>, options: CallOptions = {}) {
      const route: Route = operationRoutes[name];
      const isPost = route.method === "POST";
      const response = await send(formatPath(route, request as GivenRequest), {
        method: route.method,
        signal: options.signal ?? null,
        ...(isPost
          ? {
              headers: {
                "content-type": "application/json",
                [idempotencyKeyHeader]: options.idempotencyKey ?? crypto.randomUUID(),
              },
              body: formatBody(route, request as GivenRequest),
            }
          : {}),
      });
      let text: string;
      try {
        text = await response.text();
      } catch (error) {
        if (options.signal?.aborted) throw error;
        throw new CallError("daemon-gone", "asset-sync ended before it had answered.");
      }
      const answer = route.answer.safeParse(route.contentType === undefined ? parseJson(text) : text);
      if (!answer.success) throw new CallError("answer-unknown", "This page and asset-sync are of different versions.");
      // The table ties each name to its answer; here they meet as data.
      return answer.data as AnswerTo<Name>;
    },
    async openEvents({ afterId, signal }) {
      const { body } = await send(otherRoutes.events.path, {
        signal,
        headers: afterId === null ? {} : { "last-event-id": String(afterId) },
      });
      if (body === null) throw new CallError("answer-unknown", "The stream of events is empty.");
      return body;
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
