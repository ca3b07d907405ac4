import { Button, Group, NativeSelect, Stack, Text } from "@mantine/core";
import type { SpendEntry } from "@org/sync-daemon/contract/ledger";
import { IconFileTypeCsv } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { AnswerTo } from "../api/api-client.ts";
import { useApi } from "../api/api-context.tsx";
import type { CallError } from "../api/call-error.ts";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useDownloadTable } from "../states/use-download-table.ts";
import { useWords } from "../words/language-context.tsx";
import { activityWords } from "./activity-words.ts";
import { LedgerTotals } from "./ledger-totals.tsx";
import { SpendTable } from "./spend-table.tsx";
import { SpendsInDoubt } from "./spends-in-doubt.tsx";

const states = ["confirmed", "in-doubt", "released", "reserved"] as const satisfies readonly SpendEntry["state"][];
const pageSize = 100;

/** Every download that was spent: when, on what, who asked, and how it is known. */
export function Ledger() {
  const say = useWords(activityWords);
  const api = useApi();
  const table = useDownloadTable("ledgerCsv", "ledger.csv");
  const [state, setState] = useState<SpendEntry["state"] | undefined>(undefined);
  const ledger = useInfiniteQuery<
    AnswerTo<"ledger">,
    CallError,
    { pages: AnswerTo<"ledger">[] },
    readonly unknown[],
    number | undefined
  >({
    queryKey: ["ledger", { state }],
    queryFn: ({ signal, pageParam: beforeId }) => api.call("ledger", { state, beforeId, limit: pageSize }, { signal }),
    initialPageParam: undefined,
    getNextPageParam: ({ nextBeforeId }) => nextBeforeId ?? undefined,
  });
  const spends = ledger.data?.pages.flatMap((page) => page.spends);

  return (
    <Stack gap="md">
      <SpendsInDoubt />
      <Group justify="space-between" gap="sm">
        <LedgerTotals />
        <Group gap="sm">
          <NativeSelect
            aria-label={say("state")}
            value={state ?? ""}
            onChange={(event) => setState(states.find((one) => one === event.currentTarget.value))}
            data={[{ value: "", label: say("allStates") }, ...states.map((value) => ({ value, label: say(value) }))]}
          />
          <Button
            variant="default"
            leftSection={<IconFileTypeCsv size={18} aria-hidden />}
            loading={table.isPending}
            onClick={table.download}
          >
            {say("exportCsv")}
          </Button>
        </Group>
      </Group>
      {spends === undefined ? (
        ledger.error === null ? (
          <RowSkeletons height={44} count={8} />
        ) : (
          <CallFailed error={ledger.error} again={() => void ledger.refetch()} />
        )
      ) : spends.length === 0 ? (
        <Text py="lg">{say(state === undefined ? "noSpends" : "noSpendsFound")}</Text>
      ) : (
        <>
          <SpendTable spends={spends} />
          {ledger.hasNextPage && (
            <Button variant="subtle" loading={ledger.isFetchingNextPage} onClick={() => void ledger.fetchNextPage()}>
              {say("older")}
            </Button>
          )}
        </>
      )}
    </Stack>
  );
}
