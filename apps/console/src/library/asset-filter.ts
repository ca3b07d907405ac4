import type { RequestTo } from "../api/api-client.ts";

export type AssetsRequest = RequestTo<"assets">;
export type AssetFilter = Pick<AssetsRequest, "text" | "assetType" | "only" | "sort">;

/** Everything, by name. */
export const wholeLibrary: AssetFilter = { text: "", assetType: undefined, only: "all", sort: "title" };

export const isNarrowed = ({ text, assetType, only }: AssetFilter): boolean =>
  (text ?? "") !== "" || assetType !== undefined || only !== "all";
