import { Text } from "@mantine/core";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useWords } from "../words/language-context.tsx";
import { downloadsWords } from "./downloads-words.ts";
import { useDownloadsLeft } from "./use-downloads-left.ts";

/** Asks before something paid for is given up, and says what that is. */
export function CancelDialog({ entry, cancel, close }: { entry: DownloadEntry; cancel(): void; close(): void }) {
  const say = useWords(downloadsWords);
  const left = useDownloadsLeft(entry.productId);
  return (
    <ConfirmDialog
      isOpen
      isDangerous
      title={say("cancelTitle", { title: entry.title })}
      action={say("cancel")}
      confirm={cancel}
      close={close}
    >
      <Text>{left === null ? say("cancelText") : say("cancelTextOf", { left })}</Text>
      {entry.state !== "held" && (
        <Text mt="xs" c="dimmed">
          {say("holdInstead")}
        </Text>
      )}
    </ConfirmDialog>
  );
}
