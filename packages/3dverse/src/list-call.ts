import * as z from "zod/mini";
import { type AssetList, assetListSchema, flattenAssetList, type ListedAsset } from "./asset-list.ts";
import { type Call, type CallOptions, callJsonWithHeaders } from "./call.ts";
import { composeWindow } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import { type PagedList, pagedList, readTotal, type WindowOptions } from "./paged-list.ts";

/** A list whose answers are arrays. `countHeader` tells the length of the whole, where the service sends it. */
export function listCall<Item>(
  connection: Connection,
  call: Omit<Call, "method"> & { countHeader?: string },
  itemSchema: z.ZodMiniType<Item>,
  options: WindowOptions & CallOptions,
): PagedList<Item, Item[]> {
  return pagedList({
    name: call.operation,
    window: () => composeWindow(call.operation, options),
    fetch: async (window) => {
      const sent: Call = { ...call, method: "GET", query: { ...window, ...call.query } };
      const { data, headers } = await callJsonWithHeaders(connection, sent, z.array(itemSchema), options);
      return { answer: data, total: readTotal(call.countHeader === undefined ? undefined : headers[call.countHeader]) };
    },
    itemsOf: (answer) => answer,
    signal: options.signal,
  });
}

/**
 * A list whose answers are grouped by container. Whether `limit` counts all assets or those of each container is
 * unknown, so the offset goes on by as little as both readings allow, and what comes twice is given once.
 */
export function groupedListCall(
  connection: Connection,
  call: Omit<Call, "method">,
  options: WindowOptions & CallOptions,
): PagedList<ListedAsset, AssetList> {
  return pagedList({
    name: call.operation,
    window: () => composeWindow(call.operation, options),
    fetch: async (window) => {
      const sent: Call = { ...call, method: "GET", query: { ...window, ...call.query } };
      const { data, headers } = await callJsonWithHeaders(connection, sent, assetListSchema, options);
      return { answer: data, total: readTotal(headers["x-assets-count"]) };
    },
    itemsOf: flattenAssetList,
    signal: options.signal,
    grouped: { advance: decideAdvance, keyOf: (asset) => `${asset.asset_container} ${asset.asset_id}` },
  });
}

/** How far the offset of a grouped list may go on without leaving anything out. */
export function decideAdvance(answer: AssetList, limit: number): number {
  const sizes = Object.values(answer).map((assets) => assets.length);
  const all = sizes.reduce((sum, size) => sum + size, 0);
  // Up to the documented default no lower bound of the service is to be feared: what came is what `limit` counted.
  return all <= limit && limit <= 10 ? all : Math.max(0, ...sizes);
}
