import { defineWords } from "../words/define-words.ts";

/** A sentence for each type of event. */
export const eventWords = defineWords({
  "sync-started": { en: "A sync began.", de: "Ein Abgleich begann." },
  "sync-finished": {
    en: {
      one: "A sync ended after {time}: {count} product came, {failed} failed, {spent} downloads spent.",
      other: "A sync ended after {time}: {count} products came, {failed} failed, {spent} downloads spent.",
    },
    de: {
      one: "Ein Abgleich endete nach {time}: {count} Produkt kam, {failed} nicht, {spent} Downloads ausgegeben.",
      other: "Ein Abgleich endete nach {time}: {count} Produkte kamen, {failed} nicht, {spent} Downloads ausgegeben.",
    },
  },
  "sync-failed": { en: "A sync failed: {message}", de: "Ein Abgleich scheiterte: {message}" },
  "catalog-replaced": {
    en: { one: "The catalog was renewed: {count} product.", other: "The catalog was renewed: {count} products." },
    de: { one: "Der Katalog wurde erneuert: {count} Produkt.", other: "Der Katalog wurde erneuert: {count} Produkte." },
  },
  "catalog-refused": {
    en: "The new catalog was not believed: {message}",
    de: "Dem neuen Katalog wurde nicht geglaubt: {message}",
  },
  "plan-made": {
    en: {
      one: "The plan holds {count} download; {deferred} are put off.",
      other: "The plan holds {count} downloads; {deferred} are put off.",
    },
    de: {
      one: "Der Plan enthält {count} Download; {deferred} sind zurückgestellt.",
      other: "Der Plan enthält {count} Downloads; {deferred} sind zurückgestellt.",
    },
  },
  "spend-reserved": {
    en: "A download of product {id} was written down before asking the shop.",
    de: "Ein Download von Produkt {id} wurde vor der Frage an den Shop aufgeschrieben.",
  },
  "spend-confirmed": {
    en: "A download of product {id} was spent.",
    de: "Ein Download von Produkt {id} wurde ausgegeben.",
  },
  "spend-released": {
    en: "No download of product {id} was spent: {message}",
    de: "Kein Download von Produkt {id} wurde ausgegeben: {message}",
  },
  "spend-in-doubt": {
    en: "Whether a download of product {id} was spent is in doubt: {message}",
    de: "Ob ein Download von Produkt {id} ausgegeben wurde, ist im Zweifel: {message}",
  },
  "download-started": { en: "{title} is being downloaded.", de: "{title} wird heruntergeladen." },
  "download-resumed": {
    en: "The download of {title} goes on where it stopped.",
    de: "Der Download von {title} geht weiter, wo er aufhörte.",
  },
  "download-progressed": { en: "{title} is being downloaded.", de: "{title} wird heruntergeladen." },
  "download-fetched": { en: "{title} has arrived: {bytes}.", de: "{title} ist angekommen: {bytes}." },
  "download-failed": {
    en: "{title} was not downloaded: {message}",
    de: "{title} wurde nicht heruntergeladen: {message}",
  },
  "downloads-changed": { en: "The queue of downloads was changed.", de: "Die Reihe der Downloads wurde geändert." },
  "asset-committed": { en: "{title} is in the library: {folder}", de: "{title} ist in der Bibliothek: {folder}" },
  "asset-removed": { en: "An asset was removed: {folder}", de: "Ein Asset wurde entfernt: {folder}" },
  "asset-edited": {
    en: "Files of an asset were changed: {folder}",
    de: "Dateien eines Assets wurden geändert: {folder}",
  },
  "catalog-file-updated": {
    en: "{type}: Blender's catalog file was brought up to date.",
    de: "{type}: Blenders Katalogdatei wurde erneuert.",
  },
  "catalog-file-edited": {
    en: "{type}: Blender's catalog file was changed by somebody.",
    de: "{type}: Blenders Katalogdatei wurde von jemandem geändert.",
  },
  "library-lost": {
    en: "{type}: the library cannot be used now. {message}",
    de: "{type}: Die Bibliothek ist gerade nicht benutzbar. {message}",
  },
  "library-found": { en: "{type}: the library is there again.", de: "{type}: Die Bibliothek ist wieder da." },
  "library-recovered": {
    en: "{type}: interrupted updates were put right ({restored} put back, {finished} finished, {unresolved} to be looked at).",
    de: "{type}: Unterbrochene Updates wurden geordnet ({restored} zurückgeholt, {finished} beendet, {unresolved} bitte ansehen).",
  },
  "library-copying": {
    en: "The library is being copied to its new folder.",
    de: "Die Bibliothek wird in ihren neuen Ordner kopiert.",
  },
  "library-checking": {
    en: "The copy of the library is being compared.",
    de: "Die Kopie der Bibliothek wird verglichen.",
  },
  "library-done": { en: "The library was moved.", de: "Die Bibliothek wurde umgezogen." },
  "library-failed": { en: "The library was not moved.", de: "Die Bibliothek wurde nicht umgezogen." },
  "config-changed": { en: "Settings were changed: {keys}.", de: "Einstellungen wurden geändert: {keys}." },
  "config-refused": {
    en: "Changed settings were not taken: {message}",
    de: "Geänderte Einstellungen wurden nicht übernommen: {message}",
  },
  "state-rebuilt": { en: "The state was made anew: {message}", de: "Der Zustand wurde neu aufgebaut: {message}" },
  "page-opened": {
    en: "This page was opened in a browser.",
    de: "Diese Seite wurde in einem Browser geöffnet.",
  },
  "daemon-paused": { en: "asset-sync was paused.", de: "asset-sync wurde pausiert." },
  "daemon-resumed": { en: "asset-sync goes on.", de: "asset-sync macht weiter." },
  "daemon-stopping": { en: "asset-sync stops.", de: "asset-sync hält an." },
});
