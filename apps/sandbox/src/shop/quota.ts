/** When the shop raises a product's counter; which of the four the real one uses is unknown. */
export const chargingModels = ["link", "first-byte", "completion", "every-request"] as const;
export type ChargingModel = (typeof chargingModels)[number];

/** The counters: per account and product, over all the product's downloads together. */
export interface Quota {
  limit(): number;
  setLimit(limit: number): void;
  used(userId: number, productId: number): number;
  setUsed(userId: number, productId: number, count: number): void;
  isExhausted(userId: number, productId: number): boolean;
  charge(userId: number, productId: number): void;
  /** Product number to count; of one account, or the sum over all. Products never charged are left out. */
  counters(userId?: number): Record<string, number>;
}

export function createQuota(initialLimit: number): Quota {
  let limit = initialLimit;
  const counts = new Map<number, Map<number, number>>();
  const used = (userId: number, productId: number) => counts.get(userId)?.get(productId) ?? 0;
  const setUsed = (userId: number, productId: number, count: number) => {
    const ofAccount = counts.get(userId) ?? new Map<number, number>();
    counts.set(userId, ofAccount);
    if (count === 0) ofAccount.delete(productId);
    else ofAccount.set(productId, count);
  };
  return {
    limit: () => limit,
    setLimit(newLimit) {
      limit = newLimit;
    },
    used,
    setUsed,
    isExhausted: (userId, productId) => used(userId, productId) >= limit,
    charge: (userId, productId) => setUsed(userId, productId, used(userId, productId) + 1),
    counters(userId) {
      const sums: Record<string, number> = {};
      for (const [owner, ofAccount] of counts) {
        if (userId !== undefined && owner !== userId) continue;
        for (const [productId, count] of ofAccount) sums[productId] = (sums[productId] ?? 0) + count;
      }
      return sums;
    },
  };
}
