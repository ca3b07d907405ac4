import { Alert, Button, Stack, Text } from "@mantine/core";
import { IconRefreshAlert } from "@tabler/icons-react";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { settingNames } from "./setting-names.ts";
import { settingsWords } from "./settings-words.ts";

/** Names changes that count only after a restart, and offers it. Nothing where there are none. */
export function RestartNotice({ keys }: { keys: readonly string[] }) {
  const say = useWords(settingsWords);
  const sayName = useWords(settingNames);
  const formats = useFormats();
  const tellFailure = useTellFailure();
  const restart = useAction("restart");
  if (keys.length === 0) return null;
  const names = keys.map((key) => (key in settingNames ? sayName(key as keyof typeof settingNames & string) : key));
  return (
    <Alert
      role="status"
      color="yellow"
      variant="light"
      icon={<IconRefreshAlert aria-hidden />}
      title={say("restartWaiting", { count: keys.length })}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{formats.list(names)}</Text>
        <Text size="sm">{restart.isSuccess ? say("restarting") : say("restartHow")}</Text>
        <Button
          size="xs"
          loading={restart.isPending || restart.isSuccess}
          onClick={() => restart.mutate({}, { onError: tellFailure })}
        >
          {say("restart")}
        </Button>
      </Stack>
    </Alert>
  );
}
