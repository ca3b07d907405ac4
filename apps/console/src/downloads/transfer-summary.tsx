import { Group, Text } from "@mantine/core";
import type { DownloadsAnswer } from "@org/sync-daemon/contract/downloads";
import { useFormats, useWords } from "../words/language-context.tsx";
import { isMoving } from "./download-groups.ts";
import { downloadsWords } from "./downloads-words.ts";

/** All transfers together: how many, how fast, how long still. Always one line high. */
export function TransferSummary({ answer }: { answer: DownloadsAnswer | undefined }) {
  const say = useWords(downloadsWords);
  const formats = useFormats();
  const moving = answer?.downloads.filter(isMoving).length ?? 0;
  const waiting = answer?.downloads.filter(({ state }) => state === "waiting").length ?? 0;
  const parts =
    answer === undefined
      ? []
      : [
          moving === 0 ? say("idle") : say("active", { count: moving }),
          ...(waiting === 0 ? [] : [say("waitingCount", { count: waiting })]),
          ...(moving === 0 ? [] : [formats.bytesPerSecond(answer.bytesPerSecond)]),
          ...(answer.remainingMs === null ? [] : [say("left", { time: formats.duration(answer.remainingMs) })]),
        ];
  return (
    <Group mih={24} gap="xs">
      <Text c="dimmed">{parts.join(" · ")}</Text>
    </Group>
  );
}
