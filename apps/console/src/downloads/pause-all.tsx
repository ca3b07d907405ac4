import { Button, Menu } from "@mantine/core";
import type { StatusAnswer } from "@org/sync-daemon/contract/daemon";
import { IconChevronDown, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { tomorrowMorningMs } from "../status/pause-until.ts";
import { useWords } from "../words/language-context.tsx";
import { pauseWords } from "./pause-words.ts";

const lengths = ["forMinutes", "forHour", "untilTomorrow", "untilResumed"] as const;

/** When such a pause ends; null for one without an end. */
function pauseEndMs(length: (typeof lengths)[number], now: Date): number | null {
  switch (length) {
    case "forMinutes":
      return now.getTime() + 30 * 60_000;
    case "forHour":
      return now.getTime() + 3_600_000;
    case "untilTomorrow":
      return tomorrowMorningMs(now);
    case "untilResumed":
      return null;
  }
}

/** Holds everything for a while, or goes on. */
export function PauseAll() {
  const say = useWords(pauseWords);
  const status = useOperation("status", {});
  const queries = useQueryClient();
  const tellFailure = useTellFailure();
  const show = (answer: StatusAnswer) => queries.setQueryData(["status", {}], answer);
  const pause = useAction("pause");
  const resume = useAction("resume");

  if (status.data?.state === "paused") {
    return (
      <Button
        leftSection={<IconPlayerPlay size={18} aria-hidden />}
        loading={resume.isPending}
        onClick={() => resume.mutate({}, { onSuccess: show, onError: tellFailure })}
      >
        {say("resumeAll")}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          disabled={status.data === undefined}
          loading={pause.isPending}
          leftSection={<IconPlayerPause size={18} aria-hidden />}
          rightSection={<IconChevronDown size={16} aria-hidden />}
        >
          {say("pauseAll")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {lengths.map((length) => (
          <Menu.Item
            key={length}
            onClick={() =>
              pause.mutate({ untilMs: pauseEndMs(length, new Date()) }, { onSuccess: show, onError: tellFailure })
            }
          >
            {say(length)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
