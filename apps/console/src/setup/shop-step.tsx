import { PasswordInput, Radio, Stack, TextInput } from "@mantine/core";
import { useWords } from "../words/language-context.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import type { StepProps } from "./set-up.tsx";
import { setupWords } from "./setup-words.ts";

/** The shop, and the account where it is the real one. */
export function ShopStep({ choices, isChecked, change }: StepProps) {
  const say = useWords(setupWords);
  const missing = (value: string) => (isChecked && value.trim() === "" ? say("missing") : null);
  return (
    <Stack gap="md">
      <Radio.Group
        label={say("shop")}
        value={choices.shop}
        onChange={(shop) => change({ shop: shop === "sample-shop" ? "sample-shop" : "imeshh" })}
      >
        <Stack gap="xs" mt="xs">
          <ChoiceCard value="imeshh" title={say("ownAccount")} text={say("ownAccountHow")} />
          <ChoiceCard value="sample-shop" title={say("sample")} text={say("sampleHow")} />
        </Stack>
      </Radio.Group>
      {choices.shop === "imeshh" && (
        <Stack gap="sm">
          <TextInput
            label={say("username")}
            autoComplete="username"
            spellCheck={false}
            required
            value={choices.username}
            error={missing(choices.username)}
            onChange={(event) => change({ username: event.currentTarget.value })}
          />
          <PasswordInput
            label={say("password")}
            description={say("passwordPlace")}
            autoComplete="current-password"
            required
            value={choices.password}
            error={missing(choices.password)}
            onChange={(event) => change({ password: event.currentTarget.value })}
          />
        </Stack>
      )}
    </Stack>
  );
}
