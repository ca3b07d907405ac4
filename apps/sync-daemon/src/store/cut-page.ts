/** Part of what matches, in its order. Places count from 0. */
export interface CutPage {
  /** Of all that match. */
  readonly total: number;
  readonly places: Uint32Array;
}

/**
 * Cuts one page out of an order, of which only those count that fail nothing. What is not in the order must fail
 * something. Pages of one order never overlap and leave nothing out.
 */
export function cutPage(
  order: Uint32Array,
  failed: Uint16Array,
  { limit, offset }: { limit: number; offset: number },
): CutPage {
  let total = 0;
  for (let place = 0; place < failed.length; place += 1) if (failed[place] === 0) total += 1;
  if (total === order.length) return { total, places: order.slice(offset, offset + limit) };
  const places = new Uint32Array(Math.max(0, Math.min(limit, total - offset)));
  let passed = 0;
  for (let index = 0; index < order.length && passed < offset + places.length; index += 1) {
    const place = order[index] ?? 0;
    if (failed[place] !== 0) continue;
    if (passed >= offset) places[passed - offset] = place;
    passed += 1;
  }
  return { total, places };
}
