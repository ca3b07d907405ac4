import { Button, EmptyState, Stack, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconBox } from "@tabler/icons-react";
import { useId, useState } from "react";
import { Link } from "wouter";
import { useOperation } from "../api/use-operation.ts";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useWords } from "../words/language-context.tsx";
import { type AssetFilter, isNarrowed, wholeLibrary } from "./asset-filter.ts";
import { AssetFilters } from "./asset-filters.tsx";
import { AssetList, pageSize } from "./asset-list.tsx";
import { libraryWords } from "./library-words.ts";
import { UpdateAll } from "./update-all.tsx";
import type { Checks } from "./use-checks.ts";

interface AssetBrowserProps {
  readonly updatesWaiting: number | undefined;
  readonly withdrawn: number | undefined;
  readonly checks: Checks;
  adopt(): void;
}

/** A pause in typing after which the library is searched. */
const typingPauseMs = 200;

/** What is installed, narrowed by search and filters. */
export function AssetBrowser({ updatesWaiting, withdrawn, checks, adopt }: AssetBrowserProps) {
  const say = useWords(libraryWords);
  const id = useId();
  const [filter, setFilter] = useState<AssetFilter>(wholeLibrary);
  const [asked] = useDebouncedValue(filter, typingPauseMs, { leading: true });
  const first = useOperation("assets", { ...asked, limit: pageSize, offset: 0 }, { keepPrevious: true });
  const total = first.data?.total;

  return (
    <Stack component="section" gap="sm" aria-labelledby={id}>
      <Title order={2} size="h4" id={id}>
        {say("installed")}
      </Title>
      <AssetFilters filter={filter} change={setFilter} updatesWaiting={updatesWaiting} withdrawn={withdrawn} />
      {filter.only === "updates" && (updatesWaiting ?? 0) > 0 && <UpdateAll />}
      <Text size="sm" c="dimmed" role="status" mih={20}>
        {total === undefined || total === 0 ? "" : say("found", { count: total })}
      </Text>
      {first.data === undefined ? (
        first.error === null ? (
          <RowSkeletons height={84} count={6} />
        ) : (
          <CallFailed error={first.error} again={() => void first.refetch()} />
        )
      ) : first.data.total === 0 ? (
        <NoAssets filter={asked} adopt={adopt} />
      ) : (
        <AssetList filter={asked} total={first.data.total} first={first.data.assets} checks={checks} />
      )}
    </Stack>
  );
}

function NoAssets({ filter, adopt }: { filter: AssetFilter; adopt: () => void }) {
  const say = useWords(libraryWords);
  if (isNarrowed(filter)) {
    const isOnly = (filter.text ?? "") === "" && filter.assetType === undefined;
    const sentence =
      isOnly && filter.only === "updates"
        ? "noUpdates"
        : isOnly && filter.only === "withdrawn"
          ? "noWithdrawn"
          : "nothingFound";
    return <Text py="lg">{say(sentence)}</Text>;
  }
  return (
    <EmptyState
      py="xl"
      icon={<IconBox aria-hidden />}
      title={say("emptyTitle")}
      description={say("emptyAdvice")}
      withIndicatorBackground
    >
      <EmptyState.Actions>
        <Button component={Link} href="/">
          {say("toCatalog")}
        </Button>
        <Button variant="default" onClick={adopt}>
          {say("adopt")}
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
