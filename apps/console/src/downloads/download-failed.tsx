import { Button, Group, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import { ConfirmDialog } from "../dialogs/confirm-dialog.tsx";
import { useAdvice } from "../states/advice.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { downloadsWords } from "./downloads-words.ts";
import type { DownloadActions } from "./use-download-actions.ts";
import { useDownloadsLeft } from "./use-downloads-left.ts";

/** Why a download failed, what can be done, and the offer to get it again with its price on the button. */
export function DownloadFailed({ entry, actions }: { entry: DownloadEntry; actions: DownloadActions }) {
  const say = useWords(downloadsWords);
  const formats = useFormats();
  const advise = useAdvice();
  const left = useDownloadsLeft(entry.productId);
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const { failure, title } = entry;
  const get = entry.actions.find(({ action }) => action === "get");
  const getLast = entry.actions.find(({ action }) => action === "get-last");

  const request = (spendLast: boolean) =>
    actions.request({ products: [entry.productId], downloadId: entry.downloadId, spendLast });
  const price = (cost: number) =>
    cost === 0 ? say("getFree") : left === null ? say("getCosts", { cost }) : say("getCostsOf", { cost, left });

  return (
    <div>
      {failure !== null && (
        <div style={{ overflowWrap: "anywhere" }}>
          <Text size="sm">{failure.message}</Text>
          <Text size="sm" fw={600}>
            {advise(failure.code, failure.advice)}
          </Text>
          {failure.retryAt !== null && (
            <Text size="sm" c="dimmed">
              {say("retryAt", { time: formats.relative(failure.retryAt, Date.now()) })}
            </Text>
          )}
        </div>
      )}
      {(get !== undefined || getLast !== undefined) && (
        <Group gap="xs" mt="xs">
          {get !== undefined && (
            <Button size="xs" loading={actions.isBusy} onClick={() => request(false)}>
              {price(get.cost)}
            </Button>
          )}
          {getLast !== undefined && (
            <Button size="xs" variant="default" loading={actions.isBusy} onClick={ask}>
              {say("getLast")}
            </Button>
          )}
        </Group>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        title={say("lastTitle", { title })}
        action={say("getLast")}
        confirm={() => request(true)}
        close={close}
      >
        {say("lastText")}
      </ConfirmDialog>
    </div>
  );
}
