import { ActionIcon, Button, Group, List, Popover, Stack, Text } from "@mantine/core";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { IconInfoCircle } from "@tabler/icons-react";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";
import { useUpdateAsset } from "./use-update-asset.ts";

/** What is newer, and the update with its price on the button. */
export function UpdateButton({ asset, update }: { asset: AssetEntry; update: NonNullable<AssetEntry["update"]> }) {
  const say = useWords(libraryWords);
  const updating = useUpdateAsset();
  const { title } = asset;
  const price = update.cost === 0 ? say("updateFree") : say("updateCosts", { cost: update.cost });
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
        onClick={() => updating.update(asset)}
      >
        {price}
      </Button>
    </Group>
  );
}
