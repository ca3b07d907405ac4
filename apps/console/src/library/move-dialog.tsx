import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAction } from "../api/use-operation.ts";
import { useExplainError } from "../states/explain-error.ts";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** Asks where to, and starts the move. Its progress is shown in the view, which can be left. */
export function MoveDialog({ root, close }: { root: string; close: () => void }) {
  const say = useWords(libraryWords);
  const explain = useExplainError();
  const queries = useQueryClient();
  const [to, setTo] = useState("");
  const move = useAction("moveLibrary");
  const start = (event: FormEvent) => {
    event.preventDefault();
    move.mutate(
      { to: to.trim() },
      {
        onSuccess(answer) {
          queries.setQueryData(["library", {}], answer);
          close();
        },
      },
    );
  };
  const failure = move.error === null ? null : explain(move.error);
  return (
    <Modal opened onClose={close} title={say("moveTitle")} size="lg" closeButtonProps={{ "aria-label": say("close") }}>
      <form onSubmit={start}>
        <Stack gap="md">
          <Text size="sm">{say("moveText")}</Text>
          <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {say("root")}: {root}
          </Text>
          <TextInput
            label={say("moveTo")}
            description={say("moveToHint")}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
            error={failure === null ? undefined : [failure.title, failure.advice].filter(Boolean).join(" ")}
            data-autofocus
            required
            spellCheck={false}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {say("close")}
            </Button>
            <Button type="submit" loading={move.isPending} disabled={to.trim() === ""}>
              {say("moveStart")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
