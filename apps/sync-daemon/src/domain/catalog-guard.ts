import { Failure } from "./failure.ts";

/** Below this many products a shop may shrink as it likes: a handful says nothing. */
const smallCatalog = 8;

/**
 * Guards the last good catalog against a feed that lost most of itself: the feeds come over plain HTTP, and an empty or
 * cut one must not make everything look withdrawn. Returns the failure, or null if the feed may be applied.
 */
export function explainShrunkenCatalog(counts: { before: number; after: number }): Failure | null {
  if (counts.before === 0) {
    return counts.after > 0 ? null : new Failure("feed-shrunken", "The shop's product feed holds no product.");
  }
  if (counts.after === 0) {
    return new Failure("feed-shrunken", `The shop's product feed holds no product; it held ${counts.before} before.`);
  }
  if (counts.before >= smallCatalog && counts.after * 2 < counts.before) {
    return new Failure(
      "feed-shrunken",
      `The shop's product feed shrank from ${counts.before} to ${counts.after} products.`,
    );
  }
  return null;
}
