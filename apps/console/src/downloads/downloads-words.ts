import { defineWords } from "../words/define-words.ts";

export const downloadsWords = defineWords({
  title: { en: "Downloads", de: "Downloads" },
  openTitle: { en: "Under way", de: "Unterwegs" },
  failedTitle: { en: "Not done", de: "Nicht geglückt" },
  endedTitle: { en: "Lately", de: "Zuletzt" },
  emptyTitle: { en: "Nothing is being fetched", de: "Gerade wird nichts geholt" },
  emptyAdvice: {
    en: "Choose something in the catalog, or say in the plan what shall always be here.",
    de: "Wähle etwas im Katalog, oder sage im Plan, was immer da sein soll.",
  },
  toCatalog: { en: "Open the catalog", de: "Katalog öffnen" },
  toPlan: { en: "Open the plan", de: "Plan öffnen" },
  active: {
    en: { one: "{count} under way", other: "{count} under way" },
    de: { one: "{count} unterwegs", other: "{count} unterwegs" },
  },
  waitingCount: {
    en: { one: "{count} waits", other: "{count} wait" },
    de: { one: "{count} wartet", other: "{count} warten" },
  },
  idle: { en: "Nothing under way", de: "Nichts unterwegs" },
  left: { en: "about {time} left", de: "noch etwa {time}" },
  showAll: { en: "Show {count} more", de: "{count} weitere zeigen" },

  waiting: { en: "Waits", de: "Wartet" },
  waitingAt: { en: "Number {position} in the queue", de: "Nummer {position} in der Reihe" },
  linking: { en: "Asking the shop for the link", de: "Fragt den Shop nach dem Link" },
  downloading: { en: "Downloading", de: "Lädt herunter" },
  installing: { en: "Unpacking and checking", de: "Entpackt und prüft" },
  held: { en: "Held", de: "Angehalten" },
  failed: { en: "Not done", de: "Nicht geglückt" },
  installed: { en: "In the library", de: "In der Bibliothek" },
  cancelled: { en: "Given up", de: "Aufgegeben" },

  byRule: { en: "asked for by a rule", de: "von einer Regel verlangt" },
  byPerson: { en: "asked for by you", de: "von dir verlangt" },
  bytesOf: { en: "{bytes} of {total}", de: "{bytes} von {total}" },
  paid: { en: "paid for", de: "schon bezahlt" },
  willCost: {
    en: { one: "costs {count} download", other: "costs {count} downloads" },
    de: { one: "kostet {count} Download", other: "kostet {count} Downloads" },
  },
  progressOf: { en: "Progress of {title}", de: "Fortschritt von {title}" },
  retryAt: { en: "Tried again by itself {time}.", de: "Wird von selbst wieder versucht: {time}." },

  hold: { en: "Hold", de: "Anhalten" },
  resume: { en: "Go on", de: "Weiter" },
  cancel: { en: "Give up", de: "Aufgeben" },
  holdOf: { en: "Hold {title}", de: "{title} anhalten" },
  resumeOf: { en: "Go on with {title}", de: "Weiter mit {title}" },
  cancelOf: { en: "Give {title} up", de: "{title} aufgeben" },
  earlierOf: { en: "Fetch {title} earlier", de: "{title} früher holen" },
  laterOf: { en: "Fetch {title} later", de: "{title} später holen" },
  firstOf: { en: "Fetch {title} next", de: "{title} als Nächstes holen" },
  moved: { en: "{title} is number {position} now.", de: "{title} ist jetzt Nummer {position}." },
  reorderHint: {
    en: "Alt and an arrow key move a waiting download up or down.",
    de: "Alt und eine Pfeiltaste schieben einen wartenden Download nach oben oder unten.",
  },
  openFolder: { en: "Open folder", de: "Ordner öffnen" },
  openFolderOf: { en: "Open folder: {title}", de: "Ordner öffnen: {title}" },

  getFree: { en: "Try again · costs nothing", de: "Noch einmal · kostet nichts" },
  getCosts: { en: "Get again · costs {cost}", de: "Noch einmal holen · kostet {cost}" },
  getCostsOf: { en: "Get again · costs {cost} of {left} left", de: "Noch einmal holen · kostet {cost} von {left}" },
  getLast: { en: "Get with the last download", de: "Mit dem letzten Download holen" },
  lastTitle: { en: "Use the last download of {title}?", de: "Den letzten Download von {title} benutzen?" },
  lastText: {
    en: "After that the shop allows no further download of this product with this account. The zip is kept, so that it can be repaired and moved at no cost.",
    de: "Danach erlaubt der Shop mit diesem Konto keinen weiteren Download dieses Produkts. Das Zip wird aufgehoben, damit es kostenlos repariert und umgezogen werden kann.",
  },
  cancelTitle: { en: "Give {title} up?", de: "{title} aufgeben?" },
  cancelText: {
    en: "This download is paid for. Giving it up does not give the download back; getting the product later may cost another one.",
    de: "Dieser Download ist schon bezahlt. Aufgeben bringt ihn nicht zurück; das Produkt später zu holen kann einen weiteren kosten.",
  },
  cancelTextOf: {
    en: "This download is paid for. Giving it up does not give the download back; getting the product later may cost 1 of {left} left.",
    de: "Dieser Download ist schon bezahlt. Aufgeben bringt ihn nicht zurück; das Produkt später zu holen kann 1 von {left} übrigen kosten.",
  },
  holdInstead: { en: "Holding it keeps what has arrived.", de: "Anhalten behält, was schon da ist." },
});
