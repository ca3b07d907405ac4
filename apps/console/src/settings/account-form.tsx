import { Alert, Button, Group, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import type { SettingsAnswer } from "@org/sync-daemon/contract/settings";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useExplainError } from "../states/explain-error.ts";
import { useWords } from "../words/language-context.tsx";
import { settingsWords } from "./settings-words.ts";

const places = { keychain: "keychain", file: "passwordFile", environment: "passwordEnvironment" } as const;

/** User name and password, tested with the shop before they are kept. The password goes from the field to the daemon only. */
export function AccountForm({ account }: { account: SettingsAnswer["account"] }) {
  const say = useWords(settingsWords);
  const explain = useExplainError();
  const queries = useQueryClient();
  const status = useOperation("status", {}).data;
  const [username, setUsername] = useState(account.username ?? "");
  const [password, setPassword] = useState("");
  const signIn = useAction("setAccount");
  const failure = signIn.error === null ? null : explain(signIn.error);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    signIn.mutate(
      { username: username.trim(), password },
      {
        onSuccess(answer) {
          setPassword("");
          queries.setQueryData(["settings", {}], answer);
          void queries.invalidateQueries({ queryKey: ["status"] });
        },
      },
    );
  };
  const typed = (change: (value: string) => void) => (event: { currentTarget: { value: string } }) => {
    change(event.currentTarget.value);
    if (!signIn.isIdle) signIn.reset();
  };

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <Text size="sm">{say("accountHow")}</Text>
        {status?.isSampleShop === true && (
          <Text size="sm" fw={600}>
            {say("isSampleShop")}
          </Text>
        )}
        <Group gap="sm" align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={say("username")}
            miw={200}
            value={username}
            onChange={typed(setUsername)}
            autoComplete="username"
            spellCheck={false}
            required
          />
          <PasswordInput
            label={say("password")}
            miw={200}
            value={password}
            onChange={typed(setPassword)}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ "aria-label": say("showPassword") }}
            required
          />
        </Group>
        {failure !== null && (
          <Alert role="alert" color="red" variant="light" title={failure.title}>
            {failure.advice}
          </Alert>
        )}
        {signIn.isSuccess && <Alert role="status" color="green" variant="light" title={say("signedIn")} />}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" flex="1 1 240px">
            {account.passwordPlace === null ? say("noPassword") : say(places[account.passwordPlace])}
            {status?.account.state === "refused" && ` ${say("refused")}`}
          </Text>
          <Button type="submit" loading={signIn.isPending} disabled={username.trim() === "" || password === ""}>
            {say("signIn")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
