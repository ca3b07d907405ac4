import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import {
  IconChevronDown,
  IconChevronsUp,
  IconChevronUp,
  IconFolder,
  IconPlayerPause,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { useWords } from "../words/language-context.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { downloadsWords } from "./downloads-words.ts";
import type { DownloadActions } from "./use-download-actions.ts";

interface RowButtonsProps {
  readonly entry: DownloadEntry;
  readonly actions: DownloadActions;
  readonly waiting: number;
  move(to: "first" | "earlier" | "later"): void;
}

/** What can be done with a download; only what the daemon offers for it now. */
export function RowButtons({ entry, actions, waiting, move }: RowButtonsProps) {
  const say = useWords(downloadsWords);
  const [isAsking, { open: ask, close }] = useDisclosure(false);
  const { title, position } = entry;
  const offers = (action: string) => entry.actions.some((one) => one.action === action);
  const resume = entry.actions.find(({ action }) => action === "resume");
  // What is paid for is not given up by one click. What costs nothing to have again is.
  const isPaid = entry.cost === 0 && entry.state !== "failed";

  return (
    <>
      {position !== null && waiting > 1 && (
        <>
          <IconButton label={say("firstOf", { title })} isDisabled={position === 1} act={() => move("first")}>
            <IconChevronsUp size={18} aria-hidden />
          </IconButton>
          <IconButton label={say("earlierOf", { title })} isDisabled={position === 1} act={() => move("earlier")}>
            <IconChevronUp size={18} aria-hidden />
          </IconButton>
          <IconButton label={say("laterOf", { title })} isDisabled={position === waiting} act={() => move("later")}>
            <IconChevronDown size={18} aria-hidden />
          </IconButton>
        </>
      )}
      {offers("hold") && (
        <IconButton label={say("holdOf", { title })} act={() => actions.hold(entry.id)}>
          <IconPlayerPause size={18} aria-hidden />
        </IconButton>
      )}
      {resume?.cost === 0 && (
        <IconButton label={say("resumeOf", { title })} act={() => actions.resume(entry.id)}>
          <IconPlayerPlay size={18} aria-hidden />
        </IconButton>
      )}
      {resume !== undefined && resume.cost > 0 && (
        // It was held before anything was paid for, so going on is what spends.
        <Button
          size="xs"
          loading={actions.isBusy}
          leftSection={<IconPlayerPlay size={16} aria-hidden />}
          aria-label={say("resumeCostsOf", { title, cost: resume.cost })}
          onClick={() => actions.resume(entry.id)}
        >
          {say("resumeCosts", { cost: resume.cost })}
        </Button>
      )}
      {offers("cancel") && (
        <IconButton label={say("cancelOf", { title })} act={() => (isPaid ? ask() : actions.cancel(entry.id))}>
          <IconX size={18} aria-hidden />
        </IconButton>
      )}
      {entry.state === "installed" && entry.folder !== null && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconFolder size={16} aria-hidden />}
          aria-label={say("openFolderOf", { title })}
          onClick={() => actions.openFolder(entry.productId)}
        >
          {say("openFolder")}
        </Button>
      )}
      {isAsking && <CancelDialog entry={entry} cancel={() => actions.cancel(entry.id)} close={close} />}
    </>
  );
}

function IconButton(props: { label: string; isDisabled?: boolean; act: () => void; children: ReactNode }) {
  const { label, isDisabled = false, act, children } = props;
  return (
    <Tooltip label={label} openDelay={500}>
      {/* Not `disabled`: the button that moved a row to the top would lose the focus. */}
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        aria-disabled={isDisabled}
        opacity={isDisabled ? 0.4 : undefined}
        onClick={() => !isDisabled && act()}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}
