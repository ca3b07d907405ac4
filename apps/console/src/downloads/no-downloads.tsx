import { Button, EmptyState } from "@mantine/core";
import { IconDownload } from "@tabler/icons-react";
import { Link } from "wouter";
import { useWords } from "../words/language-context.tsx";
import { downloadsWords } from "./downloads-words.ts";

/** Nothing under way and nothing in memory: what to do about it. */
export function NoDownloads() {
  const say = useWords(downloadsWords);
  return (
    <EmptyState
      py="xl"
      icon={<IconDownload aria-hidden />}
      title={say("emptyTitle")}
      description={say("emptyAdvice")}
      withIndicatorBackground
    >
      <EmptyState.Actions>
        <Button component={Link} href="/">
          {say("toCatalog")}
        </Button>
        <Button component={Link} href="/plan" variant="default">
          {say("toPlan")}
        </Button>
      </EmptyState.Actions>
    </EmptyState>
  );
}
