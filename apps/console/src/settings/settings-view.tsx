import { Button, Paper, Stack, Text, Title } from "@mantine/core";
import type { SettingsAnswer } from "@org/sync-daemon/contract/settings";
import { type ReactNode, useId } from "react";
import { Link } from "wouter";
import { useOperation } from "../api/use-operation.ts";
import { PauseAll } from "../downloads/pause-all.tsx";
import { PauseNotice } from "../downloads/pause-notice.tsx";
import { ViewPage } from "../frame/view-page.tsx";
import { CallFailed } from "../states/call-failed.tsx";
import { RowSkeletons } from "../states/row-skeletons.tsx";
import { useWords } from "../words/language-context.tsx";
import { About } from "./about.tsx";
import { AccountForm } from "./account-form.tsx";
import { Appearance } from "./appearance.tsx";
import { QuietHoursField } from "./quiet-hours-field.tsx";
import { RestartNotice } from "./restart-notice.tsx";
import { SettingField } from "./setting-field.tsx";
import { groupSettings } from "./setting-groups.ts";
import { settingNames } from "./setting-names.ts";
import { settingsWords } from "./settings-words.ts";

export function SettingsView() {
  const settings = useOperation("settings", {});
  return (
    <ViewPage name="settings" width={900}>
      <Stack gap="lg">
        {settings.data !== undefined ? (
          <Settings settings={settings.data} />
        ) : settings.error === null ? (
          <RowSkeletons height={160} count={4} />
        ) : (
          <CallFailed error={settings.error} again={() => void settings.refetch()} />
        )}
        <Section title={useWords(settingsWords)("appearance")}>
          <Appearance />
        </Section>
        <Section title={useWords(settingsWords)("about")}>
          <About configFile={settings.data?.configFile} />
        </Section>
      </Stack>
    </ViewPage>
  );
}

function Settings({ settings }: { settings: SettingsAnswer }) {
  const say = useWords(settingsWords);
  const sayName = useWords(settingNames);
  return (
    <>
      <RestartNotice keys={settings.needsRestart} />
      <Section title={say("account")}>
        <AccountForm key={settings.account.username} account={settings.account} />
      </Section>
      <Section title={say("pause")}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">{say("pauseHow")}</Text>
          <PauseNotice />
          <PauseAll />
        </Stack>
      </Section>
      {groupSettings(settings.settings).map(([group, members]) => (
        <Section key={group} title={sayName(group)}>
          {members.map((setting) =>
            setting.key === "imeshh.wanted" ? (
              <Stack key={setting.key} gap="xs" align="flex-start" py="sm">
                <Text size="sm">{say("toPlan")}</Text>
                <Button component={Link} href="/plan" variant="default" size="xs">
                  {say("openPlan")}
                </Button>
              </Stack>
            ) : setting.key === "limits.quietHours" ? (
              <QuietHoursField key={setting.key} setting={setting} />
            ) : (
              <SettingField key={setting.key} setting={setting} />
            ),
          )}
        </Section>
      ))}
      <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
        {say("file", { file: settings.configFile })}
      </Text>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id}>
      <Title order={2} size="h4" id={id} mb="xs">
        {title}
      </Title>
      {children}
    </Paper>
  );
}
