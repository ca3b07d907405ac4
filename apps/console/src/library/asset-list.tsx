import { Skeleton } from "@mantine/core";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { useQueries } from "@tanstack/react-query";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useRef, useState } from "react";
import { useApi } from "../api/api-context.tsx";
import type { AssetFilter } from "./asset-filter.ts";
import { AssetRow } from "./asset-row.tsx";
import classes from "./library.module.css";
import type { Checks } from "./use-checks.ts";

/** Assets asked for at once. Policy figure. */
export const pageSize = 200;
/** Fixed, so that a list of thousands has its length at once and nothing moves while it is read. As in the style sheet. */
const rowHeight = 92;

interface AssetListProps {
  readonly filter: AssetFilter;
  readonly total: number;
  readonly first: readonly AssetEntry[];
  readonly checks: Checks;
}

/** The rows that are in sight, of however many; pages are asked for as they come into sight. */
export function AssetList({ filter, total, first, checks }: AssetListProps) {
  const api = useApi();
  const list = useRef<HTMLUListElement>(null);
  const [scrollMargin, setScrollMargin] = useState(0);
  const virtualizer = useWindowVirtualizer<HTMLLIElement>({
    count: total,
    estimateSize: () => rowHeight,
    overscan: 8,
    scrollMargin,
  });
  // What stands above the list comes and goes.
  useLayoutEffect(() => {
    const top = list.current === null ? 0 : list.current.getBoundingClientRect().top + window.scrollY;
    if (Math.abs(top - scrollMargin) > 1) setScrollMargin(top);
  });
  const rows = virtualizer.getVirtualItems();
  const pages = [...new Set(rows.map(({ index }) => Math.floor(index / pageSize)))].filter((page) => page > 0);
  const answers = useQueries({
    queries: pages.map((page) => {
      const request = { ...filter, limit: pageSize, offset: page * pageSize };
      return {
        queryKey: ["assets", request],
        queryFn: ({ signal }: { signal: AbortSignal }) => api.call("assets", request, { signal }),
      };
    }),
  });
  const assetAt = (index: number): AssetEntry | undefined => {
    const page = Math.floor(index / pageSize);
    const assets = page === 0 ? first : answers[pages.indexOf(page)]?.data?.assets;
    return assets?.[index % pageSize];
  };

  return (
    <ul ref={list} className={classes.assets} style={{ height: virtualizer.getTotalSize() }}>
      {rows.map(({ key, index, start, size }) => {
        const asset = assetAt(index);
        return (
          <li
            // By what it shows: an open menu or question must not pass to another asset when the list changes.
            key={asset?.folder ?? key}
            className={classes.asset}
            aria-setsize={total}
            aria-posinset={index + 1}
            style={{ height: size, transform: `translateY(${start - scrollMargin}px)` }}
          >
            {asset === undefined ? <Skeleton height={size - 12} /> : <AssetRow asset={asset} checks={checks} />}
          </li>
        );
      })}
    </ul>
  );
}
