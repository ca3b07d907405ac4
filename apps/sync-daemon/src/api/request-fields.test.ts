import { expect, it } from "vitest";
import { z } from "zod";
import * as contract from "./contract.ts";

/** Every field that a caller may send, as `schema.field: type`. */
function listFields(): string[] {
  return Object.entries(contract).flatMap(([name, schema]) => {
    if (!/(Request|Query)Schema$/.test(name) || !(schema instanceof z.ZodType)) return [];
    const { properties = {}, additionalProperties } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    expect(additionalProperties, name).toBe(false);
    return Object.keys(properties).map((field) => `${name}.${field}`);
  });
}

it("callers name products, archives, texts to search for and switches: no path, no address, no command", () => {
  // Whoever adds a field here looks at it with the eyes of a hostile page: a caller must not say where to write, what to
  // fetch or what to run.
  expect(listFields().toSorted()).toEqual([
    "getRequestSchema.downloadId",
    "getRequestSchema.products",
    "getRequestSchema.spendLast",
    "pageSessionRequestSchema.code",
    "pauseRequestSchema.untilMs",
    "repairRequestSchema.previous",
    "repairRequestSchema.products",
    "searchQuerySchema.limit",
    "searchQuerySchema.offset",
    "searchQuerySchema.text",
    "syncRequestSchema.acceptFeed",
    "verifyRequestSchema.products",
  ]);
});

it("nothing that has an effect is a GET", () => {
  const gets = Object.entries(contract.routes).filter(([, { method }]) => method === "GET");
  expect(gets.map(([name]) => name).toSorted()).toEqual([
    "events",
    "health",
    "plan",
    "quota",
    "search",
    "show",
    "status",
    "why",
  ]);
});
