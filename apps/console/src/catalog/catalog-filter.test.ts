import { expect, it } from "vitest";
import {
  type CatalogFilter,
  countNarrowing,
  emptyFilter,
  formatFilter,
  parseFilter,
  toggleValue,
  toSearchRequest,
} from "./catalog-filter.ts";

const full: CatalogFilter = {
  text: "étagère & oak",
  sort: "newest",
  assetType: ["model", "material"],
  category: ["Lamps & Lighting"],
  subCategory: ["Pendants"],
  licence: ["Royalty Free"],
  blenderVersion: ["v4.2+"],
  minPolygons: 0,
  maxPolygons: 50_000,
  minLeft: 2,
  freebie: true,
  onDisk: false,
};

it("comes back whole from the address", () => {
  expect(parseFilter(formatFilter(full))).toEqual(full);
  expect(formatFilter(emptyFilter)).toBe("");
  expect(parseFilter("")).toEqual(emptyFilter);
});

it("leaves out what it does not understand", () => {
  const strange = "?sort=cheapest&minPolygons=-3&maxPolygons=lots&freebie=perhaps&category=&category=A&category=A&x=1";
  expect(parseFilter(strange)).toEqual({ ...emptyFilter, category: ["A"] });
});

it("drops the sub-categories with their category", () => {
  const without = toggleValue(full, "category", "Lamps & Lighting");
  expect(without.category).toEqual([]);
  expect(without.subCategory).toEqual([]);
  expect(toggleValue(without, "licence", "Editorial").licence).toEqual(["Royalty Free", "Editorial"]);
});

it("counts what narrows, a lower bound of 0 too", () => {
  expect(countNarrowing(emptyFilter)).toBe(0);
  expect(countNarrowing(full)).toBe(11);
});

it("asks the API for switches as text and for a window", () => {
  const request = toSearchRequest({ ...emptyFilter, onDisk: false }, { limit: 120, offset: 240 });
  expect(request).toMatchObject({ onDisk: "false", limit: 120, offset: 240, sort: "relevance" });
  expect(request.freebie).toBeUndefined();
});
