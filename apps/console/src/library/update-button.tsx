import { ActionIcon, Button, Group, List, Popover, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { IconInfoCircle } from "@tabler/icons-react";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import type { Say } from "../words/define-words.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";
import { useUpdateAssets } from "./use-update-assets.ts";

function priceWords(update: NonNullable<AssetEntry["update"]>, say: Say<typeof libraryWords>): string {
  if (update.cost === 0) return say("updateFree");
  if (update.cost > update.left) return say("noneLeft");
  return update.isLast ? say("updateLast") : say("updateCosts", { cost: update.cost });
}

/** What is newer, and the update with its price on the button. */
export function UpdateButton({ asset, update }: { asset: AssetEntry; update: NonNullable<AssetEntry["update"]> }) {
  const say = useWords(libraryWords);
  const updating = useUpdateAssets();
  const { title } = asset;
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const isExhausted = update.cost > update.left;
  const price = priceWords(update, say);
  return (
    <Group gap={4} wrap="nowrap">
      <Popover width={300} position="bottom-end" shadow="md" withArrow trapFocus returnFocus>
        <Popover.Target>
          <ActionIcon variant="subtle" color="gray" size={30} aria-label={say("whatChangedOf", { title })}>
            <IconInfoCircle size={18} aria-hidden />
          </ActionIcon>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="xs" tabIndex={-1} data-autofocus>
            <Text fw={600}>{say("whatChanged")}</Text>
            {update.changes.length === 0 ? (
              <Text size="sm">{say("noChangesKnown")}</Text>
            ) : (
              <List size="sm">
                {update.changes.map((change) => (
                  <List.Item key={change}>{change}</List.Item>
                ))}
              </List>
            )}
            <Text size="sm" c="dimmed">
              {say("updateStays")}
            </Text>
          </Stack>
        </Popover.Dropdown>
      </Popover>
      <Button
        size="xs"
        loading={updating.isPending}
        aria-label={say("actionOn", { action: price, title })}
        disabled={isExhausted}
        onClick={() => (update.isLast ? ask() : updating.update([asset], { spendLast: false }))}
      >
        {price}
      </Button>
      <ConfirmDialog
        isOpen={isAsking}
        title={say("updateLastTitle", { title })}
        action={say("updateLastYes")}
        confirm={() => updating.update([asset], { spendLast: true })}
        close={close}
      >
        {say("updateLastText")}
      </ConfirmDialog>
    </Group>
  );
}
