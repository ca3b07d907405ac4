import { type Agent, type IncomingMessage, request } from "node:http";
import type { z } from "zod";
import type { WatchedEvent } from "../api/contract/activity.ts";
import { lastEventHeader } from "../api/contract/api-file.ts";
import { type OperationName, operationRoutes, otherRoutes } from "../api/contract/operations.ts";
import { pageCodeSchema } from "../api/contract/page.ts";
import { problemSchema } from "../api/contract/problem.ts";
import type { AnswerOf, CallOf, Route } from "../api/contract/route.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { openProvenConnection } from "./proven-connection.ts";
import { readEvents } from "./read-events.ts";

/** A call to the daemon did not give what was asked for. `code` is the daemon's, where it said one. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: string;
  readonly exitStatus: ExitStatus;

  constructor(code: string, message: string, exitStatus: ExitStatus = exitStatuses.failed) {
    super(message);
    this.code = code;
    this.exitStatus = exitStatus;
  }
}

export interface EventWatch {
  /** Resolves when the daemon has begun to send. */
  readonly opened: Promise<void>;
  /** Resolves when the event `id` has been seen, or nothing more comes. */
  seen(id: number): Promise<void>;
  close(): void;
}

type CallArguments<R extends Route> =
  Record<never, never> extends CallOf<R> ? [request?: CallOf<R>] : [request: CallOf<R>];

/** The daemon's operations over its local API. No call has a time limit, and each ends when the daemon does. */
export type ApiClient = {
  [Name in OperationName]: (
    ...given: CallArguments<(typeof operationRoutes)[Name]>
  ) => Promise<AnswerOf<(typeof operationRoutes)[Name]>>;
} & {
  /** Follows what happens, until closed. */
  watch(receive: (event: WatchedEvent) => void): EventWatch;
  /** Addresses of the page, with a code that works once. */
  createPageCode(): Promise<{ url: string; landingUrl: string; lifeMs: number }>;
  /** The newest event when the last answer was written. */
  lastEventId(): number;
};

/** Nobody answers, or one who does not know the token: nothing was asked. */
class NotProvenError extends Error {}

const maxAnswerBytes = 500_000_000;

export function createApiClient(settings: { address: string; token: string; signal: AbortSignal }): ApiClient {
  const { address, token, signal } = settings;
  let lastEventId = 0;

  const send = async (call: {
    method: string;
    path: string;
    body?: unknown;
    signal?: AbortSignal;
  }): Promise<IncomingMessage> => {
    const body = call.method === "POST" ? JSON.stringify(call.body ?? {}) : undefined;
    const agent = await prove({ address, token, signal: call.signal ?? signal });
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // node:http and not fetch: fetch gives up after five minutes without an answer, and a first sync takes longer.
    const sent = request(new URL(call.path, address), {
      method: call.method,
      agent,
      signal: call.signal ?? signal,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
      },
    });
    sent.once("response", resolve);
    sent.once("error", reject);
    sent.once("close", () => agent.destroy());
    sent.end(body);
    return promise;
  };

  const call = async (
    route: Pick<Route, "method" | "path" | "answer" | "contentType"> & Partial<Route>,
    request: Request,
  ) => {
    let response: IncomingMessage;
    let text: string;
    try {
      response = await send({ method: route.method, path: pathOf(route, request), body: pick(request, route.body) });
      text = await readText(response);
    } catch (error) {
      if (signal.aborted) throw new CallError("stopped", "Stopped before it was done.");
      const wasReached = (error as NodeJS.ErrnoException).code !== "ECONNREFUSED" && !(error instanceof NotProvenError);
      throw new CallError(
        wasReached ? "daemon-ended" : "daemon-gone",
        `asset-sync ended before it answered (${(error as Error).message}). Look into \`asset-sync logs\`, then try again.`,
      );
    }
    const isDone = response.statusCode === 200 || response.statusCode === 202;
    const parsed = isDone && route.contentType !== undefined ? text : parseJson(text);
    if (!isDone) {
      const problem = problemSchema.safeParse(parsed).data;
      if (problem === undefined) throw misunderstood();
      throw new CallError(problem.code, problem.title, toExitStatus(problem.exitStatus));
    }
    const answer = route.answer.safeParse(parsed);
    if (!answer.success) throw misunderstood();
    lastEventId = Math.max(lastEventId, Number(response.headers[lastEventHeader] ?? 0));
    return answer.data;
  };

  const operations = Object.fromEntries(
    Object.entries(operationRoutes).map(([name, route]) => [name, (request: Request = {}) => call(route, request)]),
    // Each name has the request and the answer of its row in the table, which the entries cannot carry.
  ) as unknown as { [Name in OperationName]: ApiClient[Name] };
  return {
    ...operations,
    watch: (receive) =>
      readEvents({ receive, open: (stop) => send({ ...otherRoutes.events, signal: AbortSignal.any([signal, stop]) }) }),
    createPageCode: async () =>
      pageCodeSchema.parse(await call({ ...otherRoutes.pageCode, answer: pageCodeSchema }, {})),
    lastEventId: () => lastEventId,
  };
}

type Request = Readonly<Record<string, unknown>>;

/** The keys of a request that the schema names. */
function pick(request: Request, schema: z.ZodObject | undefined): Request {
  return Object.fromEntries(Object.entries(request).filter(([key]) => schema !== undefined && key in schema.shape));
}

function pathOf(route: Pick<Route, "path" | "query">, request: Request): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(pick(request, route.query))) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) query.append(key, String(one));
  }
  const path = route.path.replace(":id", encodeURIComponent(String(request.id ?? "")));
  return query.size === 0 ? path : `${path}?${query}`;
}

async function prove(to: { address: string; token: string; signal: AbortSignal }): Promise<Agent> {
  let agent: Agent | undefined;
  try {
    agent = await openProvenConnection(to);
  } catch (error) {
    throw new NotProvenError((error as Error).message, { cause: error });
  }
  if (agent === undefined) throw new NotProvenError("another program answers at its address");
  return agent;
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) throw new Error("the answer is too long");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toExitStatus(status: number): ExitStatus {
  return Object.values(exitStatuses).find((known) => known === status) ?? exitStatuses.failed;
}

function misunderstood(): CallError {
  return new CallError(
    "answer-unknown",
    "The running asset-sync answers differently than this version understands; restart it, so that both are the same version.",
  );
}
