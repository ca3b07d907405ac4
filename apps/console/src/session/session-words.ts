import { defineWords } from "../words/define-words.ts";

export const sessionWords = defineWords({
  title: { en: "Open this page from asset-sync", de: "Diese Seite aus asset-sync öffnen" },
  how: {
    en: "Run this command on this machine. It opens the page and signs you in.",
    de: "Führe diesen Befehl auf diesem Rechner aus. Er öffnet die Seite und meldet dich an.",
  },
  copy: { en: "Copy", de: "Kopieren" },
  copied: { en: "Copied", de: "Kopiert" },
  why: {
    en: "Only who may start programs here can open it: the page can spend downloads.",
    de: "Nur wer hier Programme starten darf, kann sie öffnen: Die Seite kann Downloads ausgeben.",
  },
  refused: {
    en: "This address has been used already, or is more than a minute old. Addresses work once.",
    de: "Diese Adresse wurde schon benutzt oder ist älter als eine Minute. Jede Adresse gilt nur einmal.",
  },
  unanswered: {
    en: "asset-sync did not answer. Is it running?",
    de: "asset-sync hat nicht geantwortet. Läuft es?",
  },
  ended: {
    en: "You were signed out: asset-sync was started anew, or the page was not used for twelve hours.",
    de: "Du wurdest abgemeldet: asset-sync wurde neu gestartet, oder die Seite wurde zwölf Stunden nicht benutzt.",
  },
});
