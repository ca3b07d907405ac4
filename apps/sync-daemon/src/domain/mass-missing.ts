import type { Problem } from "./plan.ts";

/** More than this many assets gone at once is no longer somebody tidying up. */
const toleratedMissing = 5;

/**
 * Were so many assets lost at once that something is wrong with the disk and a person must look? More than five, or
 * more than half of what was there. One or two are a person's own choice.
 */
export function explainMassMissing(counts: { committed: number; missing: number }): Problem | null {
  const { committed, missing } = counts;
  if (missing <= toleratedMissing && (missing <= 2 || missing * 2 <= committed)) return null;
  return {
    code: "asset-mass-missing",
    message: `${missing} of ${committed} assets are gone from the library at once. Nothing is downloaded because of that.`,
  };
}
