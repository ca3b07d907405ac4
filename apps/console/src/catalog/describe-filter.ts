import { assetTypeWords } from "../words/asset-type-words.ts";
import type { Say } from "../words/define-words.ts";
import { type CatalogFilter, listKeys, switchKeys } from "./catalog-filter.ts";
import type { catalogWords } from "./catalog-words.ts";

export interface FilterPart {
  readonly id: string;
  readonly label: string;
  /** The filter without this part. */
  readonly without: CatalogFilter;
}

const isAssetType = (value: string): value is keyof typeof assetTypeWords => value in assetTypeWords;

/** Each part of a filter in words, with what would be left without it. */
export function describeFilter(
  filter: CatalogFilter,
  say: Say<typeof catalogWords>,
  sayType: Say<typeof assetTypeWords>,
): FilterPart[] {
  const parts: FilterPart[] = [];
  if (filter.text !== "") {
    parts.push({ id: "text", label: say("textChip", { text: filter.text }), without: { ...filter, text: "" } });
  }
  for (const key of listKeys) {
    for (const value of filter[key]) {
      parts.push({
        id: `${key} ${value}`,
        label: key === "assetType" && isAssetType(value) ? sayType(value) : value,
        without: { ...filter, [key]: filter[key].filter((one) => one !== value) },
      });
    }
  }
  for (const key of switchKeys) {
    const value = filter[key];
    if (value === undefined) continue;
    const label = value ? say(key) : say("not", { what: say(key) });
    parts.push({ id: key, label, without: { ...filter, [key]: undefined } });
  }
  const { minPolygons, maxPolygons, minLeft } = filter;
  if (minPolygons !== undefined) {
    const label = say("minPolygons", { count: minPolygons });
    parts.push({ id: "minPolygons", label, without: { ...filter, minPolygons: undefined } });
  }
  if (maxPolygons !== undefined) {
    const label = say("maxPolygons", { count: maxPolygons });
    parts.push({ id: "maxPolygons", label, without: { ...filter, maxPolygons: undefined } });
  }
  if (minLeft !== undefined) {
    parts.push({
      id: "minLeft",
      label: say("leftChip", { count: minLeft }),
      without: { ...filter, minLeft: undefined },
    });
  }
  return parts;
}
