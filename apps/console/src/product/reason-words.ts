import { defineWords } from "../words/define-words.ts";

/** Why a product is in the library or not, by the code of the reason; those that name a folder or a time come from the daemon. */
export const reasonWords = defineWords({
  "not-wanted": { en: "No rule of the plan asks for it.", de: "Keine Regel im Plan verlangt es." },
  wanted: { en: "A rule of the plan asks for it.", de: "Eine Regel im Plan verlangt es." },
  "asked-for": { en: "You asked for it.", de: "Du hast es verlangt." },
  "update-waiting": {
    en: "A newer version exists; it comes when you ask for it.",
    de: "Es gibt eine neuere Fassung; sie kommt, wenn du sie verlangst.",
  },
  "update-ignored": {
    en: "A newer version exists; updates are switched off.",
    de: "Es gibt eine neuere Fassung; Aktualisierungen sind abgeschaltet.",
  },
  "removed-by-person": {
    en: "It was in the library and was taken out of it, so no rule brings it back.",
    de: "Es war in der Bibliothek und wurde herausgenommen; keine Regel bringt es zurück.",
  },
  held: {
    en: "You held its download; it waits until you let it go on.",
    de: "Du hast seinen Download angehalten; er wartet, bis du ihn weiterlaufen lässt.",
  },
  cancelled: {
    en: "You gave its download up, so no rule starts it again.",
    de: "Du hast seinen Download aufgegeben; keine Regel beginnt ihn wieder.",
  },
  "archive-kept": {
    en: "Its zip is kept here; installing it costs no download.",
    de: "Sein Zip ist hier aufgehoben; es zu installieren kostet keinen Download.",
  },
  resumes: {
    en: "It goes on with the link that is paid for.",
    de: "Es geht mit dem Link weiter, der schon bezahlt ist.",
  },
});
