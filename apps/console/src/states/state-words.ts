import { defineWords } from "../words/define-words.ts";

export const stateWords = defineWords({
  again: { en: "Try again", de: "Noch einmal versuchen" },
  gone: { en: "asset-sync does not answer.", de: "asset-sync antwortet nicht." },
  goneAdvice: {
    en: "This page asks again by itself as soon as it runs.",
    de: "Diese Seite fragt von selbst wieder, sobald es läuft.",
  },
  notAvailable: {
    en: "This is not available in this version of asset-sync.",
    de: "Das gibt es in dieser Version von asset-sync nicht.",
  },
  signedOut: { en: "This page is no longer signed in.", de: "Diese Seite ist nicht mehr angemeldet." },
  otherVersion: {
    en: "This page and asset-sync are of different versions.",
    de: "Diese Seite und asset-sync haben verschiedene Versionen.",
  },
  otherVersionAdvice: { en: "Load the page anew.", de: "Lade die Seite neu." },
  loading: { en: "Loading", de: "Wird geladen" },
  cancel: { en: "Not now", de: "Jetzt nicht" },
  close: { en: "Close", de: "Schließen" },
});
