/** The entities that shops write into names; all others are written as numbers. */
const namedEntities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

const charactersOf = (code: number): string => (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : " ");

/**
 * Makes text as it is served and text as a person types it alike: entities become characters, compatibility forms (wide
 * letters, ligatures) their plain ones. Case and accents are folded by the search index itself.
 */
export function foldSearchText(text: string): string {
  return text
    .replace(/&#x([0-9a-f]{1,6});/gi, (_, digits: string) => charactersOf(Number.parseInt(digits, 16)))
    .replace(/&#([0-9]{1,7});/g, (_, digits: string) => charactersOf(Number(digits)))
    .replace(/&([a-z]{2,6});/gi, (entity, name: string) => namedEntities[name.toLowerCase()] ?? entity)
    .normalize("NFKC");
}

/**
 * A person's words, each once, as they go into an FTS5 query between quotes: letters, digits and accents only, so that
 * nothing in them ends the quotes. Empty if there is no word in it.
 */
export function searchWords(text: string): string[] {
  const words = foldSearchText(text).match(/[\p{L}\p{N}\p{M}]+/gu) ?? [];
  return [...new Set(words.filter((word) => /[\p{L}\p{N}]/u.test(word)))];
}
