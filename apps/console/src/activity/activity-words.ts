import { defineWords } from "../words/define-words.ts";

export const activityWords = defineWords({
  events: { en: "Events", de: "Ereignisse" },
  ledger: { en: "Ledger", de: "Ausgabenbuch" },
  tabs: { en: "What is shown", de: "Was gezeigt wird" },

  search: { en: "Search events", de: "Ereignisse durchsuchen" },
  kind: { en: "Kind", de: "Art" },
  allKinds: { en: "All kinds", de: "Alle Arten" },
  syncs: { en: "Syncs and catalog", de: "Abgleiche und Katalog" },
  downloads: { en: "Downloads", de: "Downloads" },
  spends: { en: "Spends", de: "Ausgaben" },
  library: { en: "Library", de: "Bibliothek" },
  daemon: { en: "asset-sync itself", de: "asset-sync selbst" },
  trouble: { en: "Trouble", de: "Schwierigkeiten" },
  hold: { en: "Hold the list", de: "Liste anhalten" },
  goOn: { en: "Go on", de: "Weiter" },
  newOnes: {
    en: { one: "Go on · {count} new", other: "Go on · {count} new" },
    de: { one: "Weiter · {count} neu", other: "Weiter · {count} neu" },
  },
  none: {
    en: "Nothing has happened since asset-sync was started.",
    de: "Seit dem Start von asset-sync ist nichts geschehen.",
  },
  nothingFound: { en: "No event matches.", de: "Kein Ereignis passt dazu." },
  shown: {
    en: { one: "{count} event", other: "{count} events" },
    de: { one: "{count} Ereignis", other: "{count} Ereignisse" },
  },
  sinceStart: {
    en: "Since asset-sync was started; the last thousand are kept.",
    de: "Seit asset-sync gestartet wurde; die letzten tausend werden aufgehoben.",
  },

  total: {
    en: { one: "{count} download spent", other: "{count} downloads spent" },
    de: { one: "{count} Download ausgegeben", other: "{count} Downloads ausgegeben" },
  },
  inDoubtTotal: {
    en: { one: "{count} in doubt", other: "{count} in doubt" },
    de: { one: "{count} im Zweifel", other: "{count} im Zweifel" },
  },
  ofProducts: {
    en: { one: "of {count} product", other: "of {count} products" },
    de: { one: "von {count} Produkt", other: "von {count} Produkten" },
  },
  state: { en: "State", de: "Zustand" },
  allStates: { en: "All states", de: "Alle Zustände" },
  reserved: { en: "Being asked", de: "Wird gefragt" },
  confirmed: { en: "Spent", de: "Ausgegeben" },
  released: { en: "Not spent", de: "Nicht ausgegeben" },
  "in-doubt": { en: "In doubt", de: "Im Zweifel" },
  exportCsv: { en: "Export (CSV)", de: "Exportieren (CSV)" },
  when: { en: "When", de: "Wann" },
  what: { en: "What", de: "Was" },
  who: { en: "Who asked", de: "Wer fragte" },
  evidence: { en: "How it is known", de: "Woher man es weiß" },
  rule: { en: "a rule", de: "eine Regel" },
  person: { en: "a person", de: "ein Mensch" },
  productNumber: { en: "Product {id}", de: "Produkt {id}" },
  noSpends: { en: "Nothing has been spent yet.", de: "Es wurde noch nichts ausgegeben." },
  noSpendsFound: { en: "No spend is in this state.", de: "Keine Ausgabe ist in diesem Zustand." },
  older: { en: "Show older ones", de: "Ältere zeigen" },

  doubtTitle: {
    en: {
      one: "Of {count} download nobody knows whether the shop counted it",
      other: "Of {count} downloads nobody knows whether the shop counted them",
    },
    de: {
      one: "Bei {count} Download weiß niemand, ob der Shop ihn gezählt hat",
      other: "Bei {count} Downloads weiß niemand, ob der Shop sie gezählt hat",
    },
  },
  doubtText: {
    en: "The connection broke after the question and before the answer. Such a download counts as spent until you know better. The shop shows its own count on your account's page; its support can tell you too.",
    de: "Die Verbindung riss nach der Frage und vor der Antwort. Ein solcher Download gilt als ausgegeben, bis du es besser weißt. Der Shop zeigt seine Zählung auf der Seite deines Kontos; auch sein Support kann es dir sagen.",
  },
  wasCounted: { en: "The shop counted it", de: "Der Shop hat ihn gezählt" },
  wasNotCounted: { en: "The shop did not count it", de: "Der Shop hat ihn nicht gezählt" },
  settleTitle: { en: "Settle the download of {title}?", de: "Download von {title} klären?" },
  settleConfirmed: {
    en: "It will count as spent. This cannot be changed later.",
    de: "Er gilt dann als ausgegeben. Das lässt sich später nicht ändern.",
  },
  settleReleased: {
    en: "It will no longer count as spent. If the shop did count it after all, the shop may refuse earlier than shown here. This cannot be changed later.",
    de: "Er gilt dann nicht mehr als ausgegeben. Hat der Shop ihn doch gezählt, kann er früher ablehnen als hier gezeigt. Das lässt sich später nicht ändern.",
  },
});
