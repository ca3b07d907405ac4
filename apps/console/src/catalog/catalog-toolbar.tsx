import { Button, NativeSelect, Text } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { useWords } from "../words/language-context.tsx";
import { type CatalogFilter, countNarrowing, type Sort, sorts } from "./catalog-filter.ts";
import classes from "./catalog-toolbar.module.css";
import { catalogWords } from "./catalog-words.ts";
import { SearchField } from "./search-field.tsx";

const sortWords = { relevance: "relevance", title: "byTitle", newest: "newest", polygons: "polygons" } as const;

interface ToolbarProps {
  readonly filter: CatalogFilter;
  /** Null before the first answer. */
  readonly total: number | null;
  readonly isUpdating: boolean;
  change(next: CatalogFilter, options?: { isTyping?: boolean }): void;
  openFilters(): void;
}

/** Search, order, how many there are, and on narrow windows the way to the filters. Stays while the grid scrolls. */
export function CatalogToolbar({ filter, total, isUpdating, change, openFilters }: ToolbarProps) {
  const say = useWords(catalogWords);
  const narrowing = countNarrowing(filter);
  return (
    <search className={classes.toolbar}>
      <div className={classes.search}>
        <SearchField text={filter.text} change={(text) => change({ ...filter, text }, { isTyping: true })} />
      </div>
      <Text size="sm" className={classes.total} aria-live="polite" data-updating={isUpdating || undefined}>
        {total === null ? "" : say("total", { count: total })}
      </Text>
      <NativeSelect
        aria-label={say("sort")}
        className={classes.sort}
        value={filter.sort}
        onChange={(event) => change({ ...filter, sort: event.currentTarget.value as Sort })}
        data={sorts.map((sort) => ({ value: sort, label: say(sortWords[sort]) }))}
      />
      <Button variant="default" className={classes.filters} onClick={openFilters}>
        <IconAdjustmentsHorizontal size={18} aria-hidden />
        <span className={classes.filtersWord}>{say("filters")}</span>
        {narrowing > 0 && <span className={classes.narrowing}> {narrowing}</span>}
      </Button>
    </search>
  );
}
