import { Alert, Group, Progress, Text } from "@mantine/core";
import type { LibraryAnswer } from "@org/sync-daemon/contract/library";
import { IconFolderShare } from "@tabler/icons-react";
import { useOperation } from "../api/use-operation.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

const titles = { copying: "moveCopying", checking: "moveChecking", done: "moveDone", failed: "moveFailed" } as const;

/** While the library moves its progress is asked for this often. */
const refetchEveryMs = 1_000;

/** How far the move to another folder is, or how the last one ended. */
export function MoveProgress({ move }: { move: NonNullable<LibraryAnswer["move"]> }) {
  const say = useWords(libraryWords);
  const formats = useFormats();
  const isUnderWay = move.state === "copying" || move.state === "checking";
  useOperation("library", {}, isUnderWay ? { refetchEveryMs } : {});
  const percent = move.totalBytes === 0 ? 0 : (move.doneBytes / move.totalBytes) * 100;
  const color = move.state === "failed" ? "yellow" : move.state === "done" ? "green" : "gray";
  return (
    <Alert
      role="status"
      variant="light"
      color={color}
      icon={<IconFolderShare aria-hidden />}
      title={say(titles[move.state], { to: move.to, from: move.from })}
    >
      {move.state === "done" ? (
        <Text size="sm">{say("moveDoneOld", { from: move.from })}</Text>
      ) : (
        move.message !== null && <Text size="sm">{move.message}</Text>
      )}
      {isUnderWay && (
        <>
          <Progress value={percent} mt="xs" aria-label={say("moveProgress")} />
          <Group justify="flex-end">
            <Text size="xs">
              {say("bytesOf", { bytes: formats.bytes(move.doneBytes), total: formats.bytes(move.totalBytes) })}
            </Text>
          </Group>
        </>
      )}
    </Alert>
  );
}
