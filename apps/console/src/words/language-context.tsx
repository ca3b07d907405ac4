import { createContext, type ReactNode, useContext, useLayoutEffect, useMemo, useState } from "react";
import { createSay, type Say, type WordTable } from "./define-words.ts";
import { createFormats, type Formats } from "./format.ts";
import { chooseLanguage, type Language, languages } from "./languages.ts";

interface LanguageState {
  readonly language: Language;
  readonly formats: Formats;
  setLanguage(language: Language): void;
}

const LanguageContext = createContext<LanguageState | null>(null);
const storageKey = "asset-sync-language";

function readLanguage(): Language {
  const kept = localStorage.getItem(storageKey);
  return languages.find((language) => language === kept) ?? chooseLanguage(navigator.languages);
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  const [language, change] = useState(readLanguage);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const state = useMemo<LanguageState>(
    () => ({
      language,
      formats: createFormats(language),
      setLanguage(next) {
        localStorage.setItem(storageKey, next);
        change(next);
      },
    }),
    [language],
  );
  return <LanguageContext value={state}>{children}</LanguageContext>;
}

export function useLanguage(): LanguageState {
  const state = useContext(LanguageContext);
  if (state === null) throw new Error("useLanguage needs a LanguageProvider around it");
  return state;
}

/** The texts of one table in the chosen language. */
export function useWords<Table extends WordTable>(table: Table): Say<Table> {
  const { language } = useLanguage();
  return useMemo(() => createSay(table, language), [table, language]);
}

/** Numbers, sizes, times and lists as the chosen language writes them. */
export function useFormats(): Formats {
  return useLanguage().formats;
}
