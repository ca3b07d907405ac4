import { ActionIcon, Button, Chip, Group, Stack, Text, TextInput } from "@mantine/core";
import type { Setting } from "@org/sync-daemon/contract/settings";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useLanguage, useWords } from "../words/language-context.tsx";
import { formatWeekday, parseQuietHours, type QuietHours, weekdays } from "./quiet-hours.ts";
import { germanDescriptions, settingNames } from "./setting-names.ts";
import { settingsWords } from "./settings-words.ts";
import { useSetting } from "./use-setting.ts";

/** Times in which no rule begins a download. Written at once, as the other settings are. */
export function QuietHoursField({ setting }: { setting: Setting }) {
  const say = useWords(settingsWords);
  const sayName = useWords(settingNames);
  const { language } = useLanguage();
  const editing = useSetting(setting);
  const [changed, setChanged] = useState<readonly QuietHours[] | null>(null);
  const times = changed ?? parseQuietHours(setting.value);
  const isFixed = setting.source === "environment";
  const change = (next: readonly QuietHours[]) => {
    setChanged(next);
    editing.save(next.map((one) => ({ ...one })));
  };
  return (
    <Stack component="fieldset" gap="sm" m={0} p={0} py="sm" bd={0}>
      <Text component="legend" fw={600} size="sm" p={0} pt="sm">
        {sayName("limits.quietHours")}
      </Text>
      <Text size="xs" c="dimmed">
        {(language === "de" ? germanDescriptions[setting.key] : undefined) ?? setting.description}
        {isFixed && ` ${say("fromEnvironment")}`}
      </Text>
      {times.map(({ from, to, days }, index) => {
        const put = (next: QuietHours) => change(times.with(index, next));
        return (
          <Stack key={index} gap="xs">
            <Group gap="sm" align="flex-end" wrap="nowrap">
              <TextInput
                type="time"
                label={say("from")}
                value={from}
                disabled={isFixed}
                onChange={(event) =>
                  event.currentTarget.value !== "" && put({ from: event.currentTarget.value, to, days })
                }
              />
              <TextInput
                type="time"
                label={say("to")}
                value={to}
                disabled={isFixed}
                onChange={(event) =>
                  event.currentTarget.value !== "" && put({ from, to: event.currentTarget.value, days })
                }
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                size={36}
                disabled={isFixed}
                aria-label={say("removeTime", { from, to })}
                onClick={() => change(times.toSpliced(index, 1))}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Group>
            <Chip.Group
              multiple
              value={[...(days ?? weekdays)]}
              onChange={(chosen) => {
                const kept = weekdays.filter((day) => chosen.includes(day));
                if (kept.length > 0) put({ from, to, days: kept.length === weekdays.length ? undefined : kept });
              }}
            >
              <Group gap={4} role="group" aria-label={say("days")}>
                {weekdays.map((day, place) => (
                  <Chip key={day} value={day} size="xs" disabled={isFixed}>
                    {formatWeekday(place, language)}
                  </Chip>
                ))}
              </Group>
            </Chip.Group>
          </Stack>
        );
      })}
      {editing.problem !== null && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {editing.problem}
        </Text>
      )}
      <Group gap="sm">
        <Button
          size="xs"
          variant="default"
          disabled={isFixed}
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => change([...times, { from: "22:00", to: "07:00", days: undefined }])}
        >
          {say("addTime")}
        </Button>
        <Text size="xs" role="status">
          {editing.isSaving ? say("saving") : editing.isSaved ? say("saved") : ""}
        </Text>
      </Group>
    </Stack>
  );
}
