import { Alert, Button, Group, Stack, Text } from "@mantine/core";
import { IconInfoCircle } from "@tabler/icons-react";
import type { CallError } from "../api/call-error.ts";
import { useWords } from "../words/language-context.tsx";
import { useExplainError } from "./explain-error.ts";
import { stateWords } from "./state-words.ts";

/** In place of what could not be had: what happened, what can be done, and a way to ask again. */
export function CallFailed({ error, again }: { error: CallError; again?: (() => void) | undefined }) {
  const say = useWords(stateWords);
  const explain = useExplainError();
  const { title, advice } = explain(error);
  return (
    <Alert role="alert" variant="light" color="gray" icon={<IconInfoCircle aria-hidden />} title={title}>
      <Stack gap="xs" align="flex-start">
        {advice !== null && <Text size="sm">{advice}</Text>}
        {again !== undefined && error.kind !== "not-available" && (
          <Group>
            <Button size="xs" variant="default" onClick={again}>
              {say("again")}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
