import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { Failure } from "../domain/failure.ts";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";

let daemon: ApiInMemory;
beforeEach(async () => {
  daemon = await startApiInMemory({ version: "1.2.3" });
});
afterEach(async () => {
  await daemon.close();
});

async function call(path: string, options: { method?: string; body?: unknown; headers?: Record<string, string> } = {}) {
  const response = await fetch(new URL(path, daemon.api.address), {
    method: options.method ?? (options.body === undefined ? "GET" : "POST"),
    headers: {
      authorization: `Bearer ${daemon.token}`,
      ...(options.body === undefined ? {} : { "content-type": "application/json" }),
      ...options.headers,
    },
    ...(options.body === undefined
      ? {}
      : { body: typeof options.body === "string" ? options.body : JSON.stringify(options.body) }),
  });
  return {
    response,
    body: z
      .looseObject({ code: z.unknown(), title: z.unknown(), exitStatus: z.unknown() })
      .partial()
      .parse(await response.json()),
  };
}

describe("answers", () => {
  it("come from the daemon.operations, each route asking its own", async () => {
    await call("/api/v1/status");
    await call("/api/v1/plan");
    await call("/api/v1/quota");
    await call("/api/v1/products?text=oak%20chair&limit=5&offset=1");
    await call("/api/v1/products/oak-chair");
    await call("/api/v1/products/132602/why");
    await call("/api/v1/sync", { body: { acceptFeed: true } });
    await call("/api/v1/downloads", { body: { products: [7, "oak-chair"], downloadId: "d", spendLast: true } });
    await call("/api/v1/library/verify", { body: {} });
    await call("/api/v1/library/repair", { body: { products: [7] } });
    await call("/api/v1/pause", { body: { untilMs: 5 } });
    await call("/api/v1/resume", { body: {} });
    expect(daemon.operations.asked).toEqual([
      ["status", {}],
      ["plan", {}],
      ["quota", {}],
      ["search", expect.objectContaining({ text: "oak chair", limit: 5, offset: 1 })],
      ["show", { id: "oak-chair" }],
      ["why", { id: "132602" }],
      ["sync", { acceptFeed: true }],
      ["get", { products: [7, "oak-chair"], downloadId: "d", spendLast: true }],
      ["verify", { products: [] }],
      ["repair", { products: [7], previous: false }],
      ["pause", { untilMs: 5 }],
      ["resume", {}],
    ]);
  });

  it("are problems with our codes when something failed", async () => {
    daemon.operations.failNext("sync", new Failure("quota-exhausted", "No download of Chair is left."));
    const { response, body } = await call("/api/v1/sync", { body: {} });
    expect(response.status).toBe(409);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(body).toEqual({
      type: "urn:asset-sync:failure:quota-exhausted",
      title: "No download of Chair is left.",
      status: 409,
      code: "quota-exhausted",
      exitStatus: 4,
      advice: expect.stringContaining("ask its support"),
    });
  });

  it.each([
    ["provider-unreachable", 502, 6],
    ["disk-full", 507, 5],
    ["sign-in-failed", 409, 3],
    ["stopped", 503, 1],
    ["unexpected", 500, 1],
  ] as const)("%s has status %i", async (code, status, exitStatus) => {
    daemon.operations.failNext("status", new Failure(code, "It failed."));
    const { response, body } = await call("/api/v1/status");
    expect([response.status, body.exitStatus]).toEqual([status, exitStatus]);
  });

  it.each([
    ["/api/v1/products/none", undefined, 404, "product-unknown", '"none"'],
    ["/api/v1/nothing", undefined, 404, "not-found", "/api/v1/nothing"],
    ["/api/v1/sync", undefined, 405, "method-refused", "POST"],
    ["/api/v1/products?limit=many", undefined, 400, "request-invalid", "limit"],
    ["/api/v1/products?colour=red", undefined, 400, "request-invalid", "colour"],
    ["/api/v1/downloads", { products: [] }, 400, "request-invalid", "products"],
    ["/api/v1/downloads", { products: [1], path: "/etc" }, 400, "request-invalid", "path"],
    ["/api/v1/sync", "{", 400, "request-invalid", "not JSON"],
    ["/api/v1/pause", { untilMs: "soon" }, 400, "request-invalid", "untilMs"],
    ["/healthz?nonce=short", undefined, 400, "request-invalid", "nonce"],
  ])("%s with %j is refused with %i", async (path, body, status, code, named) => {
    const answer = await call(path, body === undefined ? {} : { body });
    expect([answer.response.status, answer.body.code]).toEqual([status, code]);
    expect(answer.body.title).toContain(named);
  });

  it("hold nothing that the contract does not name", async () => {
    const status = daemon.operations.status.bind(daemon.operations);
    daemon.operations.status = async () => ({ ...(await status({})), secret: "hunter2" });
    expect(JSON.stringify((await call("/api/v1/status")).body)).not.toContain("hunter2");
  });

  it("prove that the server knows the token, without giving it away", async () => {
    const nonce = "n".repeat(32);
    const { body } = await call(`/healthz?nonce=${nonce}`, { headers: { authorization: "" } });
    expect(body).toEqual({
      status: "ok",
      version: "1.2.3",
      apiVersion: 1,
      proof: createHmac("sha256", daemon.token).update(nonce).digest("hex"),
    });
  });
});
