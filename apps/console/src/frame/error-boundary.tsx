import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { useWords } from "../words/language-context.tsx";
import { frameWords } from "./frame-words.ts";

interface State {
  readonly error: Error | null;
}

/** Shows that a part of the page failed, and lets the rest live. `resetKey` gives it another chance when it changes. */
export class ErrorBoundary extends Component<{ children: ReactNode; resetKey?: string }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: unknown): State {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate(before: { resetKey?: string }): void {
    if (before.resetKey !== this.props.resetKey && this.state.error !== null) this.setState({ error: null });
  }

  override render(): ReactNode {
    return this.state.error === null ? this.props.children : <Failed error={this.state.error} />;
  }
}

function Failed({ error }: { error: Error }) {
  const say = useWords(frameWords);
  return (
    <Center mih="60vh" p="md">
      <Stack maw={480} role="alert">
        <Title order={1} size="h3">
          {say("failed")}
        </Title>
        <Text>{say("failedHow")}</Text>
        <Code block>{error.message}</Code>
        <Button onClick={() => location.reload()}>{say("reload")}</Button>
      </Stack>
    </Center>
  );
}
