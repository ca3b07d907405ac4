import { Button, Group, Paper, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useOperation } from "../api/use-operation.ts";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useRequestProducts } from "../downloads/use-request-products.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** More than this at once the daemon does not take. */
const mostAtOnce = 1_000;

/** All updates that wait, with what they cost together. Asks once more, since it may be many. */
export function UpdateAll() {
  const say = useWords(libraryWords);
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const waiting = useOperation("assets", { only: "updates", limit: mostAtOnce, offset: 0 }).data?.assets;
  const { request, isPending } = useRequestProducts();
  if (waiting === undefined) return <Paper withBorder h={56} />;
  const cost = waiting.reduce((sum, { update }) => sum + (update?.cost ?? 0), 0);
  const count = waiting.length;
  return (
    <Paper withBorder px="md" py="xs">
      <Group justify="space-between">
        <Text>{say("updatesWait", { count })}</Text>
        <Button size="xs" loading={isPending} onClick={ask} disabled={count === 0}>
          {say("updateAll", { cost })}
        </Button>
      </Group>
      <ConfirmDialog
        isOpen={isAsking}
        title={say("updateAllTitle", { count })}
        action={say("updateAll", { cost })}
        confirm={() => request({ products: [...new Set(waiting.map(({ productId }) => productId))] })}
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
