import { defineWords } from "../words/define-words.ts";

export const libraryWords = defineWords({
  model: { en: "Models", de: "Modelle" },
  material: { en: "Materials", de: "Materialien" },
  geonode: { en: "Geometry nodes", de: "Geometrie\u00ADknoten" },
  fx: { en: "Effects", de: "Effekte" },

  root: { en: "Library folder", de: "Bibliotheksordner" },
  free: { en: "{bytes} free on this disk", de: "{bytes} frei auf diesem Datenträger" },
  ready: { en: "Ready", de: "Bereit" },
  unusable: { en: "Not usable", de: "Nicht nutzbar" },
  assets: {
    en: { one: "{count} asset", other: "{count} assets" },
    de: { one: "{count} Asset", other: "{count} Assets" },
  },
  unusableTitle: {
    en: { one: "{count} library cannot be used now", other: "{count} libraries cannot be used now" },
    de: {
      one: "{count} Bibliothek ist gerade nicht benutzbar",
      other: "{count} Bibliotheken sind gerade nicht benutzbar",
    },
  },
  unusableCalm: {
    en: "Nothing is lost and nothing is downloaded again because of it.",
    de: "Es ist nichts verloren, und deswegen wird nichts noch einmal heruntergeladen.",
  },
  lookAgain: { en: "Look again", de: "Noch einmal nachsehen" },
  archives: { en: "Kept zips", de: "Aufgehobene Zips" },
  archivesUse: {
    en: "{bytes} of {limit} for {count} zips. They mend and move assets at no cost.",
    de: "{bytes} von {limit} für {count} Zips. Damit wird kostenlos repariert und umgezogen.",
  },
  copyPath: { en: "Copy the path", de: "Pfad kopieren" },
  copied: { en: "Copied", de: "Kopiert" },

  more: { en: "More", de: "Mehr" },
  verifyAll: { en: "Check all files", de: "Alle Dateien prüfen" },
  move: { en: "Move the library…", de: "Bibliothek umziehen …" },
  adopt: { en: "Claim what is there…", de: "Vorhandenes übernehmen …" },
  bill: { en: "Bill of assets (CSV)", de: "Liste der Assets (CSV)" },

  installed: { en: "Assets", de: "Assets" },
  search: { en: "Search the library", de: "In der Bibliothek suchen" },
  anyType: { en: "All types", de: "Alle Arten" },
  type: { en: "Type", de: "Art" },
  sort: { en: "Order", de: "Reihenfolge" },
  byTitle: { en: "By name", de: "Nach Name" },
  byNewest: { en: "Newest first", de: "Neueste zuerst" },
  bySize: { en: "Largest first", de: "Größte zuerst" },
  only: { en: "Show", de: "Zeigen" },
  all: { en: "All", de: "Alle" },
  updates: { en: "Updates", de: "Updates" },
  updatesCount: { en: "Updates ({count})", de: "Updates ({count})" },
  withdrawnCount: { en: "Withdrawn ({count})", de: "Zurückgezogen ({count})" },
  found: {
    en: { one: "{count} asset", other: "{count} assets" },
    de: { one: "{count} Asset", other: "{count} Assets" },
  },
  nothingFound: { en: "No asset matches.", de: "Kein Asset passt dazu." },
  noUpdates: { en: "Everything is as new as the shop's.", de: "Alles ist so neu wie im Shop." },
  noWithdrawn: { en: "The shop still offers all of it.", de: "Der Shop bietet noch alles davon an." },
  emptyTitle: { en: "Nothing is here yet", de: "Hier ist noch nichts" },
  emptyAdvice: {
    en: "Get something from the catalog, or claim what you have on disk already: that costs no download.",
    de: "Hole etwas aus dem Katalog, oder übernimm, was schon auf der Platte liegt: Das kostet keinen Download.",
  },
  toCatalog: { en: "Open the catalog", de: "Katalog öffnen" },

  withdrawn: { en: "Withdrawn", de: "Zurückgezogen" },
  withdrawnWhy: {
    en: "The shop no longer offers it. What is here stays usable.",
    de: "Der Shop bietet es nicht mehr an. Was hier ist, bleibt benutzbar.",
  },
  notKept: { en: "Zip not kept", de: "Zip nicht aufgehoben" },
  notKeptWhy: {
    en: "Its zip is not kept: it cannot be mended at no cost.",
    de: "Sein Zip ist nicht aufgehoben: Es kann nicht kostenlos repariert werden.",
  },
  installedAt: { en: "installed {date}", de: "installiert {date}" },
  updateFree: { en: "Update · costs nothing", de: "Aktualisieren · kostet nichts" },
  updateCosts: { en: "Update · costs {cost}", de: "Aktualisieren · kostet {cost}" },
  updateLast: { en: "Update · the last download…", de: "Aktualisieren · der letzte Download …" },
  updateLastTitle: {
    en: "Use the last download of {title}?",
    de: "Den letzten Download von {title} benutzen?",
  },
  updateLastText: {
    en: "After that the shop allows no further download of this product with this account. Its zip is kept, so that it can be repaired and moved at no cost.",
    de: "Danach erlaubt der Shop mit diesem Konto keinen weiteren Download dieses Produkts. Das Zip wird aufgehoben, damit es kostenlos repariert und umgezogen werden kann.",
  },
  updateLastYes: { en: "Update with the last download", de: "Mit dem letzten Download aktualisieren" },
  noneLeft: { en: "No download left", de: "Kein Download übrig" },
  updateAllWithout: {
    en: {
      one: "{count} of them is left out: it would use its last download, or has none left.",
      other: "{count} of them are left out: they would use their last downloads, or have none left.",
    },
    de: {
      one: "{count} davon bleibt außen vor: Es würde seinen letzten Download brauchen oder hat keinen mehr.",
      other: "{count} davon bleiben außen vor: Sie würden ihren letzten Download brauchen oder haben keinen mehr.",
    },
  },
  actionOn: { en: "{action}: {title}", de: "{action}: {title}" },
  whatChanged: { en: "What changed", de: "Was sich geändert hat" },
  whatChangedOf: { en: "What changed in {title}", de: "Was sich an {title} geändert hat" },
  noChangesKnown: {
    en: "The shop says that it is newer, and not what changed.",
    de: "Der Shop sagt, dass es neuer ist, aber nicht, was sich geändert hat.",
  },
  updateStays: {
    en: "The present version is kept aside and can be put back.",
    de: "Die jetzige Version wird aufgehoben und kann zurückgeholt werden.",
  },
  updatesWait: {
    en: { one: "{count} update waits", other: "{count} updates wait" },
    de: { one: "{count} Update wartet", other: "{count} Updates warten" },
  },
  updateAll: { en: "Update all · costs {cost}", de: "Alle aktualisieren · kostet {cost}" },
  updateAllTitle: {
    en: { one: "Update {count} asset?", other: "Update {count} assets?" },
    de: { one: "{count} Asset aktualisieren?", other: "{count} Assets aktualisieren?" },
  },
  updateAllText: {
    en: { one: "That costs {count} download.", other: "That costs {count} downloads." },
    de: { one: "Das kostet {count} Download.", other: "Das kostet {count} Downloads." },
  },
  actionsOf: { en: "What can be done with {title}", de: "Was mit {title} getan werden kann" },
  openFolder: { en: "Open folder", de: "Ordner öffnen" },
  openProduct: { en: "Open in the catalog", de: "Im Katalog öffnen" },
  verifyOne: { en: "Check its files", de: "Dateien prüfen" },
  repairOne: { en: "Repair · costs nothing", de: "Reparieren · kostet nichts" },
  rollBack: { en: "Put the version before back", de: "Vorige Version zurückholen" },
  rollBackTitle: { en: "Put the earlier version of {title} back?", de: "Frühere Version von {title} zurückholen?" },
  rollBackText: {
    en: "The version that the last update replaced comes back. This costs nothing.",
    de: "Die Version, die das letzte Update ersetzt hat, kommt zurück. Das kostet nichts.",
  },

  checking: {
    en: "The files are being checked. This can take a while.",
    de: "Die Dateien werden geprüft. Das kann eine Weile dauern.",
  },
  repairing: { en: "Being repaired from the kept zips.", de: "Wird aus den aufgehobenen Zips repariert." },
  whole: {
    en: {
      one: "{count} asset was checked. All files are as they came.",
      other: "{count} assets were checked. All files are as they came.",
    },
    de: {
      one: "{count} Asset geprüft. Alle Dateien sind, wie sie kamen.",
      other: "{count} Assets geprüft. Alle Dateien sind, wie sie kamen.",
    },
  },
  damaged: {
    en: { one: "{count} asset is not as it came", other: "{count} assets are not as they came" },
    de: { one: "{count} Asset ist nicht, wie es kam", other: "{count} Assets sind nicht, wie sie kamen" },
  },
  missingFiles: {
    en: { one: "{count} file missing", other: "{count} files missing" },
    de: { one: "{count} Datei fehlt", other: "{count} Dateien fehlen" },
  },
  editedFiles: {
    en: { one: "{count} file changed", other: "{count} files changed" },
    de: { one: "{count} Datei geändert", other: "{count} Dateien geändert" },
  },
  notRepairable: {
    en: "Its zip is not kept; getting it again costs a download.",
    de: "Sein Zip ist nicht aufgehoben; es neu zu holen kostet einen Download.",
  },
  repairAll: {
    en: { one: "Repair {count} asset · costs nothing", other: "Repair {count} assets · costs nothing" },
    de: { one: "{count} Asset reparieren · kostet nichts", other: "{count} Assets reparieren · kostet nichts" },
  },
  repaired: {
    en: { one: "{count} asset is whole again", other: "{count} assets are whole again" },
    de: { one: "{count} Asset ist wieder heil", other: "{count} Assets sind wieder heil" },
  },
  notRepaired: {
    en: { one: "{count} asset could not be mended", other: "{count} assets could not be mended" },
    de: { one: "{count} Asset konnte nicht repariert werden", other: "{count} Assets konnten nicht repariert werden" },
  },
  nothingToRepair: { en: "There was nothing to mend.", de: "Es gab nichts zu reparieren." },
  dismiss: { en: "Close the result", de: "Ergebnis schließen" },

  moveTitle: { en: "Move the library", de: "Bibliothek umziehen" },
  moveText: {
    en: "All assets are copied to the new folder, compared byte for byte, and only then used there. It costs no download. The old folder stays until you delete it.",
    de: "Alle Assets werden in den neuen Ordner kopiert, Byte für Byte verglichen und erst dann dort benutzt. Das kostet keinen Download. Der alte Ordner bleibt, bis du ihn löschst.",
  },
  moveTo: { en: "New folder", de: "Neuer Ordner" },
  moveToHint: { en: "A whole path, such as /media/assets/iMeshh", de: "Ein ganzer Pfad, etwa /media/assets/iMeshh" },
  moveStart: { en: "Move · costs nothing", de: "Umziehen · kostet nichts" },
  moveCopying: { en: "Copying to {to}", de: "Kopiert nach {to}" },
  moveChecking: { en: "Comparing the copy in {to}", de: "Vergleicht die Kopie in {to}" },
  moveDone: { en: "The library is in {to} now.", de: "Die Bibliothek liegt jetzt in {to}." },
  moveDoneOld: {
    en: "The old one is whole in {from}; delete it when you have looked.",
    de: "Die alte liegt unversehrt in {from}; lösche sie, wenn du nachgesehen hast.",
  },
  moveFailed: {
    en: "The library was not moved; it is still in {from}.",
    de: "Die Bibliothek wurde nicht umgezogen; sie liegt weiter in {from}.",
  },
  moveProgress: { en: "Progress of the move", de: "Fortschritt des Umzugs" },
  bytesOf: { en: "{bytes} of {total}", de: "{bytes} von {total}" },

  adoptTitle: { en: "Claim what is there", de: "Vorhandenes übernehmen" },
  adoptText: {
    en: "Assets of iMeshh's own add-on in the library folder, and zips you downloaded, become part of the library. It costs no download; files stay as they are.",
    de: "Assets aus iMeshhs eigenem Add-on im Bibliotheksordner und heruntergeladene Zips werden Teil der Bibliothek. Das kostet keinen Download; Dateien bleiben, wie sie sind.",
  },
  adoptFolders: { en: "Folders with downloaded zips", de: "Ordner mit heruntergeladenen Zips" },
  adoptFoldersHint: {
    en: "One path a line. May be empty: the library folder is always looked at.",
    de: "Ein Pfad je Zeile. Darf leer sein: Der Bibliotheksordner wird immer durchgesehen.",
  },
  adoptLook: { en: "Look what is there", de: "Nachsehen, was da ist" },
  adoptFound: {
    en: { one: "{count} thing would be claimed", other: "{count} things would be claimed" },
    de: { one: "{count} Sache würde übernommen", other: "{count} Dinge würden übernommen" },
  },
  adoptNone: { en: "Nothing to claim was found.", de: "Nichts zum Übernehmen gefunden." },
  adoptPassed: {
    en: { one: "{count} thing is left as it is", other: "{count} things are left as they are" },
    de: { one: "{count} Sache bleibt, wie sie ist", other: "{count} Dinge bleiben, wie sie sind" },
  },
  adoptDo: {
    en: { one: "Claim {count} · costs nothing", other: "Claim {count} · costs nothing" },
    de: { one: "{count} übernehmen · kostet nichts", other: "{count} übernehmen · kostet nichts" },
  },
  adopted: {
    en: { one: "{count} thing was claimed.", other: "{count} things were claimed." },
    de: { one: "{count} Sache übernommen.", other: "{count} Dinge übernommen." },
  },
  close: { en: "Close", de: "Schließen" },
});
