import type { z } from "zod";
import type { Exchange } from "../hosts/exchange.ts";
import type { ReceivedForm } from "../http/read-form.ts";
import { bytesBody, jsonReply, type Reply } from "../http/reply.ts";
import type { Caller } from "./access.ts";
import type { Environment } from "./environment.ts";
import { invalid } from "./problem.ts";
import { parseQuery } from "./query.ts";

/** One request that was routed and whose credential is good. */
export interface Call<Query = unknown, Body = unknown> {
  env: Environment;
  caller: Caller;
  /** A parameter of the path, decoded and never empty. */
  parameter(name: string): string;
  query: Query;
  body: Body;
}

type RawCall = Omit<Call, "query" | "body"> & { exchange: Exchange };

/** Reads a body of one kind; what does not fit is 400. */
export interface BodyReader<Body> {
  read(exchange: Exchange, env: Environment): Body;
}

/** An operation as it is routed to: it checks query and body, then answers. */
export type Operation = (call: RawCall) => Reply;

/** Stands for "nothing is taken": no query parameters, no body. */
type NoQuery = z.ZodType<Record<string, never>>;

/** Makes an operation that takes a query, a body, both or neither; what is not taken may not be sent. */
export function operation<Schema extends z.ZodType = NoQuery, Body = undefined>(spec: {
  query?: Schema;
  body?: BodyReader<Body>;
  answer: (call: Call<z.output<Schema>, Body>) => Reply;
}): Operation {
  return ({ exchange, ...call }) => {
    const body = (spec.body ?? noBody).read(exchange, call.env) as Body;
    return spec.answer({ ...call, query: readQuery(spec.query, exchange.query) as z.output<Schema>, body });
  };
}

function readQuery(schema: z.ZodType | undefined, query: URLSearchParams): unknown {
  const given = parseQuery(query);
  if (schema !== undefined) return check(schema, given, "The query");
  const [name] = Object.keys(given);
  if (name !== undefined) throw invalid(`The query parameter ${name} is not known to this operation.`);
  return {};
}

const noBody: BodyReader<undefined> = {
  read({ body, form }) {
    if (body.length > 0 || form !== undefined) throw invalid("This operation takes no body.");
    return undefined;
  },
};

/** A JSON body; a flat one also as a form, where the settings let it. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema): BodyReader<z.output<Schema>> {
  return {
    read({ headers, body, form }, { settings }) {
      const contentType = headers["content-type"] ?? "missing";
      if (form === undefined && body.length === 0) throw invalid("The body is missing.");
      if (form === undefined && /^application\/json\b/i.test(contentType))
        return check(schema, parseJson(body), "The body");
      if (settings.acceptsForms && /^application\/x-www-form-urlencoded\b/i.test(contentType))
        return check(schema, Object.fromEntries(new URLSearchParams(body.toString("utf8"))), "The body");
      throw invalid(`The Content-Type must be application/json; it was ${contentType}.`);
    },
  };
}

/** A form with files. */
export const formBody: BodyReader<ReceivedForm> = {
  read({ headers, form }) {
    if (form !== undefined) return form;
    const contentType = headers["content-type"] ?? "missing";
    throw invalid(`The Content-Type must be multipart/form-data with a boundary; it was ${contentType}.`);
  },
};

/** Bytes of one of the types. */
export function bytesOf(contentTypes: readonly string[]): BodyReader<{ contentType: string; bytes: Buffer }> {
  return {
    read({ headers, body }) {
      const contentType = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
      if (contentType === undefined || !contentTypes.includes(contentType))
        throw invalid(`The Content-Type must be ${contentTypes.join(" or ")}; it was ${contentType ?? "missing"}.`);
      if (body.length === 0) throw invalid("The body is empty.");
      return { contentType, bytes: body };
    },
  };
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw invalid("The body is not JSON.");
  }
}

function check<Schema extends z.ZodType>(schema: Schema, given: unknown, what: string): z.output<Schema> {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const reasons = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`,
  );
  throw invalid(`${what} is wrong: ${reasons.join("; ")}.`);
}

export function ok(value: unknown, headers: Record<string, string> = {}): Reply {
  return jsonReply(200, value, headers);
}

export function created(value: unknown): Reply {
  return jsonReply(201, value);
}

/** The success of an operation that answers nothing typed. */
export function done({ settings }: Environment): Reply {
  return { status: settings.untypedStatus, headers: {}, body: bytesBody(Buffer.alloc(0)) };
}

export function bytesReply(contentType: string, bytes: Buffer, headers: Record<string, string> = {}): Reply {
  return { status: 200, headers: { "content-type": contentType, ...headers }, body: bytesBody(bytes) };
}
