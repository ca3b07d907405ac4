import { Button, Paper, Stack, Text } from "@mantine/core";
import { useConnection } from "../connection/live-context.tsx";
import { useWords } from "../words/language-context.tsx";
import classes from "./frame.module.css";
import { frameWords } from "./frame-words.ts";

/** Lies over the page, so that nothing moves, while the daemon is away or after it became another version. */
export function ConnectionNotice() {
  const say = useWords(frameWords);
  const connection = useConnection();
  return (
    <div role="alert" className={classes.notice}>
      {connection.state === "gone" && (
        <Paper withBorder shadow="lg" p="md">
          <Text fw={600}>{say("gone")}</Text>
          <Text size="sm" c="dimmed">
            {say("goneHow")}
          </Text>
        </Paper>
      )}
      {connection.state === "upgraded" && (
        <Paper withBorder shadow="lg" p="md">
          <Stack gap="sm">
            <Text fw={600}>{say("upgraded", { version: connection.version })}</Text>
            <Button onClick={() => location.reload()}>{say("reload")}</Button>
          </Stack>
        </Paper>
      )}
    </div>
  );
}
