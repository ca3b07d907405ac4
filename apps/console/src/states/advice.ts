import { useCallback } from "react";
import { useLanguage } from "../words/language-context.tsx";
import { adviceWords } from "./advice-words.ts";

/** What a person can do here about a failure with this code; the daemon's own sentence where this page has none. */
export function useAdvice(): (code: string, fallback: string | null) => string | null {
  const { language } = useLanguage();
  return useCallback(
    (code, fallback) => {
      const known: Readonly<Record<string, Readonly<Record<"en" | "de", string>>>> = adviceWords;
      return known[code]?.[language] ?? fallback;
    },
    [language],
  );
}
