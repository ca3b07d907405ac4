import { useEffect } from "react";
import { useLocation } from "wouter";
import { views } from "./views.ts";

/** Two keys belong together within this time. Policy figure. */
const sequenceMs = 1_200;

/** `/` goes to the view's search (the field with `data-search`), `g` and a letter to a view, `?` shows the keys. */
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

function focusSearch(navigate: (path: string) => void): void {
  const field = document.querySelector<HTMLInputElement>("[data-search]");
  if (field === null) {
    // The catalog's own search takes the focus when it comes with this in the address's state.
    navigate("/?focus=search");
    return;
  }
  field.focus();
  field.select();
}
