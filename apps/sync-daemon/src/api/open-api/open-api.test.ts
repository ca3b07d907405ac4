import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type ApiInMemory, startApiInMemory } from "../__fixtures__/api-in-memory.ts";
import { operationRoutes, otherRoutes } from "../contract/operations.ts";
import type { Route } from "../contract/route.ts";
import { createEventLog } from "../event-stream.ts";
import { createTokenBrake } from "../guard.ts";
import { createIdempotentAnswers } from "../idempotency.ts";
import { createMetrics } from "../metrics/create-metrics.ts";
import { createPageSignIn } from "../page-sign-in.ts";
import { createRoutes } from "../routes.ts";
import { createOpenApiDocument } from "./create-open-api-document.ts";

const document = createOpenApiDocument();
const anyObject = z.record(z.string(), z.unknown());
const referenceSchema = z.strictObject({ $ref: z.string().regex(/^#\/components\/\w+\/\w+$/) });
const mediaSchema = z.record(z.string(), z.strictObject({ schema: anyObject }));
const parameterSchema = z.strictObject({
  name: z.string().min(1),
  in: z.enum(["path", "query", "header"]),
  required: z.boolean(),
  description: z.string().optional(),
  schema: anyObject,
});
const headerSchema = z.strictObject({ description: z.string().min(1), schema: anyObject });
const responseSchema = z.strictObject({
  description: z.string().min(1),
  headers: z.record(z.string(), referenceSchema).optional(),
  content: mediaSchema,
});
/** The parts of OpenAPI 3.1 that the document uses, to the letter: what is not named here is a slip. */
const operationSchema = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w+$/i),
  tags: z.array(z.string()).length(1),
  summary: z.string().min(1),
  description: z.string().optional(),
  "x-spends": z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  parameters: z
    .array(z.union([referenceSchema, parameterSchema]))
    .min(1)
    .optional(),
  requestBody: z.strictObject({ required: z.boolean(), content: mediaSchema }).optional(),
  responses: z.record(z.string().regex(/^[1-5]\d\d$|^default$/), z.union([referenceSchema, responseSchema])),
});
const documentSchema = z.strictObject({
  openapi: z.literal("3.1.0"),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    summary: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  paths: z.record(
    z.string().startsWith("/"),
    z.strictObject({ get: operationSchema.optional(), post: operationSchema.optional() }),
  ),
  components: z.strictObject({
    securitySchemes: z.record(
      z.string(),
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("http"), scheme: z.literal("bearer"), description: z.string() }),
        z.strictObject({
          type: z.literal("apiKey"),
          in: z.enum(["cookie", "header"]),
          name: z.string(),
          description: z.string(),
        }),
      ]),
    ),
    parameters: z.record(z.string(), parameterSchema),
    headers: z.record(z.string(), headerSchema),
    responses: z.record(z.string(), responseSchema),
    schemas: z.record(z.string().regex(/^\w+$/), anyObject),
  }),
});

interface Told {
  readonly path: string;
  readonly method: string;
  readonly operation: z.infer<typeof operationSchema>;
}

function listOperations(): Told[] {
  return Object.entries(documentSchema.parse(document).paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      operation === undefined ? [] : [{ path, method, operation }],
    ),
  );
}

function listReferences(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) =>
    key === "$ref" && typeof part === "string" ? [part] : listReferences(part),
  );
}

const inMarks = (route: { method: string; path: string }) =>
  `${route.method} ${route.path.replaceAll(/:(\w+)/g, "{$1}")}`;

describe("the OpenAPI document", () => {
  it("is the one that is checked in; renew that with `pnpm test:run apps/sync-daemon/src/api/open-api -u`", async () => {
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("../../../openapi.json");
  });

  it("has the parts of OpenAPI 3.1, and every reference leads somewhere", () => {
    documentSchema.parse(document);
    const references = listReferences(document);
    expect(references.length).toBeGreaterThan(100);
    const broken = references.filter((reference) => {
      const [, , kind = "", name = ""] = reference.split("/");
      return document.components[kind]?.[name] === undefined;
    });
    expect(broken).toEqual([]);
    const unused = Object.keys(document.components.schemas ?? {}).filter(
      (name) => !references.includes(`#/components/schemas/${name}`),
    );
    expect(unused).toEqual([]);
  });

  it("names each operation once, with its path's parameters, a tag that is explained and schemes that exist", () => {
    const operations = listOperations();
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
    const tags = document.tags.map(({ name }) => name);
    const schemes = Object.keys(document.components.securitySchemes ?? {});
    for (const { path, operation } of operations) {
      const parameters = (operation.parameters ?? []).flatMap((one) => ("name" in one ? [one] : []));
      const names = parameters.map((one) => `${one.in} ${one.name}`);
      expect(new Set(names).size, path).toBe(names.length);
      const inPath = parameters.filter((one) => one.in === "path");
      expect(inPath.map(({ name }) => name).toSorted(), path).toEqual(
        [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).toSorted(),
      );
      expect(inPath.every(({ required }) => required)).toBe(true);
      expect(tags).toContain(operation.tags[0]);
      for (const requirement of [...(operation.security ?? []), ...document.security])
        expect(schemes).toEqual(expect.arrayContaining(Object.keys(requirement)));
      expect(operation.responses.default).toEqual({ $ref: "#/components/responses/Problem" });
    }
  });

  it("has schemas that can be read back, and that take what the contract takes", () => {
    const withDefinitions = (schema: Record<string, unknown>): Parameters<typeof z.fromJSONSchema>[0] =>
      JSON.parse(
        JSON.stringify({ ...schema, $defs: document.components.schemas }).replaceAll(
          "#/components/schemas/",
          "#/$defs/",
        ),
      );
    for (const [name, schema] of Object.entries(document.components.schemas ?? {}))
      expect(() => z.fromJSONSchema(withDefinitions(schema)), name).not.toThrow();
    const problem = z.fromJSONSchema(withDefinitions({ $ref: "#/components/schemas/Problem" }));
    expect(problem.safeParse({ type: "urn:x", title: "x", status: 1, code: "x", exitStatus: 1 }).success).toBe(true);
    expect(problem.safeParse({ type: "urn:x" }).success).toBe(false);
    const get = z.fromJSONSchema(withDefinitions({ $ref: "#/components/schemas/GetRequest" }));
    expect(get.safeParse({ products: [1, "oak-chair"] }).success).toBe(true);
    expect(get.safeParse({ products: [1], path: "/etc" }).success).toBe(false);
    expect(get.safeParse({ products: [] }).success).toBe(false);
  });

  it("says of each operation what it may spend, and that its request can carry a key", () => {
    const table: Route[] = Object.values(operationRoutes);
    for (const { path, method, operation } of listOperations()) {
      const route = table.find((one) => inMarks(one) === `${method.toUpperCase()} ${path}`);
      expect(operation["x-spends"], path).toBe(route?.spends);
      const takesKey = JSON.stringify(operation.parameters ?? []).includes("IdempotencyKey");
      expect(takesKey, `${method} ${path}`).toBe(route?.method === "POST");
    }
  });

  it("holds every route that the API answers, and no other", () => {
    const events = createEventLog({ now: () => 0 });
    const answersAll = Object.fromEntries(Object.keys(operationRoutes).map((name) => [name, async () => ({})]));
    const app = createRoutes({
      operations: answersAll,
      events,
      metrics: createMetrics({ events, version: "1", startedAtMs: 0 }),
      token: "t",
      version: "1",
      pages: createPageSignIn({ elapsed: () => 0, now: () => 0 }),
      brake: createTokenBrake({ now: () => 0 }),
      answers: createIdempotentAnswers({ now: () => 0, record: null }),
      signal: new AbortController().signal,
    });
    const answered = app.routes.filter(({ method }) => method !== "ALL").map(inMarks);
    const told = listOperations().map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    expect([...new Set(answered)].toSorted()).toEqual(told.toSorted());
    const inContract = [...Object.values(operationRoutes), ...Object.values(otherRoutes)].map(inMarks);
    expect(told.toSorted()).toEqual(inContract.toSorted());
  });
});

describe("served", () => {
  let daemon: ApiInMemory;
  beforeEach(async () => {
    daemon = await startApiInMemory();
  });
  afterEach(async () => {
    await daemon.close();
  });

  it("at its address, with the token", async () => {
    const url = new URL(otherRoutes.openApi.path, daemon.api.address);
    expect((await fetch(url)).status).toBe(401);
    const answer = await fetch(url, { headers: { authorization: `Bearer ${daemon.token}` } });
    expect(answer.headers.get("content-type")).toBe("application/json");
    expect(await answer.json()).toEqual(JSON.parse(JSON.stringify(document)));
  });
});
