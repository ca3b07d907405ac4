import { Button, Stack, Text, Title, VisuallyHidden } from "@mantine/core";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import { type ReactNode, useId, useState } from "react";
import { useWords } from "../words/language-context.tsx";
import { groupDownloads } from "./download-groups.ts";
import { DownloadRow } from "./download-row.tsx";
import classes from "./downloads.module.css";
import { downloadsWords } from "./downloads-words.ts";
import { NoDownloads } from "./no-downloads.tsx";
import { useDownloadActions } from "./use-download-actions.ts";

/** Rows shown of a list at first: a plan may hold thousands that wait. */
const shownAtFirst = 100;

/** What is open, what failed and what ended, each with its own heading. */
export function DownloadLists({ downloads }: { downloads: readonly DownloadEntry[] }) {
  const say = useWords(downloadsWords);
  const [announced, announce] = useState("");
  const actions = useDownloadActions();
  const { open, failed, ended } = groupDownloads(downloads);
  const waiting = open.filter(({ state }) => state === "waiting").length;

  const rows = (entries: readonly DownloadEntry[]) =>
    entries.map((entry) => (
      <DownloadRow key={entry.id} entry={entry} actions={actions} waiting={waiting} announce={announce} />
    ));
  if (downloads.length === 0) return <NoDownloads />;
  return (
    <>
      <VisuallyHidden role="status">{announced}</VisuallyHidden>
      <Section title={say("openTitle")} entries={open} rows={rows}>
        {waiting > 1 && (
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {say("reorderHint")}
          </Text>
        )}
      </Section>
      <Section title={say("failedTitle")} entries={failed} rows={rows} />
      <Section title={say("endedTitle")} entries={ended} rows={rows} />
    </>
  );
}

function Section(props: {
  title: string;
  entries: readonly DownloadEntry[];
  rows: (entries: readonly DownloadEntry[]) => ReactNode;
  children?: ReactNode;
}) {
  const { title, entries, rows, children } = props;
  const say = useWords(downloadsWords);
  const [areAllShown, setAllShown] = useState(false);
  const id = useId();
  if (entries.length === 0) return null;
  const shown = areAllShown ? entries : entries.slice(0, shownAtFirst);
  return (
    <Stack component="section" gap="xs" aria-labelledby={id}>
      <Title order={2} size="h4" id={id}>
        {title}
      </Title>
      {children}
      <ul className={classes.list}>{rows(shown)}</ul>
      {shown.length < entries.length && (
        <Button variant="subtle" onClick={() => setAllShown(true)}>
          {say("showAll", { count: entries.length - shown.length })}
        </Button>
      )}
    </Stack>
  );
}
