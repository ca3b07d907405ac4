import { Accordion, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import type { AdoptResult } from "@org/sync-daemon/contract/library";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useAction } from "../api/use-operation.ts";
import { CallFailed } from "../states/call-failed.tsx";
import { useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** Looks first, shows what would be claimed, and claims it when told to. */
export function AdoptDialog({ close }: { close: () => void }) {
  const say = useWords(libraryWords);
  const queries = useQueryClient();
  const [text, setText] = useState("");
  const look = useAction("adopt");
  const claim = useAction("adopt");
  const folders = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  const error = claim.error ?? look.error;

  return (
    <Modal opened onClose={close} title={say("adoptTitle")} size="xl" closeButtonProps={{ "aria-label": say("close") }}>
      <Stack gap="md">
        <Text size="sm">{say("adoptText")}</Text>
        <Textarea
          label={say("adoptFolders")}
          description={say("adoptFoldersHint")}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            look.reset();
          }}
          autosize
          minRows={2}
          maxRows={6}
          spellCheck={false}
          data-autofocus
        />
        {error !== null && <CallFailed error={error} />}
        {claim.data !== undefined ? (
          <Text role="status" fw={600}>
            {say("adopted", { count: claim.data.adopted.length })}
          </Text>
        ) : (
          look.data !== undefined && <Found result={look.data} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {say("close")}
          </Button>
          {claim.data === undefined && (
            <Button
              variant={look.data === undefined ? "filled" : "default"}
              loading={look.isPending}
              onClick={() => look.mutate({ folders, dryRun: true })}
            >
              {say("adoptLook")}
            </Button>
          )}
          {claim.data === undefined && look.data !== undefined && look.data.adopted.length > 0 && (
            <Button
              loading={claim.isPending}
              onClick={() =>
                claim.mutate({ folders, dryRun: false }, { onSuccess: () => void queries.invalidateQueries() })
              }
            >
              {say("adoptDo", { count: look.data.adopted.length })}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Found({ result }: { result: AdoptResult }) {
  const say = useWords(libraryWords);
  const { adopted, passed } = result;
  return (
    <Stack gap="xs" role="status">
      {adopted.length === 0 && <Text>{say("adoptNone")}</Text>}
      <Accordion multiple defaultValue={["adopted"]} variant="contained">
        {adopted.length > 0 && (
          <Accordion.Item value="adopted">
            <Accordion.Control>{say("adoptFound", { count: adopted.length })}</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs" mah={260} style={{ overflowY: "auto" }}>
                {adopted.map(({ path, title, message }) => (
                  <FoundLine key={path} title={title} path={path} message={message} />
                ))}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        )}
        {passed.length > 0 && (
          <Accordion.Item value="passed">
            <Accordion.Control>{say("adoptPassed", { count: passed.length })}</Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs" mah={260} style={{ overflowY: "auto" }}>
                {passed.map(({ path, message }) => (
                  <FoundLine key={path} title={null} path={path} message={message} />
                ))}
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        )}
      </Accordion>
    </Stack>
  );
}

function FoundLine({ title, path, message }: { title: string | null; path: string; message: string }) {
  return (
    <div>
      {title !== null && <Text fw={600}>{title}</Text>}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {path}
      </Text>
      <Text size="sm">{message}</Text>
    </div>
  );
}
