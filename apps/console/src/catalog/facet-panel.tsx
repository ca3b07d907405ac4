import { Fieldset, Radio, Skeleton, Stack, Text } from "@mantine/core";
import type { Facets } from "@org/sync-daemon/contract/products";
import { memo } from "react";
import { isCallError } from "../api/call-error.ts";
import { useOperation } from "../api/use-operation.ts";
import { assetTypeWords } from "../words/asset-type-words.ts";
import { useWords } from "../words/language-context.tsx";
import { type CatalogFilter, type ListKey, switchKeys, toFilterRequest, toggleValue } from "./catalog-filter.ts";
import { catalogWords } from "./catalog-words.ts";
import { FacetCheckbox, type FacetChoice, FacetList } from "./facet-list.tsx";
import classes from "./facets.module.css";
import { PolygonRange } from "./polygon-range.tsx";

interface PanelProps {
  /** What is chosen; its text and order do not count. */
  readonly filter: CatalogFilter;
  /** The filter whose products are shown. The counts come after them: one looks at the products first. */
  readonly counted: CatalogFilter;
  edit(next: (now: CatalogFilter) => CatalogFilter): void;
}

/** What the catalog can be narrowed by, with what each choice would leave. */
export const FacetPanel = memo(function FacetPanel({ filter, counted, edit }: PanelProps) {
  const say = useWords(catalogWords);
  const sayType = useWords(assetTypeWords);
  const { data: facets, error } = useOperation("facets", toFilterRequest(counted), { keepPrevious: true });
  if (isCallError(error, "not-available")) return <Text size="sm">{say("facetsMissing")}</Text>;
  if (facets === undefined) return <FacetSkeleton />;
  const list = (key: ListKey, choices: readonly FacetChoice[]) => (
    <FacetList
      key={key}
      title={say(key)}
      choices={choices}
      chosen={filter[key]}
      toggle={(value) => edit((now) => toggleValue(now, key, value))}
    />
  );
  const isType = (value: string): value is keyof typeof assetTypeWords => value in assetTypeWords;
  const types = facets.assetType.map((choice) =>
    isType(choice.value) ? { ...choice, label: sayType(choice.value) } : choice,
  );
  return (
    <div>
      {list("assetType", types)}
      <Fieldset legend={say("state")} variant="unstyled" className={classes.facet}>
        {switchKeys.map((key) => (
          <FacetCheckbox
            key={key}
            label={say(key)}
            count={facets[key]}
            isChosen={filter[key] === true}
            toggle={() => edit((now) => ({ ...now, [key]: now[key] === true ? undefined : true }))}
          />
        ))}
      </Fieldset>
      {list("category", facets.category)}
      {filter.category.length > 0 && list("subCategory", facets.subCategory)}
      <LeftChoice facets={facets} filter={filter} edit={edit} />
      {facets.polygons !== null && (
        <PolygonRange
          bounds={facets.polygons}
          min={filter.minPolygons}
          max={filter.maxPolygons}
          change={(range) => edit((now) => ({ ...now, ...range }))}
        />
      )}
      {list("licence", facets.licence)}
      {list("blenderVersion", facets.blenderVersion)}
    </div>
  );
});

/** At least so many downloads left; 0 is everything. */
function LeftChoice({ facets, filter, edit }: Pick<PanelProps, "filter" | "edit"> & { facets: Facets }) {
  const say = useWords(catalogWords);
  const counts = facets.left.map(({ value }) => Number(value)).filter((count) => count > 0);
  if (counts.length === 0) return null;
  return (
    <Fieldset legend={say("left")} variant="unstyled" className={classes.facet}>
      <Radio.Group
        value={String(filter.minLeft ?? 0)}
        onChange={(value) => edit((now) => ({ ...now, minLeft: value === "0" ? undefined : Number(value) }))}
      >
        <Stack gap={6}>
          <Radio size="xs" value="0" label={say("any")} classNames={{ label: classes.radio }} />
          {counts.map((count) => (
            <Radio
              size="xs"
              key={count}
              value={String(count)}
              label={say("leftAtLeast", { count })}
              classNames={{ label: classes.radio }}
            />
          ))}
        </Stack>
      </Radio.Group>
    </Fieldset>
  );
}

function FacetSkeleton() {
  return (
    <Stack gap="sm" aria-hidden>
      {["a", "b", "c", "d", "e", "f", "g", "h"].map((key) => (
        <Skeleton key={key} height={14} />
      ))}
    </Stack>
  );
}
