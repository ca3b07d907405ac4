import { Alert } from "@mantine/core";
import { IconPlayerPause } from "@tabler/icons-react";
import { useOperation } from "../api/use-operation.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { pauseWords } from "./pause-words.ts";

/** Says that nothing is fetched by itself now, and until when. Nothing where that is not so. */
export function PauseNotice() {
  const say = useWords(pauseWords);
  const formats = useFormats();
  const status = useOperation("status", {}).data;
  if (status?.state !== "paused" && status?.state !== "quiet") return null;
  const time = status.pausedUntil === null ? null : formats.dateTime(status.pausedUntil);
  const sentence =
    status.state === "paused"
      ? time === null
        ? say("paused")
        : say("pausedUntil", { time })
      : time === null
        ? say("quiet")
        : say("quietUntil", { time });
  return <Alert role="status" variant="light" color="yellow" icon={<IconPlayerPause aria-hidden />} title={sentence} />;
}
