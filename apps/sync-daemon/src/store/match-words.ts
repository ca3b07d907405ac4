import type { SQLInputValue } from "node:sqlite";
import { textTiers } from "./judge-products.ts";
import { searchWords } from "./search-text.ts";

/** Texts whose matches are remembered: as a person types and scrolls, the same ones are asked for again and again. */
const rememberedTexts = 16;

/**
 * Which products match a text, and how well: a tier for each place. Undefined where the text has no word in it. Ten
 * milliseconds where a single letter matches most of 100,000 products, far less otherwise; remembers the last few.
 */
export type MatchWords = (text: string) => Uint8Array | undefined;

/**
 * `matchPlaces` asks the full-text index: the places (from 1) of all that match, as a JSON list. One value is several
 * times faster than one row for each.
 */
export function createWordMatcher(settings: {
  size: number;
  matchPlaces: (query: SQLInputValue) => string;
}): MatchWords {
  const { size, matchPlaces } = settings;
  const remembered = new Map<string, Uint8Array>();

  function match(words: readonly string[]): Uint8Array {
    const tiers = new Uint8Array(size);
    const put = (query: string, tier: number): void => {
      for (const place of JSON.parse(matchPlaces(query)) as number[]) tiers[place - 1] = tier;
    };
    const [whole, begun] = [words.map((word) => `"${word}"`), words.map((word) => `"${word}"*`)];
    // From the worst to the best: each next is part of the one before it.
    put(begun.join(" "), textTiers.elsewhere);
    put(`{title} : (${begun.join(" AND ")})`, textTiers.title);
    put(`{title} : (${whole.join(" AND ")})`, textTiers.wholeTitle);
    return tiers;
  }

  return (text) => {
    const words = searchWords(text);
    if (words.length === 0) return undefined;
    const key = words.join(" ");
    const tiers = remembered.get(key) ?? match(words);
    remembered.delete(key);
    remembered.set(key, tiers);
    for (const oldest of remembered.keys()) {
      if (remembered.size <= rememberedTexts) break;
      remembered.delete(oldest);
    }
    return tiers;
  };
}
