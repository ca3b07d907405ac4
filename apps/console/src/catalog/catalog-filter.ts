import type { RequestTo } from "../api/api-client.ts";

export const listKeys = ["assetType", "category", "subCategory", "licence", "blenderVersion"] as const;
export const switchKeys = ["freebie", "onDisk", "updateWaiting", "favourite"] as const;
export const numberKeys = ["minPolygons", "maxPolygons", "minLeft"] as const;
export const sorts = ["relevance", "title", "newest", "polygons"] as const;

export type ListKey = (typeof listKeys)[number];
export type SwitchKey = (typeof switchKeys)[number];
export type NumberKey = (typeof numberKeys)[number];
export type Sort = (typeof sorts)[number];

/** What of the catalog is shown. It stands in the address, so that it can be gone back to and passed on. */
export type CatalogFilter = { readonly text: string; readonly sort: Sort } & {
  readonly [Key in ListKey]: readonly string[];
} & { readonly [Key in SwitchKey]?: boolean } & { readonly [Key in NumberKey]?: number };

export const emptyFilter: CatalogFilter = {
  text: "",
  sort: "relevance",
  assetType: [],
  category: [],
  subCategory: [],
  licence: [],
  blenderVersion: [],
};

/** Reads an address's query. What is not understood is left out: an address may come from anywhere. */
export function parseFilter(search: string): CatalogFilter {
  const given = new URLSearchParams(search);
  const lists = listKeys.map((key) => [key, [...new Set(given.getAll(key))].filter((value) => value !== "")] as const);
  const switches = switchKeys.flatMap((key) => {
    const value = given.get(key);
    return value === "true" || value === "false" ? [[key, value === "true"] as const] : [];
  });
  const numbers = numberKeys.flatMap((key) => {
    const value = given.get(key) ?? "";
    return /^\d{1,12}$/.test(value) ? [[key, Number(value)] as const] : [];
  });
  const sort = sorts.find((one) => one === given.get("sort")) ?? emptyFilter.sort;
  const text = (given.get("text") ?? "").slice(0, 1_000);
  return { ...emptyFilter, ...Object.fromEntries([...lists, ...switches, ...numbers]), sort, text };
}

/** The address's query with its `?`, or nothing where nothing narrows. */
export function formatFilter(filter: CatalogFilter): string {
  const query = new URLSearchParams();
  if (filter.text !== "") query.set("text", filter.text);
  for (const key of listKeys) for (const value of filter[key]) query.append(key, value);
  for (const key of [...switchKeys, ...numberKeys]) {
    const value = filter[key];
    if (value !== undefined) query.set(key, String(value));
  }
  if (filter.sort !== emptyFilter.sort) query.set("sort", filter.sort);
  return query.size === 0 ? "" : `?${query}`;
}

/** Takes one value into a list or out of it. A category's sub-categories make no sense without it. */
export function toggleValue(filter: CatalogFilter, key: ListKey, value: string): CatalogFilter {
  const isThere = filter[key].includes(value);
  const values = isThere ? filter[key].filter((one) => one !== value) : [...filter[key], value];
  return { ...filter, [key]: values, ...(key === "category" ? { subCategory: [] } : {}) };
}

/** How many things narrow the catalog, its text aside. */
export function countNarrowing(filter: CatalogFilter): number {
  const lists = listKeys.reduce((sum, key) => sum + filter[key].length, 0);
  return lists + [...switchKeys, ...numberKeys].filter((key) => filter[key] !== undefined).length;
}

export const isNarrowed = (filter: CatalogFilter): boolean => filter.text !== "" || countNarrowing(filter) > 0;

/** The same as the API's filter. */
export function toFilterRequest(filter: CatalogFilter): RequestTo<"facets"> {
  const { sort, ...rest } = filter;
  const switches = switchKeys.map((key) => [key, filter[key] === undefined ? undefined : String(filter[key])] as const);
  const lists = listKeys.map((key) => [key, [...filter[key]]] as const);
  return { ...rest, ...Object.fromEntries([...lists, ...switches]) };
}

export function toSearchRequest(filter: CatalogFilter, window: { limit: number; offset: number }): RequestTo<"search"> {
  return { ...toFilterRequest(filter), sort: filter.sort, ...window };
}
