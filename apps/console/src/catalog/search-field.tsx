import { CloseButton, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { SearchState } from "../frame/use-shortcuts.ts";
import { useWords } from "../words/language-context.tsx";
import { catalogWords } from "./catalog-words.ts";

const isSearchState = (state: unknown): state is SearchState =>
  typeof state === "object" && state !== null && "isSearching" in state;

/** Long enough that a word typed quickly is one question, short enough to feel at once. */
const typingMs = 80;

/** Searches while one types. `text` is what the address says; it wins when it changes by itself, as by going back. */
export function SearchField({ text, change }: { text: string; change: (text: string) => void }) {
  const say = useWords(catalogWords);
  const [typed, type] = useState(text);
  const sent = useRef(text);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useEffect(() => {
    if (text === sent.current) return;
    clearTimeout(timer.current);
    sent.current = text;
    type(text);
  }, [text]);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!isSearchState(history.state)) return;
    field.current?.focus();
    // Coming back here later is not searching again.
    history.replaceState(null, "");
  }, []);

  const send = (next: string) => {
    clearTimeout(timer.current);
    if (next === sent.current) return;
    sent.current = next;
    change(next);
  };
  const typeOn = (next: string) => {
    type(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => send(next), typingMs);
  };
  return (
    <TextInput
      ref={field}
      data-search
      type="search"
      role="searchbox"
      aria-label={say("search")}
      placeholder={say("searchHint")}
      value={typed}
      onChange={(event) => typeOn(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") send(typed);
        if (event.key !== "Escape") return;
        if (typed === "") field.current?.blur();
        typeOn("");
      }}
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={
        typed !== "" && (
          <CloseButton
            size="sm"
            aria-label={say("clearSearch")}
            onClick={() => {
              type("");
              send("");
              field.current?.focus();
            }}
          />
        )
      }
      spellCheck={false}
      autoComplete="off"
    />
  );
}
