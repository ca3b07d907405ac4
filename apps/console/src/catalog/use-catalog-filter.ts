import { useCallback, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { type CatalogFilter, formatFilter, parseFilter } from "./catalog-filter.ts";

/**
 * The filter that the address holds, and how to change it. Each change can be gone back from, but for typing, which
 * would leave an entry for each letter.
 */
export function useCatalogFilter(): {
  filter: CatalogFilter;
  change(next: CatalogFilter, options?: { isTyping?: boolean }): void;
  /** As `change`, from what the address holds at that moment: for what knows only a part of it. */
  edit(next: (now: CatalogFilter) => CatalogFilter): void;
} {
  const search = useSearch();
  const [, navigate] = useLocation();
  const filter = useMemo(() => parseFilter(search), [search]);
  const change = useCallback(
    (next: CatalogFilter, { isTyping = false } = {}) => navigate(`/${formatFilter(next)}`, { replace: isTyping }),
    [navigate],
  );
  const edit = useCallback(
    (next: (now: CatalogFilter) => CatalogFilter) => change(next(parseFilter(location.search))),
    [change],
  );
  return { filter, change, edit };
}
