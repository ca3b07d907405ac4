import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { toFailure } from "../domain/failure.ts";
import {
  apiVersion,
  getRequestSchema,
  getResultSchema,
  type Health,
  lastEventHeader,
  type Operations,
  type Problem,
  pageCodeSchema,
  pageCookieName,
  pageSessionRequestSchema,
  pageSessionSchema,
  pauseRequestSchema,
  planSchema,
  productDetailSchema,
  quotaSchema,
  repairRequestSchema,
  repairResultSchema,
  routes,
  searchQuerySchema,
  searchResultSchema,
  statusSchema,
  syncRequestSchema,
  syncResultSchema,
  verifyRequestSchema,
  verifyResultSchema,
  whySchema,
} from "./contract.ts";
import { type EventLog, streamEvents } from "./event-stream.ts";
import type { TokenBrake } from "./guard.ts";
import type { PageSignIn } from "./page-sign-in.ts";
import { problemContentType, problemOfFailure, problemOfRefusal, type RefusalCode } from "./problem.ts";

const maxBodyBytes = 1_000_000;

interface RouteSettings {
  readonly operations: Operations;
  readonly events: EventLog;
  readonly token: string;
  readonly version: string;
  readonly pages: PageSignIn;
  readonly brake: TokenBrake;
  /** Ends the event streams. */
  readonly signal: AbortSignal;
}

/** Every route of the contract. Who may call them was decided before, in guard.ts. */
export function createRoutes({
  operations,
  events,
  token,
  version,
  pages,
  brake,
  signal,
}: RouteSettings): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => refuse(c, 413, "body-too-large", `A request may hold at most ${maxBodyBytes} bytes.`),
    }),
  );

  app.get(routes.health.path, (c) => {
    const nonce = c.req.query("nonce");
    const answer: Health = { status: "ok", version, apiVersion };
    if (nonce === undefined) return c.json(answer);
    if (!/^[\w-]{16,200}$/.test(nonce)) {
      return refuse(c, 400, "request-invalid", "nonce: expected 16 to 200 letters and digits.");
    }
    return c.json({ ...answer, proof: createHmac("sha256", token).update(nonce).digest("hex") });
  });

  app.get(routes.events.path, (c) => {
    const written = c.req.header("last-event-id");
    if (written !== undefined && !/^\d{1,15}$/.test(written)) {
      return refuse(c, 400, "request-invalid", "Last-Event-ID: expected the id of an event.");
    }
    const afterId = written === undefined ? undefined : Number(written);
    return c.body(streamEvents({ events, afterId, signal, drop: () => c.env.outgoing.destroy() }), 200, {
      "content-type": "text/event-stream; charset=utf-8",
    });
  });

  /** Answers through the contract's schema, so that nothing leaves that the contract does not name. */
  const answer = <Schema extends z.ZodType>(c: Context, schema: Schema, value: z.output<Schema>): Response => {
    const body = JSON.stringify(schema.parse(value));
    return c.body(body, 200, {
      "content-type": "application/json; charset=utf-8",
      [lastEventHeader]: String(events.lastId()),
    });
  };

  app.post(routes.pageCode.path, async (c) => {
    await readBody(c, z.strictObject({}));
    const { code, lifeMs } = pages.createCode();
    // The guard has seen to it that this is one of our own names.
    return answer(c, pageCodeSchema, { url: `http://${c.req.header("host")}/#code=${code}`, lifeMs });
  });
  app.post(routes.pageSession.path, async (c) => {
    const session = pages.exchange((await readBody(c, pageSessionRequestSchema)).code);
    if (session === undefined) {
      await wait(brake.delayAfterWrongToken(), undefined, { signal });
      return refuse(c, 401, "token-refused", "The page's address has been used or is too old; run `asset-sync open`.");
    }
    const port = Number(c.req.header("host")?.split(":").at(-1));
    c.header("set-cookie", `${pageCookieName(port)}=${session.cookie}; Path=/api; HttpOnly; SameSite=Strict`);
    return answer(c, pageSessionSchema, { key: session.key });
  });

  app.get(routes.status.path, async (c) => answer(c, statusSchema, await operations.status()));
  app.get(routes.plan.path, async (c) => answer(c, planSchema, await operations.plan()));
  app.get(routes.quota.path, (c) => answer(c, quotaSchema, operations.quota()));
  app.get(routes.search.path, async (c) => {
    const query = readQuery(c, searchQuerySchema);
    return answer(c, searchResultSchema, await operations.search(query));
  });
  app.get(routes.show.path, async (c) => {
    const id = c.req.param("id") ?? "";
    const product = await operations.show(id);
    if (product !== undefined) return answer(c, productDetailSchema, product);
    return refuse(c, 404, "product-unknown", `The shop's catalog has no product "${id}".`);
  });
  app.get(routes.why.path, async (c) => answer(c, whySchema, await operations.why(c.req.param("id") ?? "")));
  app.post(routes.sync.path, async (c) =>
    answer(c, syncResultSchema, await operations.sync(await readBody(c, syncRequestSchema))),
  );
  app.post(routes.get.path, async (c) =>
    answer(c, getResultSchema, await operations.get(await readBody(c, getRequestSchema))),
  );
  app.post(routes.verify.path, async (c) =>
    answer(c, verifyResultSchema, await operations.verify(await readBody(c, verifyRequestSchema))),
  );
  app.post(routes.repair.path, async (c) =>
    answer(c, repairResultSchema, await operations.repair(await readBody(c, repairRequestSchema))),
  );
  app.post(routes.pause.path, async (c) =>
    answer(c, statusSchema, await operations.pause(await readBody(c, pauseRequestSchema))),
  );
  app.post(routes.resume.path, async (c) => {
    await readBody(c, z.strictObject({}));
    return answer(c, statusSchema, await operations.resume());
  });

  app.notFound((c) => {
    const path = new URL(c.req.url).pathname;
    const others = Object.values(routes).filter((route) => route.path === path);
    if (others.length > 0)
      return refuse(
        c,
        405,
        "method-refused",
        `${path} is asked with ${others.map(({ method }) => method).join(" or ")}.`,
      );
    return refuse(c, 404, "not-found", `There is nothing at ${path}.`);
  });
  app.onError((error, c) => {
    if (error instanceof RequestInvalid) return refuse(c, 400, "request-invalid", error.message);
    return respond(c, problemOfFailure(toFailure(error)));
  });
  return app;
}

class RequestInvalid extends Error {}

async function readBody<Schema extends z.ZodType>(c: Context, schema: Schema): Promise<z.output<Schema>> {
  const text = await c.req.text();
  let value: unknown = {};
  try {
    if (text.trim() !== "") value = JSON.parse(text);
  } catch {
    throw new RequestInvalid("The body is not JSON.");
  }
  return parseRequest(schema, value);
}

function readQuery<Schema extends z.ZodType>(c: Context, schema: Schema): z.output<Schema> {
  return parseRequest(schema, c.req.query());
}

function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "The body"}: ${issue.message}`);
  throw new RequestInvalid(`${problems.join("; ")}.`);
}

function refuse(c: Context, status: number, code: RefusalCode, message: string): Response {
  return respond(c, problemOfRefusal({ status, code, message }));
}

function respond(c: Context, problem: Problem): Response {
  return c.body(JSON.stringify(problem), problem.status as 500, { "content-type": problemContentType });
}
