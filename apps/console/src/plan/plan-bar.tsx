import { Alert, Badge, Button, Group, Paper, Stack, Text } from "@mantine/core";
import { IconCircleCheck } from "@tabler/icons-react";
import { Link } from "wouter";
import { useAction } from "../api/use-operation.ts";
import { CallFailed } from "../states/call-failed.tsx";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";
import type { PlanDraft } from "./use-plan-draft.ts";
import type { PlanPreviewState } from "./use-plan-preview.ts";

/** Writes the rules down or throws the changes away; then offers to act on them at once. */
export function PlanBar({ draft, preview }: { draft: PlanDraft; preview: PlanPreviewState }) {
  const say = useWords(planWords);
  return (
    <Stack gap="sm">
      <Paper withBorder px="md" py="xs">
        <Group justify="space-between" gap="sm" mih={36}>
          <Group gap="xs" flex="1 1 240px">
            <Text size="sm">{say("rulesHow")}</Text>
            {draft.isChanged && (
              <Badge color="yellow" variant="light" tt="none">
                {say("unsaved")}
              </Badge>
            )}
          </Group>
          <Group gap="sm" wrap="nowrap">
            <Button variant="default" disabled={!draft.isChanged} onClick={draft.discard}>
              {say("discard")}
            </Button>
            <Button
              disabled={!draft.isChanged || !draft.isComplete || draft.isFixed}
              loading={draft.isApplying}
              onClick={draft.apply}
            >
              {say("apply")}
            </Button>
          </Group>
        </Group>
      </Paper>
      {draft.error !== null && <CallFailed error={draft.error} />}
      {draft.isApplied && <Applied preview={preview} />}
    </Stack>
  );
}

function Applied({ preview }: { preview: PlanPreviewState }) {
  const say = useWords(planWords);
  const tellFailure = useTellFailure();
  const sync = useAction("sync");
  const cost = preview.data?.price.downloads;
  return (
    <Alert role="status" color="green" variant="light" icon={<IconCircleCheck aria-hidden />} title={say("applied")}>
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{sync.isPending ? say("syncing") : say("appliedNext")}</Text>
        {sync.isPending ? (
          <Button size="xs" component={Link} href="/downloads" variant="default">
            {say("toDownloads")}
          </Button>
        ) : (
          <Button
            size="xs"
            disabled={cost === undefined || preview.isOld}
            onClick={() => sync.mutate({}, { onError: tellFailure })}
          >
            {say("syncNow", { count: cost ?? 0 })}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
