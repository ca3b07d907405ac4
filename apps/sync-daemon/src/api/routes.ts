import { createHmac } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { toFailure } from "../domain/failure.ts";
import { answerOnce } from "./answer-once.ts";
import { landingPath } from "./console-request.ts";
import { apiVersion, type Health, lastEventHeader } from "./contract/api-file.ts";
import {
  type Caller,
  type OperationName,
  type Operations,
  operationRoutes,
  otherRoutes,
} from "./contract/operations.ts";
import {
  pageCodeSchema,
  pageCookieName,
  pageLandingSchema,
  pageSessionRequestSchema,
  pageSessionSchema,
} from "./contract/page.ts";
import type { Problem } from "./contract/problem.ts";
import type { Route } from "./contract/route.ts";
import { type EventLog, streamEvents } from "./event-stream.ts";
import type { TokenBrake } from "./guard.ts";
import type { IdempotentAnswers } from "./idempotency.ts";
import type { Metrics } from "./metrics/create-metrics.ts";
import { createOpenApiDocument } from "./open-api/create-open-api-document.ts";
import type { PageSignIn } from "./page-sign-in.ts";
import { addPictureRoute, type Pictures } from "./picture-route.ts";
import { problemContentType, problemOfFailure, problemOfRefusal, type RefusalCode } from "./problem.ts";

const maxBodyBytes = 1_000_000;

interface RouteSettings {
  readonly operations: Partial<Operations>;
  readonly events: EventLog;
  /** Without, no product has a picture. */
  readonly pictures?: Pictures;
  readonly metrics: Pick<Metrics, "contentType" | "read">;
  readonly token: string;
  readonly version: string;
  readonly pages: PageSignIn;
  readonly brake: TokenBrake;
  readonly answers: IdempotentAnswers;
  /** Ends the event streams. */
  readonly signal: AbortSignal;
}

/** Every route of the contract. Who may call them was decided before, in guard.ts. */
export function createRoutes({
  operations,
  events,
  pictures,
  metrics,
  token,
  version,
  pages,
  brake,
  answers,
  signal,
}: RouteSettings): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>();

  app.use(
    bodyLimit({
      maxSize: maxBodyBytes,
      onError: (c) => refuse(c, 413, "body-too-large", `A request may hold at most ${maxBodyBytes} bytes.`),
    }),
  );

  app.get(otherRoutes.health.path, (c) => {
    const nonce = c.req.query("nonce");
    const answer: Health = { status: "ok", version, apiVersion };
    if (nonce === undefined) return c.json(answer);
    if (!/^[\w-]{16,200}$/.test(nonce)) {
      return refuse(c, 400, "request-invalid", "nonce: expected 16 to 200 letters and digits.");
    }
    return c.json({ ...answer, proof: createHmac("sha256", token).update(nonce).digest("hex") });
  });

  app.get(otherRoutes.metrics.path, async (c) =>
    c.body(await metrics.read(), 200, { "content-type": metrics.contentType }),
  );
  let document: string | undefined;
  app.get(otherRoutes.openApi.path, (c) => {
    document ??= `${JSON.stringify(createOpenApiDocument(), null, 2)}\n`;
    return c.body(document, 200, { "content-type": "application/json" });
  });

  app.get(otherRoutes.events.path, (c) => {
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
  const answer = (c: Context, route: Pick<Route, "answer" | "contentType" | "status">, value: unknown): Response => {
    const parsed = route.answer.parse(value);
    const { contentType = "application/json; charset=utf-8", status = 200 } = route;
    return c.body(route.contentType === undefined ? JSON.stringify(parsed) : String(parsed), status, {
      "content-type": contentType,
      [lastEventHeader]: String(events.lastId()),
    });
  };

  addPictureRoute(app, pictures ?? { find: async () => "absent" });

  app.post(otherRoutes.pageCode.path, async (c) => {
    await readBody(c, z.strictObject({}));
    const { code, lifeMs } = pages.createCode();
    // The guard has seen to it that this is one of our own names.
    const own = `http://${c.req.header("host")}`;
    const landingUrl = `${own}${landingPath}#code=${code}`;
    return answer(c, { answer: pageCodeSchema }, { url: `${own}/#code=${code}`, landingUrl, lifeMs });
  });
  const refuseCode = async (c: Context): Promise<Response> => {
    await wait(brake.delayAfterWrongToken(), undefined, { signal });
    return refuse(c, 401, "token-refused", "The page's address has been used or is too old; run `asset-sync open`.");
  };
  app.post(otherRoutes.pageLanding.path, async (c) => {
    const code = pages.renew((await readBody(c, pageSessionRequestSchema)).code);
    return code === undefined ? refuseCode(c) : answer(c, { answer: pageLandingSchema }, { code });
  });
  app.post(otherRoutes.pageSession.path, async (c) => {
    const session = pages.exchange((await readBody(c, pageSessionRequestSchema)).code);
    if (session === undefined) return refuseCode(c);
    events.publish({ type: "page-opened" });
    const port = Number(c.req.header("host")?.split(":").at(-1));
    c.header("set-cookie", `${pageCookieName(port)}=${session.cookie}; Path=/; HttpOnly; SameSite=Strict`);
    return answer(c, { answer: pageSessionSchema }, { key: session.key, pictureKey: session.pictureKey });
  });

  for (const name of Object.keys(operationRoutes) as OperationName[]) {
    const route: Route = operationRoutes[name];
    // The table ties each name's request to its operation; here they meet as data.
    const operation = operations[name] as ((request: unknown, caller: Caller) => Promise<unknown>) | undefined;
    if (operation === undefined) continue;
    app.on(route.method, route.path, async (c) => {
      const request = await readRequest(c, route);
      const run = async () => answer(c, route, await operation(request, { signal: c.req.raw.signal }));
      const spends = route.spends !== undefined;
      return route.method === "POST" ? answerOnce(c, answers, { spends, run }) : run();
    });
  }

  app.notFound((c) => {
    const path = new URL(c.req.url).pathname;
    const others = [...Object.values(operationRoutes), ...Object.values(otherRoutes)].filter(
      (route) => route.path === path,
    );
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

/** Path parameters, query and body as one object, judged by the route's schemas. */
async function readRequest(c: Context, route: Route): Promise<Record<string, unknown>> {
  const query = Object.fromEntries(
    Object.entries(c.req.queries()).map(([key, values]) => [key, values.length === 1 ? values[0] : values]),
  );
  return {
    ...c.req.param(),
    ...parseRequest(route.query ?? z.strictObject({}), query),
    ...(route.body === undefined ? {} : await readBody(c, route.body)),
  };
}

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

function parseRequest<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join(".") || "The request"}: ${issue.message}`);
  throw new RequestInvalid(`${problems.join("; ")}.`);
}

function refuse(c: Context, status: number, code: RefusalCode, message: string): Response {
  return respond(c, problemOfRefusal({ status, code, message }));
}

function respond(c: Context, problem: Problem): Response {
  return c.body(JSON.stringify(problem), problem.status as 500, { "content-type": problemContentType });
}
