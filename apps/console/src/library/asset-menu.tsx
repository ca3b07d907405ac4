import { ActionIcon, Menu } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { IconArrowBackUp, IconDots, IconFolder, IconShieldCheck, IconTool } from "@tabler/icons-react";
import { useAction } from "../api/use-operation.ts";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";
import type { Checks } from "./use-checks.ts";

/** What can be done with one asset. Nothing here costs a download. */
export function AssetMenu({ asset, checks }: { asset: AssetEntry; checks: Checks }) {
  const say = useWords(libraryWords);
  const tellFailure = useTellFailure();
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const openFolder = useAction("openFolder");
  const { productId, title } = asset;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={say("actionsOf", { title })}>
            <IconDots size={18} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconFolder size={16} aria-hidden />}
            onClick={() => openFolder.mutate({ id: String(productId) }, { onError: tellFailure })}
          >
            {say("openFolder")}
          </Menu.Item>
          <Menu.Item leftSection={<IconShieldCheck size={16} aria-hidden />} onClick={() => checks.verify([productId])}>
            {say("verifyOne")}
          </Menu.Item>
          {asset.isArchiveKept && (
            <Menu.Item leftSection={<IconTool size={16} aria-hidden />} onClick={() => checks.repair([productId])}>
              {say("repairOne")}
            </Menu.Item>
          )}
          {asset.hasPrevious && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} aria-hidden />} onClick={ask}>
              {say("rollBack")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        isOpen={isAsking}
        title={say("rollBackTitle", { title })}
        action={say("rollBack")}
        confirm={() => checks.repair([productId], { previous: true })}
        close={close}
      >
        {say("rollBackText")}
      </ConfirmDialog>
    </>
  );
}
