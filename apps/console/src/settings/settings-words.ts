import { defineWords } from "../words/define-words.ts";

export const settingsWords = defineWords({
  file: {
    en: "Everything here stands in {file}; comments there are kept.",
    de: "Alles hier steht in {file}; Kommentare dort bleiben erhalten.",
  },
  saved: { en: "Saved", de: "Gespeichert" },
  saving: { en: "Saving", de: "Wird gespeichert" },
  putBack: { en: "Put the default back", de: "Voreinstellung zurückholen" },
  putBackOf: { en: "Put the default of “{name}” back", de: "Voreinstellung von „{name}“ zurückholen" },
  default: { en: "Default: {value}", de: "Voreinstellung: {value}" },
  noValue: { en: "none", de: "keine" },
  on: { en: "on", de: "an" },
  off: { en: "off", de: "aus" },
  fromEnvironment: {
    en: "Set by an environment variable; it cannot be changed here.",
    de: "Durch eine Umgebungsvariable gesetzt; hier nicht änderbar.",
  },
  onlyInFile: { en: "It can only be changed in the file itself.", de: "Nur in der Datei selbst änderbar." },
  afterRestart: { en: "Counts after a restart.", de: "Gilt nach einem Neustart." },
  oneALine: { en: "One a line.", de: "Eine Zeile je Eintrag." },
  from: { en: "From", de: "Von" },
  to: { en: "To", de: "Bis" },
  days: { en: "On these days", de: "An diesen Tagen" },
  addTime: { en: "Add a time", de: "Zeit hinzufügen" },
  removeTime: { en: "Remove the time from {from} to {to}", de: "Zeit von {from} bis {to} entfernen" },
  toPlan: { en: "The rules are edited in the plan.", de: "Die Regeln werden im Plan bearbeitet." },
  openPlan: { en: "Open the plan", de: "Plan öffnen" },

  restartWaiting: {
    en: { one: "{count} change waits for a restart", other: "{count} changes wait for a restart" },
    de: { one: "{count} Änderung wartet auf einen Neustart", other: "{count} Änderungen warten auf einen Neustart" },
  },
  restart: { en: "Restart now", de: "Jetzt neu starten" },
  restarting: {
    en: "asset-sync starts anew. This page comes back by itself.",
    de: "asset-sync startet neu. Diese Seite kommt von selbst zurück.",
  },
  restartHow: {
    en: "Downloads under way go on after it where they stopped, at no cost.",
    de: "Laufende Downloads gehen danach dort weiter, wo sie aufhörten, ohne Kosten.",
  },

  account: { en: "Account", de: "Konto" },
  accountHow: {
    en: "User name and password are tested with the shop before they are kept. That costs no download.",
    de: "Benutzername und Passwort werden beim Shop geprüft, bevor sie aufgehoben werden. Das kostet keinen Download.",
  },
  username: { en: "User name", de: "Benutzername" },
  password: { en: "Password", de: "Passwort" },
  showPassword: { en: "Show or hide the password", de: "Passwort zeigen oder verbergen" },
  signIn: { en: "Test and keep", de: "Prüfen und behalten" },
  signedIn: {
    en: "The shop took it. User name and password are kept.",
    de: "Der Shop hat es angenommen. Benutzername und Passwort sind aufgehoben.",
  },
  keychain: {
    en: "The password lies in this system's keychain.",
    de: "Das Passwort liegt im Schlüsselbund dieses Systems.",
  },
  passwordFile: {
    en: "The password lies in a file that only you can read, since this system has no keychain that can be used.",
    de: "Das Passwort liegt in einer Datei, die nur du lesen kannst, da dieses System keinen benutzbaren Schlüsselbund hat.",
  },
  passwordEnvironment: {
    en: "The password comes from an environment variable.",
    de: "Das Passwort kommt aus einer Umgebungsvariable.",
  },
  noPassword: { en: "No password is kept yet.", de: "Es ist noch kein Passwort aufgehoben." },
  refused: { en: "The shop refused this password.", de: "Der Shop hat dieses Passwort abgelehnt." },
  isSampleShop: {
    en: "This is the sample shop on this machine: nothing costs anything. Its password is: sandbox",
    de: "Das ist der Beispielshop auf diesem Rechner: Nichts kostet etwas. Sein Passwort ist: sandbox",
  },

  appearance: { en: "Appearance", de: "Darstellung" },
  language: { en: "Language", de: "Sprache" },
  colours: { en: "Colours", de: "Farben" },
  light: { en: "Light", de: "Hell" },
  dark: { en: "Dark", de: "Dunkel" },
  system: { en: "Like the system", de: "Wie das System" },
  keptHere: { en: "Kept in this browser.", de: "In diesem Browser aufgehoben." },

  pause: { en: "Pause", de: "Pause" },
  pauseHow: {
    en: "While paused nothing is fetched by itself; what you ask for by name comes all the same.",
    de: "In der Pause wird nichts von selbst geholt; was du beim Namen verlangst, kommt trotzdem.",
  },

  about: { en: "About", de: "Über" },
  version: { en: "Version", de: "Version" },
  home: { en: "Own files", de: "Eigene Dateien" },
  startedAt: { en: "Running since", de: "Läuft seit" },
  memory: { en: "Memory", de: "Speicher" },
  process: { en: "Process", de: "Prozess" },
  configFile: { en: "Settings file", de: "Datei der Einstellungen" },
  help: { en: "When something is wrong", de: "Wenn etwas nicht stimmt" },
  doctorHow: {
    en: "Looks at everything that has to be right and says how to mend it:",
    de: "Prüft alles, was stimmen muss, und sagt, wie es zu richten ist:",
  },
  supportHow: {
    en: "Collects what a report needs, without secrets, and shows it before it is written:",
    de: "Sammelt, was ein Bericht braucht, ohne Geheimnisse, und zeigt es, bevor es geschrieben wird:",
  },
  docsHow: {
    en: "What each fault means, and what a crash leaves, stands in docs/faults.md and docs/recovery.md.",
    de: "Was jede Störung bedeutet und was ein Absturz hinterlässt, steht in docs/faults.md und docs/recovery.md.",
  },
  copy: { en: "Copy {command}", de: "{command} kopieren" },
  copied: { en: "Copied", de: "Kopiert" },
});
