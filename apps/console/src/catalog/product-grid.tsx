import type { ProductSummary } from "@org/sync-daemon/contract/products";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import {
  type KeyboardEvent,
  memo,
  useCallback,
  useDeferredValue,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { type CatalogFilter, formatFilter } from "./catalog-filter.ts";
import { catalogWords } from "./catalog-words.ts";
import { gapPx, layOutGrid } from "./grid-layout.ts";
import { GridSkeleton } from "./grid-skeleton.tsx";
import { moveInGrid } from "./move-in-grid.ts";
import { CardSkeleton, ProductCard } from "./product-card.tsx";
import classes from "./product-grid.module.css";
import { useElementPlace } from "./use-element-place.ts";
import { useProductWindows } from "./use-product-windows.ts";
import { useSetFavourite } from "./use-set-favourite.ts";
import { useSettled } from "./use-settled.ts";
import { windowsOf } from "./windows.ts";

/** Header and toolbar stay over the grid: what is scrolled to comes to stand below them. */
const coveredPx = 56 + 64;
/** A jump with the scrollbar passes over thousands of products; only where it rests is asked for. Policy figure. */
const restMs = 70;

/** Made ahead of what is seen, above and below. Policy figure. */
const rowsAhead = 3;

/** All products that the filter finds, as one surface of cards of which only the visible ones exist. */
export const ProductGrid = memo(function ProductGrid({ filter, total }: { filter: CatalogFilter; total: number }) {
  const say = useWords(catalogWords);
  const ref = useRef<HTMLDivElement>(null);
  const { width, top } = useElementPlace(ref);
  const { columns, cardHeight, rows } = layOutGrid(width, total);
  // What another search finds is shown first, and what lies around it is made after that.
  const isNew = useDeferredValue(filter) !== filter;
  const virtualizer = useWindowVirtualizer({
    count: width === 0 ? 0 : rows,
    estimateSize: () => cardHeight,
    gap: gapPx,
    overscan: isNew ? 0 : rowsAhead,
    scrollMargin: top,
    scrollPaddingStart: coveredPx,
    scrollPaddingEnd: 16,
  });
  useLayoutEffect(() => virtualizer.measure(), [virtualizer, cardHeight]);

  const shown = virtualizer.getVirtualItems();
  const first = (shown[0]?.index ?? 0) * columns;
  const last = ((shown.at(-1)?.index ?? 0) + 1) * columns - 1;
  const offsets = windowsOf(first, last, total);
  const wanted = useSettled(offsets, { key: offsets.join(), ms: restMs, isUrgent: !virtualizer.isScrolling });
  const productAt = useProductWindows(filter, wanted);

  const [active, activate] = useState(0);
  const toFocus = useRef<number | null>(null);
  useEffect(() => {
    if (toFocus.current === null) return;
    const { activeElement } = document;
    const cell = ref.current?.querySelector<HTMLElement>(`[data-cell="${toFocus.current}"]`);
    if (activeElement !== document.body && ref.current?.contains(activeElement) !== true) toFocus.current = null;
    else if (cell != null) {
      // Its place has the focus until the product is there, so that keys go on working meanwhile.
      const link = cell.querySelector<HTMLElement>("a");
      (link ?? cell).focus({ preventScroll: true });
      if (link !== null) toFocus.current = null;
    }
  });
  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>("[data-cell]")?.dataset.cell;
    if (from === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const rowsOnScreen = Math.floor((innerHeight - coveredPx) / (cardHeight + gapPx));
    const next = moveInGrid(event.key, Number(from), { columns, total, rowsOnScreen });
    if (next === null) return;
    event.preventDefault();
    activate(next);
    toFocus.current = next;
    virtualizer.scrollToIndex(Math.floor(next / columns), { align: "auto" });
  };

  const setFavourite = useSetFavourite();
  const downloads = useDownloadStates();
  const query = formatFilter(filter);
  const reachable = active >= first && active <= last ? active : first;
  const hrefOf = useCallback((product: ProductSummary) => `/products/${product.productId}${query}`, [query]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between the links inside, which are what is focused
    <div ref={ref} onKeyDown={move} className={classes.grid} style={{ height: virtualizer.getTotalSize() }}>
      <div className={classes.unfilled}>
        <GridSkeleton />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: rows are placed freely, so that only the visible ones exist */}
      <div role="list" aria-label={say("title")}>
        {shown.map((row) =>
          Array.from({ length: Math.min(columns, total - row.index * columns) }, (_, column) => {
            const index = row.index * columns + column;
            const product = productAt(index);
            return (
              // biome-ignore lint/a11y/useSemanticElements: as above
              <div
                key={index}
                role="listitem"
                aria-setsize={total}
                aria-posinset={index + 1}
                data-cell={index}
                tabIndex={-1}
                className={classes.cell}
                style={{
                  height: cardHeight,
                  width: `calc((100% - ${gapPx * (columns - 1)}px) / ${columns})`,
                  insetInlineStart: `calc(${column} * ((100% - ${gapPx * (columns - 1)}px) / ${columns} + ${gapPx}px))`,
                  transform: `translateY(${row.start - top}px)`,
                }}
                onFocus={() => activate(index)}
              >
                {product === undefined ? (
                  <CardSkeleton />
                ) : (
                  <ProductCard
                    key={product.productId}
                    product={product}
                    href={hrefOf(product)}
                    isReachable={index === reachable}
                    download={downloads.get(product.productId)}
                    setFavourite={setFavourite}
                  />
                )}
              </div>
            );
          }),
        )}
      </div>
    </div>
  );
});

function useDownloadStates(): ReadonlyMap<number, string> {
  const { data: status } = useOperation("status", {});
  return new Map(status?.downloads.map(({ productId, state }) => [productId, state]));
}
