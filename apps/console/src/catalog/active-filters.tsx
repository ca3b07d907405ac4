import { Button, Group } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { assetTypeWords } from "../words/asset-type-words.ts";
import { useWords } from "../words/language-context.tsx";
import { type CatalogFilter, emptyFilter } from "./catalog-filter.ts";
import { catalogWords } from "./catalog-words.ts";
import { describeFilter } from "./describe-filter.ts";

/** What narrows the catalog now, each part to be taken away with one click. */
export function ActiveFilters({ filter, change }: { filter: CatalogFilter; change: (next: CatalogFilter) => void }) {
  const say = useWords(catalogWords);
  const parts = describeFilter(filter, say, useWords(assetTypeWords));
  if (parts.length === 0) return null;
  return (
    <Group gap={6} role="group" aria-label={say("activeFilters")} pb="sm">
      {parts.map(({ id, label, without }) => (
        <Button
          key={id}
          size="compact-sm"
          variant="light"
          radius="xl"
          maw={280}
          rightSection={<IconX size={14} aria-hidden />}
          aria-label={say("remove", { what: label })}
          onClick={() => change(without)}
        >
          {label}
        </Button>
      ))}
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        onClick={() => change({ ...emptyFilter, sort: filter.sort })}
      >
        {say("removeAll")}
      </Button>
    </Group>
  );
}
