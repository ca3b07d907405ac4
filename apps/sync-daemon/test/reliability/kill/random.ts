/** Numbers from 0 to below 1 that are the same for the same seed (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, rank: random() }))
    .toSorted((left, right) => left.rank - right.rank)
    .map(({ item }) => item);
}

/** All items in an order in which each kind comes once before any comes twice, so that every beginning is a fair sample. */
export function spread<T>(items: readonly T[], kindOf: (item: T) => string, random: () => number): T[] {
  const kinds = shuffle(
    [...Map.groupBy(items, kindOf).values()].map((alike) => shuffle(alike, random)),
    random,
  );
  const longest = Math.max(0, ...kinds.map(({ length }) => length));
  return Array.from({ length: longest }, (_, round) => kinds.flatMap((alike) => alike.slice(round, round + 1))).flat();
}
