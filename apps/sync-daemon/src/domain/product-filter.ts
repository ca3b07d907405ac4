/** Narrows a catalog. Values of one key are alternatives, keys must all hold; an empty list narrows nothing. */
export interface ProductFilter {
  /** Every word must begin a word of title, slug, tags or categories. */
  readonly text: string;
  readonly assetType: readonly string[];
  /** Titles of categories. Case and accents do not count, here and in the other names. */
  readonly category: readonly string[];
  readonly subCategory: readonly string[];
  /** Labels of licences. */
  readonly licence: readonly string[];
  readonly blenderVersion: readonly string[];
  readonly minPolygons?: number | undefined;
  readonly maxPolygons?: number | undefined;
  readonly freebie?: boolean | undefined;
  readonly onDisk?: boolean | undefined;
  readonly updateWaiting?: boolean | undefined;
  readonly favourite?: boolean | undefined;
  /** At least so many downloads left. */
  readonly minLeft?: number | undefined;
}

/** The keys of a filter that choose among names. */
export const choiceKeys = ["assetType", "category", "subCategory", "licence", "blenderVersion"] as const;
export type ChoiceKey = (typeof choiceKeys)[number];

/** What is known of products outside of the catalog, by product. A set that was handed out is never changed. */
export interface ProductMarks {
  readonly onDisk: ReadonlySet<number>;
  readonly updateWaiting: ReadonlySet<number>;
  readonly favourites: ReadonlySet<number>;
  /** Downloads left: of products that were ever asked for, and of all others. */
  readonly left: { readonly byProduct: ReadonlyMap<number, number>; readonly otherwise: number };
}

/**
 * `relevance`: first what has every word whole in its title, then what has words of its title begun by all of them, then
 * the rest; each by title. By title where there is no text. `newest`: latest revision first. `polygons`: fewest first,
 * those without a count last. What is equal goes by id, so that pages never overlap.
 */
export type ProductSort = "relevance" | "title" | "newest" | "polygons";

/** One choice of a facet, and how many products it would leave. */
export interface FacetChoice {
  readonly value: string;
  readonly label: string;
  readonly count: number;
}

/** Counts over a filtered catalog. A facet's own choices do not narrow its own counts. */
export type ProductFacets = Readonly<Record<ChoiceKey, readonly FacetChoice[]>> & {
  /** Of products that match all of the filter. */
  readonly total: number;
  readonly freebie: number;
  readonly onDisk: number;
  readonly updateWaiting: number;
  readonly favourite: number;
  /** Products with 0, 1, 2 … downloads left. */
  readonly left: readonly number[];
  /** Null where none of them has a count. */
  readonly polygons: { readonly min: number; readonly max: number } | null;
};
