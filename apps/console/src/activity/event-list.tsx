import { Anchor, Text } from "@mantine/core";
import type { PublishedWatchedEvent } from "@org/sync-daemon/contract/activity";
import {
  IconAlertTriangle,
  IconBox,
  IconCoin,
  IconDownload,
  IconRefresh,
  IconSettings,
  type TablerIcon,
} from "@tabler/icons-react";
import { Link } from "wouter";
import { useFormats } from "../words/language-context.tsx";
import classes from "./activity.module.css";
import { type EventKind, isTrouble, kindOf } from "./event-kind.ts";

const icons: Readonly<Record<EventKind, TablerIcon>> = {
  syncs: IconRefresh,
  downloads: IconDownload,
  spends: IconCoin,
  library: IconBox,
  daemon: IconSettings,
};

interface EventListProps {
  readonly events: readonly PublishedWatchedEvent[];
  sentence(event: PublishedWatchedEvent): string;
}

/** One line for each event, newest first. */
export function EventList({ events, sentence }: EventListProps) {
  const formats = useFormats();
  return (
    <ol className={classes.events}>
      {events.map((event) => {
        const trouble = isTrouble(event);
        const Icon = trouble ? IconAlertTriangle : icons[kindOf(event.type)];
        return (
          <li key={event.id} className={classes.event} data-trouble={trouble || undefined}>
            <Icon size={18} aria-hidden className={classes.icon} />
            <Text component="time" dateTime={event.at} size="xs" c="dimmed" className={classes.time}>
              {formats.dateTime(event.at)}
            </Text>
            <Text size="sm" className={classes.sentence}>
              {"productId" in event ? (
                <Anchor component={Link} href={`/products/${event.productId}`} c="inherit" underline="hover">
                  {sentence(event)}
                </Anchor>
              ) : (
                sentence(event)
              )}
            </Text>
          </li>
        );
      })}
    </ol>
  );
}
