import { Alert, Button, Center, Group, Loader, Paper, Stack, Text, Title } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useExplainError } from "../states/explain-error.ts";
import { useWords } from "../words/language-context.tsx";
import { findMissing, firstChoices, type SetupChoices, stepOfFailure, toSetupRequest } from "./setup-choices.ts";
import { setupWords } from "./setup-words.ts";
import { ShopStep } from "./shop-step.tsx";
import { WhatStep } from "./what-step.tsx";

export interface StepProps {
  readonly choices: SetupChoices;
  /** Are the fields that are still empty to be pointed out? */
  readonly isChecked: boolean;
  change(part: Partial<SetupChoices>): void;
}

/** The first run: two steps, then the daemon starts with what was chosen. */
export function SetUp() {
  const say = useWords(setupWords);
  const explain = useExplainError();
  const [choices, choose] = useState(firstChoices);
  const [step, go] = useState<1 | 2>(1);
  const [isChecked, check] = useState(false);
  const setUp = useAction("setUp");
  const { data: settings } = useOperation("settings", {});
  const defaultRoot = settings?.settings.find(({ key }) => key === "library.root")?.value;
  const withDefault: SetupChoices =
    choices.libraryRoot === "" && typeof defaultRoot === "string" && !isChecked
      ? { ...choices, libraryRoot: defaultRoot }
      : choices;
  useEffect(() => {
    document.title = `${say("title")} · asset-sync`;
  }, [say]);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const missing = findMissing(withDefault, step);
    check(missing.length > 0);
    if (missing.length > 0) return;
    choose(withDefault);
    if (step === 1) return go(2);
    setUp.mutate(toSetupRequest(withDefault), { onError: (error) => go(stepOfFailure(error.code)) });
  };
  const props: StepProps = {
    choices: withDefault,
    isChecked,
    change: (part) => choose({ ...withDefault, ...part }),
  };
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper component="form" maw={560} w="100%" p={{ base: "md", sm: "xl" }} withBorder onSubmit={submit} noValidate>
        {setUp.isSuccess ? (
          <Group wrap="nowrap" role="status">
            <Loader size="sm" />
            <Text>{say("starting")}</Text>
          </Group>
        ) : (
          <Stack gap="lg">
            <div>
              <Text size="sm" c="dimmed">
                {say("step", { number: step, count: 2 })}
              </Text>
              <Title order={1} size="h2">
                {say("title")}
              </Title>
              <Text size="sm" mt={4}>
                {say("intro")}
              </Text>
            </div>
            {setUp.error !== null && step === stepOfFailure(setUp.error.code) && (
              <Alert color="red" role="alert" title={explain(setUp.error).title}>
                {explain(setUp.error).advice}
              </Alert>
            )}
            {step === 1 ? <ShopStep {...props} /> : <WhatStep {...props} />}
            <Group justify="space-between">
              {step === 1 ? (
                <span />
              ) : (
                <Button variant="default" onClick={() => go(1)} disabled={setUp.isPending}>
                  {say("back")}
                </Button>
              )}
              <Button type="submit" loading={setUp.isPending}>
                {say(step === 1 ? "next" : "start")}
              </Button>
            </Group>
          </Stack>
        )}
      </Paper>
    </Center>
  );
}
