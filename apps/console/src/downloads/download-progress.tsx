import { Group, Progress, Text } from "@mantine/core";
import type { DownloadEntry } from "@org/sync-daemon/contract/downloads";
import { useTransferProgress } from "../connection/live-context.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { downloadsWords } from "./downloads-words.ts";
import { transferFigures } from "./transfer-figures.ts";

/** The bar with its figures. Takes the same room whatever is known, so that nothing below it moves. */
export function DownloadProgress({ entry }: { entry: DownloadEntry }) {
  const say = useWords(downloadsWords);
  const formats = useFormats();
  const figures = transferFigures(entry, useTransferProgress(entry.productId));
  const isUnknown = figures.percent === null && (entry.state === "downloading" || entry.state === "linking");
  const isWorking = entry.state === "installing" || isUnknown;
  const percent = entry.state === "installing" ? 100 : (figures.percent ?? (isUnknown ? 100 : 0));

  const size =
    figures.bytes === null
      ? figures.totalBytes === null
        ? ""
        : formats.bytes(figures.totalBytes)
      : figures.totalBytes === null
        ? formats.bytes(figures.bytes)
        : say("bytesOf", { bytes: formats.bytes(figures.bytes), total: formats.bytes(figures.totalBytes) });
  const rate =
    entry.state === "downloading" && figures.bytesPerSecond !== null
      ? formats.bytesPerSecond(figures.bytesPerSecond)
      : "";
  const left =
    entry.state === "downloading" && figures.remainingMs !== null
      ? say("left", { time: formats.duration(figures.remainingMs) })
      : "";

  return (
    <div>
      <Progress.Root size="sm" aria-hidden={false}>
        <Progress.Section
          value={percent}
          striped={isWorking}
          animated={isWorking}
          color={entry.state === "held" ? "gray" : "accent"}
          aria-label={say("progressOf", { title: entry.title })}
        />
      </Progress.Root>
      <Group gap="md" mt={4} mih={20} justify="space-between" wrap="nowrap">
        <Text size="xs" c="dimmed" truncate>
          {size}
        </Text>
        <Group gap="md" wrap="nowrap">
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {rate}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {left}
          </Text>
        </Group>
      </Group>
    </div>
  );
}
