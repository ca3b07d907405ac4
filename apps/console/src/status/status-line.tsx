import { Badge, Button, Group, Popover, Stack, Text } from "@mantine/core";
import type { StatusAnswer } from "@org/sync-daemon/contract/daemon";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useOperation } from "../api/use-operation.ts";
import { useConnection } from "../connection/live-context.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { describeStatus, isAllWell, listNotices } from "./describe-status.ts";
import classes from "./status-line.module.css";
import { statusWords } from "./status-words.ts";

/** What asset-sync is doing, in one line, and what a person should look at. */
export function StatusLine() {
  const say = useWords(statusWords);
  const formats = useFormats();
  const connection = useConnection();
  const { data: status } = useOperation("status", {});
  const isGone = connection.state === "gone";
  const text = isGone
    ? say("gone")
    : status === undefined
      ? say("connecting")
      : describeStatus(status, say, formats, Date.now());
  const state = isGone ? "gone" : dotOf(status);
  return (
    <Group gap="xs" wrap="nowrap" className={classes.line}>
      <span className={classes.dot} data-state={state} aria-hidden />
      <Text size="sm" truncate role="status" aria-label={say("label")} title={text}>
        {text}
      </Text>
      {status?.isSampleShop === true && (
        <Badge variant="light" color="gray" tt="none" className={classes.wide}>
          {say("sampleShop")}
        </Badge>
      )}
      {status !== undefined && !isAllWell(status) && <Notices notices={listNotices(status)} />}
    </Group>
  );
}

/** What the dot's colour tells; the words beside it say it too. */
function dotOf(status: StatusAnswer | undefined): string {
  if (status?.state !== "idle") return status?.state ?? "connecting";
  if (status.downloads.length > 0) return "syncing";
  return isAllWell(status) ? "idle" : "notices";
}

function Notices({ notices }: { notices: readonly { code: string; message: string }[] }) {
  const say = useWords(statusWords);
  const label = say("notices", { count: notices.length });
  return (
    <Popover width={360} position="bottom-start" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="light"
          color="orange"
          leftSection={<IconAlertTriangle size={14} aria-hidden />}
          aria-label={label}
          className={classes.notices}
        >
          {notices.length}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs" tabIndex={-1} data-autofocus>
          <Text fw={600}>{say("noticesTitle")}</Text>
          {notices.map(({ code, message }) => (
            <Text key={`${code} ${message}`} size="sm">
              {message}
            </Text>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
