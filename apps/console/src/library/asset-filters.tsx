import { Group, NativeSelect, SegmentedControl, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useWords } from "../words/language-context.tsx";
import type { AssetFilter } from "./asset-filter.ts";
import classes from "./library.module.css";
import { libraryWords } from "./library-words.ts";

interface AssetFiltersProps {
  readonly filter: AssetFilter;
  change(filter: AssetFilter): void;
  readonly updatesWaiting: number | undefined;
  readonly withdrawn: number | undefined;
}

const assetTypes = ["model", "material", "geonode", "fx"] as const;
const sorts = [
  ["title", "byTitle"],
  ["newest", "byNewest"],
  ["size", "bySize"],
] as const;
const choices = ["all", "updates", "withdrawn"] as const;

/** Narrows and orders the list of assets. */
export function AssetFilters({ filter, change, updatesWaiting, withdrawn }: AssetFiltersProps) {
  const say = useWords(libraryWords);
  return (
    <Group gap="sm">
      <TextInput
        type="search"
        data-search
        flex="1 1 200px"
        leftSection={<IconSearch size={16} aria-hidden />}
        aria-label={say("search")}
        placeholder={say("search")}
        value={filter.text}
        onChange={(event) => change({ ...filter, text: event.currentTarget.value })}
      />
      <SegmentedControl
        aria-label={say("only")}
        classNames={{ label: classes.choice }}
        value={filter.only ?? "all"}
        onChange={(value) => change({ ...filter, only: choices.find((one) => one === value) ?? "all" })}
        data={[
          { value: "all", label: say("all") },
          { value: "updates", label: say("updatesCount", { count: updatesWaiting ?? 0 }) },
          { value: "withdrawn", label: say("withdrawnCount", { count: withdrawn ?? 0 }) },
        ]}
      />
      <NativeSelect
        aria-label={say("type")}
        value={filter.assetType ?? ""}
        onChange={(event) =>
          change({ ...filter, assetType: assetTypes.find((type) => type === event.currentTarget.value) })
        }
        data={[{ value: "", label: say("anyType") }, ...assetTypes.map((type) => ({ value: type, label: say(type) }))]}
      />
      <NativeSelect
        aria-label={say("sort")}
        value={filter.sort ?? "title"}
        onChange={(event) =>
          change({ ...filter, sort: sorts.find(([sort]) => sort === event.currentTarget.value)?.[0] ?? "title" })
        }
        data={sorts.map(([value, word]) => ({ value, label: say(word) }))}
      />
    </Group>
  );
}
