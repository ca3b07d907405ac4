import { Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useOperation } from "../api/use-operation.ts";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";
import { useUpdateAssets } from "./use-update-assets.ts";

/** More than this at once the daemon does not take. */
const mostAtOnce = 1_000;

/** All updates that wait, with what they cost together. Asks once more, since it may be many. */
export function UpdateAll() {
  const say = useWords(libraryWords);
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const waiting = useOperation("assets", { only: "updates", limit: mostAtOnce, offset: 0 }).data?.assets;
  const updating = useUpdateAssets();
  if (waiting === undefined) return <Paper withBorder h={56} />;
  // The last download of a product is never used together with others, where it would go unnoticed.
  const askable = waiting.filter(({ update }) => update !== null && !update.isLast && update.cost <= update.left);
  const cost = askable.reduce((sum, { update }) => sum + (update?.cost ?? 0), 0);
  const count = askable.length;
  const without = waiting.length - count;
  return (
    <Paper withBorder px="md" py="xs">
      <Group justify="space-between">
        <div>
          <Text>{say("updatesWait", { count: waiting.length })}</Text>
          {without > 0 && (
            <Text size="sm" c="dimmed">
              {say("updateAllWithout", { count: without })}
            </Text>
          )}
        </div>
        <Button size="xs" loading={updating.isPending} onClick={ask} disabled={count === 0}>
          {say("updateAll", { cost })}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={say("updateAllTitle", { count })}
        action={say("updateAll", { cost })}
        confirm={() => updating.update(askable, { spendLast: false })}
        close={close}
      >
        <Text>{say("updateAllText", { count: cost })}</Text>
        <Text mt="xs" c="dimmed">
          {say("updateStays")}
        </Text>
      </ConfirmDialog>
    </Paper>
  );
}
