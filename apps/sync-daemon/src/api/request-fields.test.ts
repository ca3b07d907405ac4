import { expect, it } from "vitest";
import { z } from "zod";
import { operationRoutes, otherRoutes } from "./contract/operations.ts";
import { pageSessionRequestSchema } from "./contract/page.ts";
import type { Route } from "./contract/route.ts";

/** Every field that a caller may send, as `operation.field`. */
function listFields(): string[] {
  const schemas = Object.entries(operationRoutes).flatMap(([name, { query, body }]: [string, Route]) =>
    [query, body].flatMap((schema) => (schema === undefined ? [] : [{ name, schema }])),
  );
  return [...schemas, { name: "pageSession", schema: pageSessionRequestSchema }].flatMap(({ name, schema }) => {
    const { properties = {}, additionalProperties } = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
    expect(additionalProperties, name).toBe(false);
    return Object.keys(properties).map((field) => `${name}.${field}`);
  });
}

it("callers name products, archives, texts to search for and switches; four fields name places on this machine", () => {
  // Whoever adds a field here looks at it with the eyes of a hostile page: a caller must not say where to write, what to
  // fetch or what to run. Those that name a place are judged as docs/decisions/0040 says: adopt.folders,
  // changeSettings.changes, moveLibrary.to and setUp.libraryRoot.
  expect(listFields().toSorted()).toMatchInlineSnapshot(`
    [
      "activity.limit",
      "adopt.dryRun",
      "adopt.folders",
      "assets.assetType",
      "assets.limit",
      "assets.offset",
      "assets.only",
      "assets.sort",
      "assets.text",
      "changeSettings.changes",
      "changeSettings.dryRun",
      "downloads.ended",
      "downloads.open",
      "facets.assetType",
      "facets.blenderVersion",
      "facets.category",
      "facets.favourite",
      "facets.freebie",
      "facets.licence",
      "facets.maxPolygons",
      "facets.minLeft",
      "facets.minPolygons",
      "facets.onDisk",
      "facets.subCategory",
      "facets.text",
      "facets.updateWaiting",
      "get.downloadId",
      "get.products",
      "get.spendLast",
      "ledger.beforeId",
      "ledger.limit",
      "ledger.productId",
      "ledger.state",
      "moveDownload.to",
      "moveLibrary.to",
      "pageSession.code",
      "pause.untilMs",
      "previewPlan.limit",
      "previewPlan.updates",
      "previewPlan.wanted",
      "repair.previous",
      "repair.products",
      "request.downloadId",
      "request.products",
      "request.spendLast",
      "search.assetType",
      "search.blenderVersion",
      "search.category",
      "search.favourite",
      "search.freebie",
      "search.licence",
      "search.limit",
      "search.maxPolygons",
      "search.minLeft",
      "search.minPolygons",
      "search.offset",
      "search.onDisk",
      "search.sort",
      "search.subCategory",
      "search.text",
      "search.updateWaiting",
      "setAccount.password",
      "setAccount.username",
      "setFavourite.isFavourite",
      "setUp.account",
      "setUp.libraryRoot",
      "setUp.shop",
      "setUp.wanted",
      "settleSpend.outcome",
      "sync.acceptFeed",
      "verify.products",
    ]
  `);
});

it("nothing that has an effect is a GET", () => {
  const gets = Object.entries({ ...operationRoutes, ...otherRoutes }).filter(([, { method }]) => method === "GET");
  expect(gets.map(([name]) => name).toSorted()).toMatchInlineSnapshot(`
    [
      "activity",
      "assets",
      "assetsCsv",
      "downloads",
      "events",
      "facets",
      "health",
      "ledger",
      "ledgerCsv",
      "library",
      "metrics",
      "openApi",
      "picture",
      "plan",
      "quota",
      "search",
      "settings",
      "show",
      "status",
      "why",
    ]
  `);
});
