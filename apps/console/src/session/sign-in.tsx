import { Button, Center, Code, CopyButton, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { useWords } from "../words/language-context.tsx";
import { sessionWords } from "./session-words.ts";
import classes from "./sign-in.module.css";
import type { CodeExchange } from "./use-code-exchange.ts";

const command = "asset-sync open";

/** What a page without a session shows: how to get one, and why it has none where that is known. */
export function SignIn({ reason }: { reason: CodeExchange | "ended" }) {
  const say = useWords(sessionWords);
  const isTold = reason === "refused" || reason === "unanswered" || reason === "ended";
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper maw={480} p={{ base: "md", sm: "xl" }} withBorder>
        <Stack gap="md">
          <Title order={1} size="h2">
            {say("title")}
          </Title>
          {isTold && <Text role="alert">{say(reason)}</Text>}
          <Text>{say("how")}</Text>
          <Group gap="sm" wrap="nowrap">
            <Code fz="md" px="sm" py="xs" flex={1} className={classes.command}>
              {command}
            </Code>
            <CopyButton value={command}>
              {({ copied, copy }) => (
                <Button variant="default" onClick={copy}>
                  {say(copied ? "copied" : "copy")}
                </Button>
              )}
            </CopyButton>
          </Group>
          <Text size="sm" c="dimmed">
            {say("why")}
          </Text>
        </Stack>
      </Paper>
    </Center>
  );
}
