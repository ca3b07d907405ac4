import { defineWords } from "../words/define-words.ts";

export const pauseWords = defineWords({
  pauseAll: { en: "Pause all", de: "Alles anhalten" },
  resumeAll: { en: "Resume all", de: "Alles fortsetzen" },
  forMinutes: { en: "For 30 minutes", de: "Für 30 Minuten" },
  forHour: { en: "For an hour", de: "Für eine Stunde" },
  untilTomorrow: { en: "Until tomorrow morning", de: "Bis morgen früh" },
  untilResumed: { en: "Until I resume", de: "Bis ich fortsetze" },
  paused: {
    en: "Paused. Nothing is fetched by itself until you resume.",
    de: "Angehalten. Bis du fortsetzt, wird nichts von selbst geholt.",
  },
  pausedUntil: {
    en: "Paused until {time}. Nothing is fetched by itself until then.",
    de: "Angehalten bis {time}. Bis dahin wird nichts von selbst geholt.",
  },
  quiet: {
    en: "Quiet hours. asset-sync goes on by itself when they end.",
    de: "Ruhezeit. asset-sync macht von selbst weiter, wenn sie endet.",
  },
  quietUntil: {
    en: "Quiet hours until {time}. asset-sync goes on by itself then.",
    de: "Ruhezeit bis {time}. Danach macht asset-sync von selbst weiter.",
  },
});
