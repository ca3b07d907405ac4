import { ActionIcon, Menu } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { tomorrowMorningMs } from "./pause-until.ts";
import { statusWords } from "./status-words.ts";

/** Pauses for a while or until resumed; what runs stops softly, and nothing is lost. */
export function PauseMenu() {
  const say = useWords(statusWords);
  const tellFailure = useTellFailure();
  const { data: status } = useOperation("status", {});
  const pause = useAction("pause");
  const resume = useAction("resume");
  const isPaused = status?.state === "paused";
  const until = (untilMs: number | null) => pause.mutate({ untilMs }, { onError: tellFailure });
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={say("pauseMenu")}
          disabled={status === undefined || status.state === "setup"}
          loading={pause.isPending || resume.isPending}
        >
          {isPaused ? <IconPlayerPlay size={18} aria-hidden /> : <IconPlayerPause size={18} aria-hidden />}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isPaused && <Menu.Item onClick={() => resume.mutate({}, { onError: tellFailure })}>{say("resume")}</Menu.Item>}
        <Menu.Label>{say("pause")}</Menu.Label>
        <Menu.Item onClick={() => until(Date.now() + 3_600_000)}>{say("pauseHour")}</Menu.Item>
        <Menu.Item onClick={() => until(tomorrowMorningMs(new Date()))}>{say("pauseMorning")}</Menu.Item>
        <Menu.Item onClick={() => until(null)}>{say("pauseForever")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
