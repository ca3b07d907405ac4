import { useRef } from "react";
import { gapPx, layOutGrid } from "./grid-layout.ts";
import { CardSkeleton } from "./product-card.tsx";
import { useElementPlace } from "./use-element-place.ts";

/** The grid before anything is known: as many empty cards as fill the window, where the real ones will be. */
export function GridSkeleton() {
  const ref = useRef<HTMLDivElement>(null);
  const { width } = useElementPlace(ref);
  const { columns, cardHeight } = layOutGrid(width, 0);
  const rows = Math.ceil(innerHeight / cardHeight);
  return (
    <div
      ref={ref}
      aria-hidden
      style={{ display: "grid", gap: gapPx, gridTemplateColumns: `repeat(${columns}, 1fr)`, gridAutoRows: cardHeight }}
    >
      {width > 0 && Array.from({ length: rows * columns }, (_, at) => at).map((at) => <CardSkeleton key={at} />)}
    </div>
  );
}
