import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Fault } from "./faults/fault.ts";
import { hostNames } from "./host-name.ts";
import { readBody } from "./http/read-body.ts";
import { InvalidInputError, parseStrictly } from "./parse-strictly.ts";
import type { Sandbox } from "./sandbox.ts";
import type { StatePatch } from "./state.ts";

type Answer = { status: number; value: unknown };
type Handler = (request: {
  query: URLSearchParams;
  body: () => Promise<unknown>;
  parameter: string;
}) => Answer | Promise<Answer>;

const changeSchema = z.strictObject({ touch: z.boolean().optional() });
const updateSchema = z.strictObject({
  dateModified: z.string().min(1).optional(),
  fields: z.record(z.string(), z.unknown()).optional(),
  archive: z.union([z.literal("keep"), z.literal("vary"), z.strictObject({ file: z.string().min(1) })]).optional(),
  downloadId: z.string().optional(),
  path: z.enum(["same", "new"]).optional(),
  touch: z.boolean().optional(),
});
const newProductSchema = z.strictObject({
  record: z.record(z.string(), z.unknown()),
  archives: z.record(z.string(), z.string()).optional(),
  touch: z.boolean().optional(),
});
const journalFilterSchema = z.strictObject({
  host: z.enum(hostNames).optional(),
  path: z.string().optional(),
  method: z.string().optional(),
});

/**
 * The routes below `/_sandbox`, by method and path; `:id` is the one parameter a route may have. Faults and state patches
 * are checked where they are applied, so they pass through here as they came.
 */
function routesOf(sandbox: Sandbox): Record<string, Handler> {
  return {
    "GET /_sandbox": () => ok(describe(sandbox)),
    "GET /_sandbox/requests": ({ query }) =>
      ok(
        sandbox.requests(
          parseStrictly(
            journalFilterSchema,
            Object.fromEntries(query),
            "Filter",
            Object.keys(journalFilterSchema.shape),
          ),
        ),
      ),
    "DELETE /_sandbox/requests": () => {
      sandbox.clearRequests();
      return ok({ cleared: true });
    },
    "GET /_sandbox/faults": () => ok(sandbox.faults()),
    "POST /_sandbox/faults": async ({ body }) => ({
      status: 201,
      value: { id: sandbox.addFault((await body()) as Fault) },
    }),
    "DELETE /_sandbox/faults": () => {
      sandbox.clearFaults();
      return ok({ cleared: true });
    },
    "DELETE /_sandbox/faults/:id": ({ parameter }) =>
      sandbox.removeFault(Number(parameter))
        ? ok({ removed: Number(parameter) })
        : notFound(`There is no fault ${parameter}.`),
    "GET /_sandbox/state": () => ok(sandbox.state()),
    "PATCH /_sandbox/state": async ({ body }) => {
      sandbox.patchState((await body()) as StatePatch);
      return ok(sandbox.state());
    },
    "POST /_sandbox/products": async ({ body }) => {
      const product = parseStrictly(newProductSchema, await body(), "Product", Object.keys(newProductSchema.shape));
      return { status: 201, value: { id: sandbox.addProduct(product), lastUpdated: sandbox.state().lastUpdated } };
    },
    "POST /_sandbox/products/:id/update": async ({ parameter, body }) => {
      const update = parseStrictly(updateSchema, (await body()) ?? {}, "Update", Object.keys(updateSchema.shape));
      sandbox.updateProduct(Number(parameter), update);
      return changed(sandbox, parameter);
    },
    "POST /_sandbox/products/:id/withdraw": async ({ parameter, body }) => {
      sandbox.withdrawProduct(
        Number(parameter),
        parseStrictly(changeSchema, (await body()) ?? {}, "Withdraw", ["touch"]),
      );
      return changed(sandbox, parameter);
    },
    "POST /_sandbox/products/:id/publish": async ({ parameter, body }) => {
      sandbox.publishProduct(
        Number(parameter),
        parseStrictly(changeSchema, (await body()) ?? {}, "Publish", ["touch"]),
      );
      return changed(sandbox, parameter);
    },
  };
}

/** Answers requests below `/_sandbox`: JSON in, JSON out, and a wrong request is told what is wrong with it. */
export function createControl(sandbox: Sandbox): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const routes = routesOf(sandbox);
  return async (request, response) => {
    const answer = await answerControl(routes, request).catch((error: unknown): Answer => {
      if (error instanceof InvalidInputError) return { status: 400, value: { message: error.message } };
      throw error;
    });
    const text = `${JSON.stringify(answer.value, null, 1)}\n`;
    response.writeHead(answer.status, {
      "content-type": "application/json; charset=utf-8",
      "cache-control": "no-store",
    });
    response.end(request.method === "HEAD" ? undefined : text);
  };
}

async function answerControl(routes: Record<string, Handler>, request: IncomingMessage): Promise<Answer> {
  // A web page could otherwise drive the sandbox, which reads files from disk when told to.
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(request.headers.host ?? "") || request.headers.origin !== undefined) {
    return { status: 403, value: { message: "The sandbox is driven from this machine only, and not by web pages." } };
  }
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const path = url.pathname.replace(/\/$/, "");
  const parameter = /^\/_sandbox\/(?:products|faults)\/([^/]+)/.exec(path)?.[1] ?? "";
  const pattern = parameter === "" ? path : path.replace(`/${parameter}`, "/:id");
  const handler = routes[`${request.method === "HEAD" ? "GET" : request.method} ${pattern}`];
  if (handler === undefined)
    return notFound(`${request.method} ${path} is not known here. Known: ${Object.keys(routes).join(", ")}.`);
  return handler({ query: url.searchParams, parameter, body: () => jsonBody(request) });
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  const text = (await readBody(request)).toString("utf8");
  if (text.trim() === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError("The body is not JSON.");
  }
}

function describe(sandbox: Sandbox) {
  return {
    origins: sandbox.origins,
    control: sandbox.control,
    accounts: sandbox.accounts,
    enterpriseKey: sandbox.enterpriseKey,
    kaedim: sandbox.kaedim.credentials(),
    imagine: sandbox.imagine.credentials(),
    threeDVerse: sandbox.threeDVerse.credentials(),
    see: ["requests", "faults", "state"].map((name) => `${sandbox.control}/_sandbox/${name}`),
  };
}

function changed(sandbox: Sandbox, parameter: string): Answer {
  return ok({ id: Number(parameter), lastUpdated: sandbox.state().lastUpdated });
}

function ok(value: unknown): Answer {
  return { status: 200, value };
}

function notFound(message: string): Answer {
  return { status: 404, value: { message } };
}
