import { defineWords } from "../words/define-words.ts";

export const statusWords = defineWords({
  label: { en: "State of asset-sync", de: "Zustand von asset-sync" },
  connecting: { en: "Connecting…", de: "Verbinde …" },
  gone: { en: "Not running", de: "Läuft nicht" },
  setup: { en: "Not set up yet", de: "Noch nicht eingerichtet" },
  idle: { en: "Up to date", de: "Auf dem neuesten Stand" },
  idleNotices: { en: "Needs a look", de: "Bitte ansehen" },
  syncing: { en: "Syncing", de: "Gleicht ab" },
  fetching: {
    en: { one: "Fetching {count} product", other: "Fetching {count} products" },
    de: { one: "Lädt {count} Produkt", other: "Lädt {count} Produkte" },
  },
  paused: { en: "Paused", de: "Pausiert" },
  pausedUntil: { en: "Paused until {when}", de: "Pausiert bis {when}" },
  quiet: { en: "Quiet hours", de: "Ruhezeit" },
  quietUntil: { en: "Quiet hours until {when}", de: "Ruhezeit bis {when}" },
  stopping: { en: "Stopping", de: "Hält an" },
  notices: {
    en: { one: "{count} notice", other: "{count} notices" },
    de: { one: "{count} Hinweis", other: "{count} Hinweise" },
  },
  noticesTitle: { en: "Please look at this", de: "Bitte ansehen" },
  pause: { en: "Pause", de: "Pause" },
  pauseMenu: { en: "Pause or go on", de: "Pausieren oder fortsetzen" },
  pauseHour: { en: "For an hour", de: "Eine Stunde lang" },
  pauseMorning: { en: "Until tomorrow morning", de: "Bis morgen früh" },
  pauseForever: { en: "Until I resume", de: "Bis ich fortsetze" },
  resume: { en: "Resume", de: "Fortsetzen" },
  sync: { en: "Sync now", de: "Jetzt abgleichen" },
  syncPrice: {
    en: {
      one: "Fetches {count} product and costs {downloads} downloads.",
      other: "Fetches {count} products and costs {downloads} downloads.",
    },
    de: {
      one: "Lädt {count} Produkt und kostet {downloads} Downloads.",
      other: "Lädt {count} Produkte und kostet {downloads} Downloads.",
    },
  },
  syncFree: {
    en: "Looks for news. Costs no download.",
    de: "Sieht nach Neuem. Kostet keinen Download.",
  },
  syncPriceUnknown: {
    en: "Looks for news and fetches what your rules ask for.",
    de: "Sieht nach Neuem und lädt, was deine Regeln verlangen.",
  },
  syncCosting: {
    en: { one: "Sync now · costs {count} download", other: "Sync now · costs {count} downloads" },
    de: { one: "Jetzt abgleichen · kostet {count} Download", other: "Jetzt abgleichen · kostet {count} Downloads" },
  },
  syncDone: {
    en: { one: "Synced: {count} product came.", other: "Synced: {count} products came." },
    de: { one: "Abgeglichen: {count} Produkt ist da.", other: "Abgeglichen: {count} Produkte sind da." },
  },
  syncFailed: {
    en: { one: "{count} thing was not done.", other: "{count} things were not done." },
    de: { one: "{count} Sache ging nicht.", other: "{count} Dinge gingen nicht." },
  },
  seePlan: { en: "See the plan", de: "Plan ansehen" },
  sampleShop: { en: "Sample shop", de: "Beispielshop" },
});
