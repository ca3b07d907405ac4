import { useEffect } from "react";
import { useLocation } from "wouter";
import { views } from "./views.ts";

/** Goes along with an address of the catalog whose search shall take the focus. */
export interface SearchState {
  readonly isSearching: true;
}

/** Two keys belong together within this time. Policy figure. */
const sequenceMs = 1_200;

/**
 * `/` goes to the view's search (the field with `data-search`), and to the catalog's from a view that has none; `g` and a
 * letter go to a view, `?` shows the keys.
 */
export function useShortcuts(showKeys: () => void): void {
  const [, navigate] = useLocation();
  useEffect(() => {
    let goneToMs = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role="dialog"]') !== null) return;
      const isSecond = event.timeStamp - goneToMs < sequenceMs;
      goneToMs = Number.NEGATIVE_INFINITY;
      const view = isSecond ? views.find(({ letter }) => letter === event.key) : undefined;
      if (view !== undefined) navigate(view.path);
      else if (event.key === "g") goneToMs = event.timeStamp;
      else if (event.key === "?") showKeys();
      else if (event.key === "/") focusSearch(navigate);
      else return;
      event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [navigate, showKeys]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;
}

function focusSearch(navigate: (path: string, options: { state: SearchState }) => void): void {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  if (field === null) {
    navigate("/", { state: { isSearching: true } });
    return;
  }
  field.focus();
  field.select();
}
