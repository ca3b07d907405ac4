import { z } from "zod";
import { apiVersion, idempotencyKeyHeader, lastEventHeader } from "../contract/api-file.ts";
import { operationRoutes, otherRoutes } from "../contract/operations.ts";
import { pageKeyHeader } from "../contract/page.ts";
import { problemSchema } from "../contract/problem.ts";
import type { Route } from "../contract/route.ts";
import { problemContentType } from "../problem.ts";
import { createJsonSchemas, type JsonSchema, type JsonSchemas } from "./json-schemas.ts";
import { describeOtherRoutes, type OtherOperation } from "./other-paths.ts";

export interface OpenApiDocument {
  readonly openapi: "3.1.0";
  readonly info: JsonSchema;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly security: readonly JsonSchema[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, JsonSchema>>>>;
}

const tags: Readonly<Record<Route["tag"] | OtherOperation["tag"], string>> = {
  activity: "What happens and happened.",
  daemon: "The program itself.",
  downloads: "What is being fetched.",
  ledger: "Downloads that were spent.",
  library: "What is on disk.",
  page: "How the console's page gets in.",
  plan: "What a sync would do, and what that costs.",
  products: "The shop's catalog.",
  settings: "Configuration and account.",
};

/**
 * The local API as an OpenAPI 3.1 document (spec.openapis.org/oas/v3.1.0), made from the table of operations. An operation
 * that may cost downloads says so in `x-spends`. Knows nothing of the running daemon, so it is the same everywhere.
 */
export function createOpenApiDocument(): OpenApiDocument {
  const schemas = createJsonSchemas();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  const add = (route: { method: string; path: string }, operation: JsonSchema): void => {
    const path = route.path.replaceAll(/:(\w+)/g, "{$1}");
    const item = paths[path] ?? {};
    item[route.method.toLowerCase()] = operation;
    paths[path] = item;
  };
  for (const [name, route] of Object.entries(operationRoutes)) add(route, describeOperation(name, route, schemas));
  const others = describeOtherRoutes(schemas);
  for (const [name, route] of Object.entries(otherRoutes))
    add(route, describeOther(name, route, others[name as keyof typeof otherRoutes]));

  const problem = schemas.refer("Problem", problemSchema, "output");
  return {
    openapi: "3.1.0",
    info: {
      title: "asset-sync, the local API",
      version: String(apiVersion),
      summary: "Looks at and steers the daemon that keeps a Blender asset library current.",
      description:
        "Answers on 127.0.0.1 only; `api.json` in the state folder names the address and the token. Errors are problem documents (RFC 9457) with codes of ours. Bodies are JSON with `Content-Type: application/json`, at most a million bytes.",
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    security: [{ token: [] }, { pageCookie: [], pageKey: [] }],
    paths,
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "From `api.json`, another one after each start." },
        pageCookie: { type: "apiKey", in: "cookie", name: "asset-sync-PORT", description: "Of a page's session." },
        pageKey: { type: "apiKey", in: "header", name: pageKeyHeader, description: "Of the same session." },
      },
      parameters: {
        IdempotencyKey: {
          name: idempotencyKeyHeader,
          in: "header",
          required: false,
          description:
            "Chosen by the caller: the same key with the same request is answered again and done once, for 24 hours. With another request: 422.",
          schema: { type: "string", pattern: "^[\\x21-\\x7e]{1,200}$" },
        },
      },
      headers: {
        LastEvent: {
          description: "The newest event when this was written; who has seen it has seen all that led to the answer.",
          schema: { type: "integer" },
        },
      },
      responses: { Problem: { description: "Why not.", content: { [problemContentType]: { schema: problem } } } },
      schemas: schemas.components(),
    },
  };
}

function describeOperation(name: string, route: Route, schemas: JsonSchemas): JsonSchema {
  const capital = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const { contentType } = route;
  const isPost = route.method === "POST";
  const answer =
    contentType === undefined
      ? schemas.refer(`${capital}Answer`, route.answer, "output")
      : schemas.describe(route.answer, "output");
  const parameters = [
    ...[...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => ({
      name: parameter,
      in: "path",
      required: true,
      schema: { type: "string" },
    })),
    ...describeQuery(route.query, schemas),
    ...(isPost ? [{ $ref: "#/components/parameters/IdempotencyKey" }] : []),
  ];
  return {
    operationId: name,
    tags: [route.tag],
    summary: route.summary,
    ...(route.spends === undefined ? {} : { description: `May spend: ${route.spends}`, "x-spends": route.spends }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : describeBody(
          schemas.refer(`${capital}Request`, route.body, "input"),
          // Everything in it has a default, so that the whole may be left out.
          !route.body.safeParse({}).success,
        )),
    responses: {
      [String(route.status ?? 200)]: {
        description: route.status === 202 ? "It has begun." : "Done.",
        headers: { [lastEventHeader]: { $ref: "#/components/headers/LastEvent" } },
        content: { [contentType?.split(";", 1)[0] ?? "application/json"]: { schema: answer } },
      },
      ...describeProblems({ isOpenToAll: false, isPost }),
    },
  };
}

function describeOther(name: string, route: { method: string }, other: OtherOperation): JsonSchema {
  const { tag, summary, description, isOpenToAll = false, parameters = [], body, contentType, answer } = other;
  return {
    operationId: name,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(isOpenToAll ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : describeBody(body, body.$ref !== undefined)),
    responses: {
      "200": { description: "Done.", content: { [contentType]: { schema: answer } } },
      ...describeProblems({ isOpenToAll, isPost: route.method === "POST" }),
    },
  };
}

function describeQuery(query: z.ZodObject | undefined, schemas: JsonSchemas): JsonSchema[] {
  if (query === undefined) return [];
  const { properties, required } = z
    .object({
      properties: z.record(z.string(), z.record(z.string(), z.unknown())),
      required: z.array(z.string()).default([]),
    })
    .parse(schemas.describe(query, "input"));
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: "query",
    required: required.includes(name),
    schema,
  }));
}

function describeBody(schema: JsonSchema, required: boolean): JsonSchema {
  return { requestBody: { required, content: { "application/json": { schema } } } };
}

function describeProblems({ isOpenToAll, isPost }: { isOpenToAll: boolean; isPost: boolean }): JsonSchema {
  const statuses = ["400", ...(isOpenToAll ? [] : ["401"]), "403", ...(isPost ? ["413", "415", "422"] : []), "default"];
  return Object.fromEntries(statuses.map((status) => [status, { $ref: "#/components/responses/Problem" }]));
}
