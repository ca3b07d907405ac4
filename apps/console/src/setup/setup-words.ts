import { defineWords } from "../words/define-words.ts";

export const setupWords = defineWords({
  title: { en: "Set asset-sync up", de: "asset-sync einrichten" },
  step: { en: "Step {number} of {count}", de: "Schritt {number} von {count}" },
  intro: {
    en: "It takes a minute. Nothing is downloaded that you did not ask for.",
    de: "Es dauert eine Minute. Nichts wird geladen, was du nicht wolltest.",
  },
  shop: { en: "Which shop?", de: "Welcher Shop?" },
  ownAccount: { en: "My iMeshh account", de: "Mein iMeshh-Konto" },
  ownAccountHow: { en: "The catalog and your downloads.", de: "Der Katalog und deine Downloads." },
  sample: { en: "Look around first", de: "Erst umsehen" },
  sampleHow: {
    en: "A sample shop on this machine. Needs no account and costs nothing.",
    de: "Ein Beispielshop auf diesem Rechner. Braucht kein Konto und kostet nichts.",
  },
  username: { en: "E-mail or user name", de: "E-Mail oder Benutzername" },
  password: { en: "Password", de: "Passwort" },
  passwordPlace: {
    en: "It is tried once with the shop, then kept in this machine's keychain.",
    de: "Es wird einmal beim Shop geprüft und dann im Schlüsselbund dieses Rechners aufbewahrt.",
  },
  missing: { en: "Please fill this in.", de: "Bitte ausfüllen." },
  folder: { en: "Where should the library be?", de: "Wo soll die Bibliothek liegen?" },
  folderLabel: { en: "Library folder", de: "Ordner der Bibliothek" },
  folderHow: {
    en: "Blender looks here. A folder that iMeshh's own add-on filled can be used as it is.",
    de: "Hier sieht Blender nach. Ein Ordner, den das Add-on von iMeshh gefüllt hat, geht so, wie er ist.",
  },
  fetch: { en: "What should come by itself?", de: "Was soll von selbst kommen?" },
  nothing: { en: "Nothing", de: "Nichts" },
  nothingHow: {
    en: "Catalog and pictures only. You get each product yourself.",
    de: "Nur Katalog und Bilder. Jedes Produkt holst du selbst.",
  },
  free: { en: "The free products", de: "Die Gratis-Produkte" },
  freeHow: { en: "Each costs one of its own downloads.", de: "Jedes kostet einen seiner eigenen Downloads." },
  types: { en: "Everything of some types", de: "Alles von bestimmten Arten" },
  typesHow: {
    en: "Each product costs one of its downloads and takes room; whole types can be many gigabytes.",
    de: "Jedes Produkt kostet einen seiner Downloads und Platz; ganze Arten können viele Gigabyte sein.",
  },
  typesLabel: { en: "Types", de: "Arten" },
  typesMissing: { en: "Choose one type at least.", de: "Wähle mindestens eine Art." },
  changeLater: {
    en: "All of this can be changed later in the settings.",
    de: "All das lässt sich später in den Optionen ändern.",
  },
  next: { en: "Next", de: "Weiter" },
  back: { en: "Back", de: "Zurück" },
  start: { en: "Start", de: "Los" },
  testing: { en: "Signing in…", de: "Melde an …" },
  starting: {
    en: "asset-sync is starting. The catalog appears here by itself.",
    de: "asset-sync startet. Der Katalog erscheint hier von selbst.",
  },
});
