import { Badge } from "@mantine/core";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import { useWords } from "../words/language-context.tsx";
import { downloadsWords } from "./downloads-words.ts";

const colors: Readonly<Record<DownloadEntry["state"], string>> = {
  waiting: "gray",
  linking: "accent",
  downloading: "accent",
  installing: "accent",
  held: "yellow",
  failed: "red",
  installed: "green",
  cancelled: "gray",
};

/** The state in words; the colour only repeats it. */
export function DownloadState({ state }: { state: DownloadEntry["state"] }) {
  const say = useWords(downloadsWords);
  return (
    <Badge variant="light" color={colors[state]} tt="none" fw={600}>
      {say(state)}
    </Badge>
  );
}
