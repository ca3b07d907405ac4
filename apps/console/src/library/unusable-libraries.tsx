import { Alert, Button, List, Stack, Text } from "@mantine/core";
import type { LibraryAnswer } from "@org/sync-daemon/contract/library";
import { IconPlugConnectedX } from "@tabler/icons-react";
import { useAdvice } from "../states/advice.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** Libraries that are not mounted, not ours or cannot be written: which, why, and what to do. Nothing where all is well. */
export function UnusableLibraries(props: { libraries: LibraryAnswer["libraries"]; lookAgain: () => void }) {
  const say = useWords(libraryWords);
  const advise = useAdvice();
  const unusable = props.libraries.filter(({ state }) => state === "unusable");
  if (unusable.length === 0) return null;
  const advices = new Set(unusable.map(({ code }) => (code === null ? null : advise(code, null))));
  return (
    <Alert
      role="alert"
      variant="light"
      color="yellow"
      icon={<IconPlugConnectedX aria-hidden />}
      title={say("unusableTitle", { count: unusable.length })}
    >
      <Stack gap="sm" align="flex-start">
        <List size="sm">
          {unusable.map(({ assetType, folder, message }) => (
            <List.Item key={assetType}>
              <Text span fw={600}>
                {say(assetType)}:
              </Text>{" "}
              {message ?? folder}
            </List.Item>
          ))}
        </List>
        {[...advices].map(
          (advice) =>
            advice !== null && (
              <Text key={advice} size="sm">
                {advice}
              </Text>
            ),
        )}
        <Text size="sm">{say("unusableCalm")}</Text>
        <Button size="xs" variant="default" onClick={props.lookAgain}>
          {say("lookAgain")}
        </Button>
      </Stack>
    </Alert>
  );
}
