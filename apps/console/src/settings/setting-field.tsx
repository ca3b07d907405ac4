import { ActionIcon, Group, NativeSelect, Switch, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import type { Setting } from "@org/sync-daemon/contract/settings";
import { IconArrowBackUp } from "@tabler/icons-react";
import { type KeyboardEvent, useState } from "react";
import { useLanguage, useWords } from "../words/language-context.tsx";
import { formatTyped, kindOfSetting, parseTyped } from "./setting-kind.ts";
import { germanDescriptions, settingNames } from "./setting-names.ts";
import classes from "./settings.module.css";
import { settingsWords } from "./settings-words.ts";
import { useSetting } from "./use-setting.ts";

/** One setting with its meaning, default and source. It is written at once: a choice when it is made, a text when it is left. */
export function SettingField({ setting }: { setting: Setting }) {
  const say = useWords(settingsWords);
  const sayName = useWords(settingNames);
  const { language } = useLanguage();
  const editing = useSetting(setting);
  const kind = kindOfSetting(setting);
  const written = formatTyped(setting.value);
  const [typed, setTyped] = useState<string | null>(null);
  const text = typed ?? written;
  const isFixed = setting.source === "environment" || setting.isOnlyInFile;

  const nameOf = (key: string) => (key in settingNames ? sayName(key as keyof typeof settingNames & string) : key);
  const name = nameOf(setting.key);
  const description = (language === "de" ? germanDescriptions[setting.key] : undefined) ?? setting.description;
  const defaultText =
    typeof setting.default === "boolean"
      ? say(setting.default ? "on" : "off")
      : kind.kind === "choice"
        ? nameOf(formatTyped(setting.default))
        : formatTyped(setting.default).split("\n").join(", ") || say("noValue");
  const notes = [
    description,
    ...(kind.kind === "list" ? [say("oneALine")] : []),
    ...(setting.source === "environment" ? [say("fromEnvironment")] : []),
    ...(setting.source !== "environment" && setting.isOnlyInFile ? [say("onlyInFile")] : []),
    ...(setting.needsRestart && !isFixed ? [say("afterRestart")] : []),
  ].join(" ");

  const type = (next: string) => {
    setTyped(next);
    const value = parseTyped(next, kind);
    if (value !== undefined) editing.judge(value);
  };
  const leave = () => {
    if (typed === null || typed === written) return setTyped(null);
    const value = parseTyped(typed, kind);
    // Not a number at all: the daemon says what it expects instead.
    editing.save(value === undefined ? typed : value);
  };
  const press = (event: KeyboardEvent) => {
    if (event.key === "Enter" && kind.kind !== "list") leave();
    if (event.key === "Escape") {
      setTyped(null);
      editing.refuse(null);
    }
  };
  const shared = {
    label: name,
    description: notes,
    error: editing.problem,
    disabled: isFixed,
    inputWrapperOrder: ["label" as const, "input" as const, "error" as const, "description" as const],
  };
  const field = {
    ...shared,
    value: text,
    onChange: (event: { currentTarget: { value: string } }) => type(event.currentTarget.value),
    onBlur: leave,
    onKeyDown: press,
    spellCheck: false,
    autoComplete: "off",
  };

  return (
    <div className={classes.setting}>
      <div className={classes.field}>
        {kind.kind === "switch" && (
          <Switch
            label={name}
            description={notes}
            error={editing.problem}
            disabled={isFixed}
            checked={setting.value === true}
            onChange={(event) => editing.save(event.currentTarget.checked)}
          />
        )}
        {kind.kind === "choice" && (
          <NativeSelect
            {...shared}
            value={text}
            onChange={(event) => editing.save(event.currentTarget.value)}
            data={kind.choices.map((value) => ({ value, label: nameOf(value) }))}
          />
        )}
        {kind.kind === "list" && <Textarea {...field} autosize minRows={2} maxRows={8} />}
        {kind.kind === "number" && (
          <TextInput {...field} inputMode="decimal" placeholder={kind.isNullable ? say("noValue") : undefined} />
        )}
        {kind.kind === "text" && <TextInput {...field} placeholder={kind.isNullable ? say("noValue") : undefined} />}
        {kind.kind === "shown" && (
          <>
            <Text fw={500} size="sm">
              {name}
            </Text>
            <Text size="xs" c="dimmed">
              {notes}
            </Text>
          </>
        )}
      </div>
      <Group gap="xs" className={classes.beside} wrap="nowrap">
        <Text size="xs" c="dimmed" className={classes.default} title={defaultText}>
          {kind.kind === "shown" ? "" : say("default", { value: defaultText })}
        </Text>
        {setting.source === "file" && !isFixed && kind.kind !== "shown" && (
          <Tooltip label={say("putBack")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={say("putBackOf", { name })}
              onClick={() => {
                setTyped(null);
                editing.save(null);
              }}
            >
              <IconArrowBackUp size={16} aria-hidden />
            </ActionIcon>
          </Tooltip>
        )}
        <Text size="xs" role="status" className={classes.saved}>
          {editing.isSaving
            ? say("saving")
            : editing.isSaved && typed !== null && typed !== written
              ? ""
              : editing.isSaved
                ? say("saved")
                : ""}
        </Text>
      </Group>
    </div>
  );
}
