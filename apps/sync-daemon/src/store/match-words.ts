import type { SQLInputValue } from "node:sqlite";
import { textTiers } from "./judge-products.ts";
import { searchWords } from "./search-text.ts";

/** Texts whose matches are remembered: as a person types and scrolls, the same ones are asked for again and again. */
const rememberedTexts = 16;

/** Which products match a text, and how well. */
export interface WordMatches {
  /** A tier for each place. */
  readonly tiers: Uint8Array;
  /** The places that match, the best tier first, each by title. */
  readonly byRelevance: Uint32Array;
}

/**
 * Undefined where the text has no word in it. A few milliseconds where a single letter matches a third of 100,000
 * products, far less otherwise; remembers the last few.
 */
export type MatchWords = (text: string) => WordMatches | undefined;

/**
 * `matchPlaces` asks the full-text index: the places (from 1) of all that match, as a list with commas, in UTF-8. One
 * value is several times faster than one row for each, and reading its digits than reading it as JSON.
 */
export function createWordMatcher(settings: {
  /** All places by title. */
  byTitle: Uint32Array;
  matchPlaces: (query: SQLInputValue) => Uint8Array;
}): MatchWords {
  const { byTitle, matchPlaces } = settings;
  const remembered = new Map<string, WordMatches>();

  function match(words: readonly string[]): WordMatches {
    const tiers = new Uint8Array(byTitle.length);
    const [whole, begun] = [words.map((word) => `"${word}"`), words.map((word) => `"${word}"*`)];
    // From the worst to the best: each next is part of the one before it.
    markTier(tiers, matchPlaces(begun.join(" ")), textTiers.elsewhere);
    markTier(tiers, matchPlaces(`{title} : (${begun.join(" AND ")})`), textTiers.title);
    markTier(tiers, matchPlaces(`{title} : (${whole.join(" AND ")})`), textTiers.wholeTitle);
    return { tiers, byRelevance: orderByRelevance(tiers, byTitle) };
  }

  return (text) => {
    const words = searchWords(text);
    if (words.length === 0) return undefined;
    const key = words.join(" ");
    const matches = remembered.get(key) ?? match(words);
    remembered.delete(key);
    remembered.set(key, matches);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedTexts) break;
      remembered.delete(oldest);
    }
    return matches;
  };
}

const comma = 0x2c;
const zero = 0x30;

/** Gives each place of the list its tier. */
function markTier(tiers: Uint8Array, list: Uint8Array, tier: number): void {
  let place = 0;
  for (let index = 0; index < list.length; index += 1) {
    const character = list[index] ?? comma;
    if (character !== comma) {
      place = place * 10 + character - zero;
      continue;
    }
    tiers[place - 1] = tier;
    place = 0;
  }
  if (place > 0) tiers[place - 1] = tier;
}

function orderByRelevance(tiers: Uint8Array, byTitle: Uint32Array): Uint32Array {
  const counts = [0, 0, 0, 0];
  for (let place = 0; place < tiers.length; place += 1)
    counts[tiers[place] ?? 0] = (counts[tiers[place] ?? 0] ?? 0) + 1;
  const [, wholeTitle = 0, title = 0, elsewhere = 0] = counts;
  const order = new Uint32Array(wholeTitle + title + elsewhere);
  /** Where the next one of each tier goes. */
  const next = new Uint32Array([0, 0, wholeTitle, wholeTitle + title]);
  for (let index = 0; index < byTitle.length; index += 1) {
    const place = byTitle[index] ?? 0;
    const tier = tiers[place] ?? textTiers.none;
    if (tier === textTiers.none) continue;
    const at = next[tier] ?? 0;
    order[at] = place;
    next[tier] = at + 1;
  }
  return order;
}
