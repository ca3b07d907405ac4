import { ActionIcon, Anchor, Button, Popover, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconRefresh } from "@tabler/icons-react";
import { Link } from "wouter";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { statusWords } from "./status-words.ts";

/** Syncs when asked, after it has said what that costs. */
export function SyncButton() {
  const say = useWords(statusWords);
  const tellFailure = useTellFailure();
  const [isOpen, { toggle, close }] = useDisclosure(false);
  const { data: status } = useOperation("status", {});
  const sync = useAction("sync");
  const isBusy = sync.isPending || status?.state === "syncing";
  const start = () => {
    close();
    sync.mutate(
      {},
      {
        onError: tellFailure,
        onSuccess: ({ committed, failed }) =>
          notifications.show({
            color: failed.length === 0 ? "accent" : "orange",
            title: say("syncDone", { count: committed }),
            message: failed.length === 0 ? "" : say("syncFailed", { count: failed.length }),
          }),
      },
    );
  };
  return (
    <Popover
      opened={isOpen}
      onChange={(open) => !open && close()}
      width={300}
      position="bottom-end"
      shadow="md"
      trapFocus
    >
      <Popover.Target>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={say("sync")}
          onClick={toggle}
          loading={isBusy}
          disabled={status === undefined || status.state === "setup"}
        >
          <IconRefresh size={18} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>{isOpen && <SyncPrice start={start} close={close} />}</Popover.Dropdown>
    </Popover>
  );
}

function SyncPrice({ start, close }: { start: () => void; close: () => void }) {
  const say = useWords(statusWords);
  const { data: plan, isPending } = useOperation("plan", {});
  const downloads = plan?.price.downloads ?? 0;
  const planned = plan?.items.filter(({ action }) => action === "download" || action === "update").length ?? 0;
  return (
    <Stack gap="sm">
      <Skeleton visible={isPending}>
        <Text size="sm">
          {plan === undefined
            ? say("syncPriceUnknown")
            : planned === 0
              ? say("syncFree")
              : say("syncPrice", { count: planned, downloads })}
        </Text>
      </Skeleton>
      <Button onClick={start} loading={isPending} data-autofocus>
        {downloads === 0 ? say("sync") : say("syncCosting", { count: downloads })}
      </Button>
      <Anchor component={Link} href="/plan" size="sm" onClick={close}>
        {say("seePlan")}
      </Anchor>
    </Stack>
  );
}
