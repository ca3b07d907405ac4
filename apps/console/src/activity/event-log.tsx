import { Button, Group, NativeSelect, Stack, Text, TextInput } from "@mantine/core";
import type { PublishedWatchedEvent } from "@org/sync-daemon/contract/activity";
import { IconPlayerPause, IconPlayerPlay, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { libraryWords } from "../library/library-words.ts";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { activityWords } from "./activity-words.ts";
import { describeEvent } from "./describe-event.ts";
import { type EventKind, eventKinds, isTrouble, kindOf } from "./event-kind.ts";
import { EventList } from "./event-list.tsx";
import { eventWords } from "./event-words.ts";
import { useEvents } from "./use-events.ts";

type Choice = EventKind | "trouble" | "";

/** Events as they happen, by kind and words; can be held while one reads. */
export function EventLog() {
  const say = useWords(activityWords);
  const sayEvent = useWords(eventWords);
  const sayType = useWords(libraryWords);
  const formats = useFormats();
  const { answer, events } = useEvents();
  const [text, setText] = useState("");
  const [kind, setKind] = useState<Choice>("");
  const [heldAtId, setHeldAtId] = useState<number | null>(null);

  const shown = heldAtId === null ? events : events.filter(({ id }) => id <= heldAtId);
  const sentence = (event: PublishedWatchedEvent) => describeEvent(event, { say: sayEvent, sayType, formats });
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const matches = (event: PublishedWatchedEvent) => {
    if (kind === "trouble" ? !isTrouble(event) : kind !== "" && kindOf(event.type) !== kind) return false;
    const said = sentence(event).toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const found = shown.filter(matches);
  const newOnes = events.length - shown.length;

  return (
    <Stack gap="sm">
      <Group gap="sm">
        <TextInput
          type="search"
          data-search
          flex="1 1 200px"
          leftSection={<IconSearch size={16} aria-hidden />}
          aria-label={say("search")}
          placeholder={say("search")}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <NativeSelect
          aria-label={say("kind")}
          w={150}
          value={kind}
          onChange={(event) => {
            const { value } = event.currentTarget;
            setKind(value === "trouble" ? "trouble" : (eventKinds.find((one) => one === value) ?? ""));
          }}
          data={[
            { value: "", label: say("allKinds") },
            { value: "trouble", label: say("trouble") },
            ...eventKinds.map((one) => ({ value: one, label: say(one) })),
          ]}
        />
        <Button
          variant="default"
          miw={150}
          flex="1 0 auto"
          maw={220}
          leftSection={
            heldAtId === null ? <IconPlayerPause size={16} aria-hidden /> : <IconPlayerPlay size={16} aria-hidden />
          }
          aria-pressed={heldAtId !== null}
          onClick={() => setHeldAtId(heldAtId === null ? (events[0]?.id ?? 0) : null)}
        >
          {heldAtId === null ? say("hold") : newOnes === 0 ? say("goOn") : say("newOnes", { count: newOnes })}
        </Button>
      </Group>
      <Text size="sm" c="dimmed">
        {say("shown", { count: found.length })}. {say("sinceStart")}
      </Text>
      {answer.data === undefined && events.length === 0 ? (
        answer.error === null ? (
          <RowSkeletons height={44} count={8} />
        ) : (
          <CallFailed error={answer.error} again={() => void answer.refetch()} />
        )
      ) : found.length === 0 ? (
        <Text py="lg">{events.length === 0 ? say("none") : say("nothingFound")}</Text>
      ) : (
        <EventList events={found} sentence={sentence} />
      )}
    </Stack>
  );
}
