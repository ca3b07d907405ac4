import { Button, Drawer } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useEffect, useMemo, useState } from "react";
import { useRoute } from "wouter";
import { useOperation } from "../api/use-operation.ts";
import { ProductOverlay } from "../product/product-overlay.tsx";
import { useWords } from "../words/language-context.tsx";
import { ActiveFilters } from "./active-filters.tsx";
import { emptyFilter, formatFilter, isNarrowed, parseFilter, toSearchRequest } from "./catalog-filter.ts";
import { CatalogFailed, NoCatalog, NothingFound } from "./catalog-states.tsx";
import { CatalogToolbar } from "./catalog-toolbar.tsx";
import classes from "./catalog-view.module.css";
import { catalogWords } from "./catalog-words.ts";
import { FacetPanel } from "./facet-panel.tsx";
import facetClasses from "./facets.module.css";
import { GridSkeleton } from "./grid-skeleton.tsx";
import { ProductGrid } from "./product-grid.tsx";
import { useCatalogFilter } from "./use-catalog-filter.ts";
import { windowSize } from "./windows.ts";

/** The shop's catalog: search, filters, and a product over it where the address names one. */
export function CatalogView() {
  const say = useWords(catalogWords);
  const { filter, change, edit } = useCatalogFilter();
  // The panel shows nothing of the text: it is not drawn again for each letter.
  const choices = formatFilter({ ...filter, text: "", sort: emptyFilter.sort });
  const panelFilter = useMemo(() => parseFilter(choices), [choices]);
  const [, product] = useRoute("/products/:id");
  const [areFiltersOpen, { open, close }] = useDisclosure(false);
  const isWide = useMediaQuery("(min-width: 75em)", undefined, { getInitialValueInEffect: false });

  const first = useOperation("search", toSearchRequest(filter, { limit: windowSize, offset: 0 }), {
    keepPrevious: true,
  });
  // The grid goes on showing what it shows until the first products of the next search are there.
  const [shownFilter, showFilter] = useState(filter);
  const hasArrived = first.data !== undefined && !first.isPlaceholderData;
  if (hasArrived && shownFilter !== filter) showFilter(filter);
  useEffect(() => {
    // Another search begins at its best match.
    if (shownFilter !== null) scrollTo({ top: 0 });
  }, [shownFilter]);

  useEffect(() => {
    if (product === null) document.title = `${say("title")} · asset-sync`;
  }, [product, say]);

  const removeAll = () => change({ ...emptyFilter, sort: filter.sort });
  const total = first.data?.total ?? null;
  const content = () => {
    if (first.data === undefined)
      return first.error === null || first.isFetching ? (
        <GridSkeleton />
      ) : (
        <CatalogFailed error={first.error} again={() => void first.refetch()} />
      );
    if (first.data.catalogRevision === null) return <NoCatalog />;
    if (first.data.total === 0) return isNarrowed(filter) ? <NothingFound removeAll={removeAll} /> : <NoCatalog />;
    return <ProductGrid filter={shownFilter} total={first.data.total} />;
  };
  return (
    <div className={classes.view}>
      <h1 className="visually-hidden">{say("title")}</h1>
      {isWide && (
        <aside className={facetClasses.panel} aria-label={say("filters")}>
          <FacetPanel filter={panelFilter} counted={shownFilter} edit={edit} />
        </aside>
      )}
      <div className={classes.content}>
        <CatalogToolbar
          filter={filter}
          total={total}
          isUpdating={first.isPlaceholderData}
          change={change}
          openFilters={open}
        />
        <ActiveFilters filter={filter} change={change} />
        {content()}
      </div>
      {!isWide && (
        <Drawer
          opened={areFiltersOpen}
          onClose={close}
          title={say("filters")}
          position="right"
          size="min(100vw, 340px)"
          closeButtonProps={{ "aria-label": say("close") }}
        >
          <FacetPanel filter={panelFilter} counted={shownFilter} edit={edit} />
          {total !== null && (
            <Button fullWidth onClick={close} className={classes.showResults}>
              {say("showResults", { count: total })}
            </Button>
          )}
        </Drawer>
      )}
      {product !== null && <ProductOverlay id={product.id} />}
    </div>
  );
}
