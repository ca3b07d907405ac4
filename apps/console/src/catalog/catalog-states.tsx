import { Button, Loader, Stack, Text, Title } from "@mantine/core";
import { IconCloudDownload, IconMoodEmpty, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";
import type { CallError } from "../api/call-error.ts";
import { useOperation } from "../api/use-operation.ts";
import { useWords } from "../words/language-context.tsx";
import { catalogWords } from "./catalog-words.ts";

function State(props: { icon: ReactNode; title: string; text: string; children?: ReactNode }) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center">
      {props.icon}
      <Title order={2} size="h3">
        {props.title}
      </Title>
      <Text maw={440}>{props.text}</Text>
      {props.children}
    </Stack>
  );
}

const icon = { size: 48, stroke: 1.2, "aria-hidden": true } as const;

export function NothingFound({ removeAll }: { removeAll: () => void }) {
  const say = useWords(catalogWords);
  return (
    <State icon={<IconMoodEmpty {...icon} />} title={say("nothingFound")} text={say("nothingFoundHow")}>
      <Button variant="default" onClick={removeAll}>
        {say("removeAll")}
      </Button>
    </State>
  );
}

/** Before the first catalog: it is coming, or why it does not. */
export function NoCatalog() {
  const say = useWords(catalogWords);
  const { data: status } = useOperation("status", {});
  const failure = status?.state === "syncing" ? undefined : (status?.lastSync?.result.failed[0] ?? status?.notices[0]);
  if (failure !== undefined) {
    return <State icon={<IconPlugConnectedX {...icon} />} title={say("noCatalogFailed")} text={failure.message} />;
  }
  return (
    <State icon={<IconCloudDownload {...icon} />} title={say("noCatalog")} text={say("noCatalogHow")}>
      <Loader size="sm" />
    </State>
  );
}

export function CatalogFailed({ error, again }: { error: CallError; again: () => void }) {
  const say = useWords(catalogWords);
  return (
    <State icon={<IconPlugConnectedX {...icon} />} title={say("failed")} text={error.problem?.advice ?? error.message}>
      <Button variant="default" onClick={again}>
        {say("again")}
      </Button>
    </State>
  );
}
