import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import type { SpendEntry } from "@org/sync-daemon/contract/ledger";
import { IconHelpCircle } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { activityWords } from "./activity-words.ts";

interface Question {
  readonly spend: SpendEntry;
  readonly outcome: "confirmed" | "released";
}

/** Spends of which nobody knows the outcome, explained, for a person to settle. Nothing where there are none. */
export function SpendsInDoubt() {
  const say = useWords(activityWords);
  const formats = useFormats();
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const settle = useAction("settleSpend");
  const [question, ask] = useState<Question | null>(null);
  const spends = useOperation("ledger", { state: "in-doubt", limit: 100 }).data?.spends ?? [];
  const titleOf = (spend: SpendEntry) => spend.title ?? say("productNumber", { id: String(spend.productId) });
  if (spends.length === 0) return null;

  return (
    <Alert
      color="yellow"
      variant="light"
      icon={<IconHelpCircle aria-hidden />}
      title={say("doubtTitle", { count: spends.length })}
    >
      <Stack gap="sm">
        <Text size="sm">{say("doubtText")}</Text>
        {spends.map((spend) => (
          <Group key={spend.id} gap="sm">
            <Text size="sm" fw={600} flex="1 1 200px">
              {titleOf(spend)}, {formats.dateTime(spend.reservedAt)}
            </Text>
            <Button size="xs" variant="default" onClick={() => ask({ spend, outcome: "confirmed" })}>
              {say("wasCounted")}
            </Button>
            <Button size="xs" variant="default" onClick={() => ask({ spend, outcome: "released" })}>
              {say("wasNotCounted")}
            </Button>
          </Group>
        ))}
      </Stack>
      {question !== null && (
        <ConfirmDialog
          isOpen
          title={say("settleTitle", { title: titleOf(question.spend) })}
          action={say(question.outcome === "confirmed" ? "wasCounted" : "wasNotCounted")}
          confirm={() =>
            settle.mutate(
              { id: String(question.spend.id), outcome: question.outcome },
              { onError: tellFailure, onSuccess: () => void queries.invalidateQueries() },
            )
          }
          close={() => ask(null)}
        >
          {say(question.outcome === "confirmed" ? "settleConfirmed" : "settleReleased")}
        </ConfirmDialog>
      )}
    </Alert>
  );
}
