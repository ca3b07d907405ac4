export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/** Each in its own words, as a switch shows it. */
export const languageNames: Readonly<Record<Language, string>> = { en: "English", de: "Deutsch" };

/** The first of a browser's languages that we speak; English otherwise. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const found = languages.find((language) => tag.toLowerCase().split("-", 1)[0] === language);
    if (found !== undefined) return found;
  }
  return "en";
}
