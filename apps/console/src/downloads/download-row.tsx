import { Anchor, Group, Text } from "@mantine/core";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import type { KeyboardEvent } from "react";
import { Link } from "wouter";
import { useFormats, useWords } from "../words/language-context.tsx";
import { DownloadFailed } from "./download-failed.tsx";
import { DownloadProgress } from "./download-progress.tsx";
import { DownloadState } from "./download-state.tsx";
import classes from "./downloads.module.css";
import { downloadsWords } from "./downloads-words.ts";
import { RowButtons } from "./row-buttons.tsx";
import type { DownloadActions } from "./use-download-actions.ts";

interface DownloadRowProps {
  readonly entry: DownloadEntry;
  readonly actions: DownloadActions;
  /** How many downloads wait. */
  readonly waiting: number;
  /** Tells those who do not see it where a moved row went. */
  announce(sentence: string): void;
}

/** One download: what it is, how far it is or why not, and what can be done. */
export function DownloadRow({ entry, actions, waiting, announce }: DownloadRowProps) {
  const say = useWords(downloadsWords);
  const formats = useFormats();
  const { title, state } = entry;
  const hasBar = state === "downloading" || state === "linking" || state === "installing" || state === "held";

  // What was held before it was paid for may have only the last download left to go on with.
  const needsLast = entry.actions.some(({ action }) => action === "get-last");

  const move = (to: "first" | "earlier" | "later") =>
    actions.move(entry.id, to, ({ downloads }) => {
      const position = downloads.find(({ id }) => id === entry.id)?.position;
      if (position !== undefined && position !== null) announce(say("moved", { title, position }));
    });
  const press = (event: KeyboardEvent) => {
    if (!event.altKey || entry.position === null) return;
    if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
    event.preventDefault();
    move(event.key === "ArrowUp" ? "earlier" : "later");
  };

  return (
    <li className={classes.row} aria-label={title} onKeyDown={press}>
      <div className={classes.head}>
        <div className={classes.name}>
          <Anchor component={Link} href={`/products/${entry.productId}`} fw={600} c="inherit" truncate display="block">
            {title}
          </Anchor>
          <Text size="xs" c="dimmed" truncate title={entry.archive}>
            {entry.archive} · {say(entry.requester === "rule" ? "byRule" : "byPerson")}
          </Text>
        </div>
        <Group gap="xs" wrap="nowrap" className={classes.side}>
          <DownloadState state={state} />
          <RowButtons entry={entry} actions={actions} waiting={waiting} move={move} />
        </Group>
      </div>
      {hasBar && <DownloadProgress entry={entry} />}
      {state === "waiting" && (
        <Text size="xs" c="dimmed" mih={20}>
          {[
            entry.position === null ? say("waiting") : say("waitingAt", { position: entry.position }),
            entry.cost === 0 ? say("paid") : say("willCost", { count: entry.cost }),
          ].join(" · ")}
        </Text>
      )}
      {(state === "failed" || (state === "held" && needsLast)) && <DownloadFailed entry={entry} actions={actions} />}
      {(state === "installed" || state === "cancelled") && (
        <Text size="xs" c="dimmed" className={classes.folder}>
          {entry.folder === null ? "" : `${entry.folder} · `}
          {formats.dateTime(entry.updatedAt)}
        </Text>
      )}
    </li>
  );
}
