import { type RefObject, useLayoutEffect, useState } from "react";

/** An element's width, and how far below the document's beginning it starts, in CSS pixels. 0 before it is there. */
export function useElementPlace(ref: RefObject<HTMLElement | null>): { width: number; top: number } {
  const [place, setPlace] = useState({ width: 0, top: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const look = () => {
      const { width, top } = element.getBoundingClientRect();
      const next = { width: Math.floor(width), top: Math.round(top + scrollY) };
      setPlace((before) => (before.width === next.width && before.top === next.top ? before : next));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    // What stands above may become higher, such as the line of active filters.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref]);
  return place;
}
