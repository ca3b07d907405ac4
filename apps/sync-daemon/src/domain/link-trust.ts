/** So many questions for a link without an answer in a row, whatever the product, are no accident any more. */
const tolerated = 3;
/** After this, rules ask again: what is still wrong then costs at most what was under way at once. */
const restMs = 60 * 60_000;

/**
 * Whether the shop's answers about links can be relied on. Each question without a usable answer may have been counted,
 * so a shop in trouble must not be asked for hundreds of products by rules. A person who asks by name still may.
 */
export interface LinkTrust {
  /** A link came, or the shop refused in its own words: what it counted is known. */
  answered(): void;
  /** Nobody knows whether the question was counted. */
  unanswered(nowMs: number): void;
  /** Until when rules should not ask; null when they may. */
  restUntilMs(nowMs: number): number | null;
}

/** Forgotten with the process: after a restart the first few questions find out anew. */
export function createLinkTrust(): LinkTrust {
  let inARow = 0;
  let lastAtMs = 0;
  return {
    answered() {
      inARow = 0;
    },
    unanswered(nowMs) {
      inARow += 1;
      lastAtMs = nowMs;
    },
    restUntilMs(nowMs) {
      // A last one that lies in the future was noted by a clock that was set back since.
      if (inARow < tolerated || nowMs >= lastAtMs + restMs || nowMs < lastAtMs) return null;
      return lastAtMs + restMs;
    },
  };
}
