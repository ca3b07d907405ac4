import { type Agent, type IncomingMessage, request } from "node:http";
import type { z } from "zod";
import {
  type GetRequest,
  type GetResult,
  getResultSchema,
  lastEventHeader,
  type PlanAnswer,
  type ProductDetail,
  planSchema,
  problemSchema,
  productDetailSchema,
  type QuotaAnswer,
  quotaSchema,
  type RepairResult,
  repairResultSchema,
  routes,
  type SearchResult,
  type StatusAnswer,
  type SyncResult,
  searchResultSchema,
  statusSchema,
  syncResultSchema,
  type VerifyResult,
  verifyResultSchema,
  type WatchedEvent,
  type Why,
  whySchema,
} from "../api/contract.ts";
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

/** The daemon's operations over its local API. No call has a time limit, and each ends when the daemon does. */
export interface ApiClient {
  status(): Promise<StatusAnswer>;
  sync(body: { acceptFeed: boolean }): Promise<SyncResult>;
  plan(): Promise<PlanAnswer>;
  search(query: { text: string; limit: number; offset: number }): Promise<SearchResult>;
  /** Undefined for a product the catalog does not have. */
  show(idOrSlug: string): Promise<ProductDetail | undefined>;
  why(idOrSlug: string): Promise<Why>;
  quota(): Promise<QuotaAnswer>;
  get(body: GetRequest): Promise<GetResult>;
  verify(body: { products: readonly number[] }): Promise<VerifyResult>;
  repair(body: { products: readonly number[]; previous: boolean }): Promise<RepairResult>;
  pause(body: { untilMs: number | null }): Promise<StatusAnswer>;
  resume(): Promise<StatusAnswer>;
  /** Follows what happens, until closed. */
  watch(receive: (event: WatchedEvent) => void): EventWatch;
  /** The newest event when the last answer was written. */
  lastEventId(): number;
}

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

  const call = async <Schema extends z.ZodType>(
    route: { method: string; path: string },
    schema: Schema,
    options: { body?: unknown; id?: string; query?: Record<string, string> } = {},
  ): Promise<z.output<Schema>> => {
    const query = options.query === undefined ? "" : `?${new URLSearchParams(options.query)}`;
    const path = route.path.replace(":id", encodeURIComponent(options.id ?? "")) + query;
    let response: IncomingMessage;
    let text: string;
    try {
      response = await send({ method: route.method, path, body: options.body });
      text = await readText(response);
    } catch (error) {
      if (signal.aborted) throw new CallError("stopped", "Stopped before it was done.");
      const wasReached = (error as NodeJS.ErrnoException).code !== "ECONNREFUSED" && !(error instanceof NotProvenError);
      throw new CallError(
        wasReached ? "daemon-ended" : "daemon-gone",
        `asset-sync ended before it answered (${(error as Error).message}). Look into \`asset-sync logs\`, then try again.`,
      );
    }
    const parsed = parseJson(text);
    if (response.statusCode !== 200) {
      const problem = problemSchema.safeParse(parsed).data;
      if (problem === undefined) throw misunderstood();
      throw new CallError(problem.code, problem.title, toExitStatus(problem.exitStatus));
    }
    const answer = schema.safeParse(parsed);
    if (!answer.success) throw misunderstood();
    lastEventId = Math.max(lastEventId, Number(response.headers[lastEventHeader] ?? 0));
    return answer.data;
  };

  return {
    status: () => call(routes.status, statusSchema),
    sync: (body) => call(routes.sync, syncResultSchema, { body }),
    plan: () => call(routes.plan, planSchema),
    search: ({ text, limit, offset }) =>
      call(routes.search, searchResultSchema, { query: { text, limit: String(limit), offset: String(offset) } }),
    async show(id) {
      try {
        return await call(routes.show, productDetailSchema, { id });
      } catch (error) {
        if (error instanceof CallError && error.code === "product-unknown") return undefined;
        throw error;
      }
    },
    why: (id) => call(routes.why, whySchema, { id }),
    quota: () => call(routes.quota, quotaSchema),
    get: (body) => call(routes.get, getResultSchema, { body }),
    verify: (body) => call(routes.verify, verifyResultSchema, { body }),
    repair: (body) => call(routes.repair, repairResultSchema, { body }),
    pause: (body) => call(routes.pause, statusSchema, { body }),
    resume: () => call(routes.resume, statusSchema),
    watch: (receive) =>
      readEvents({ receive, open: (stop) => send({ ...routes.events, signal: AbortSignal.any([signal, stop]) }) }),
    lastEventId: () => lastEventId,
  };
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
