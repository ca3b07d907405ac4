import { Chip, Group, Input, Radio, Stack, Text, TextInput } from "@mantine/core";
import { type AssetTypeName, assetTypeSchema } from "@org/sync-daemon/contract/products";
import { assetTypeWords } from "../words/asset-type-words.ts";
import { useWords } from "../words/language-context.tsx";
import { ChoiceCard } from "./choice-card.tsx";
import type { StepProps } from "./set-up.tsx";
import { setupWords } from "./setup-words.ts";

/** Where the library is, and what comes into it by itself. */
export function WhatStep({ choices, isChecked, change }: StepProps) {
  const say = useWords(setupWords);
  const sayType = useWords(assetTypeWords);
  return (
    <Stack gap="lg">
      <TextInput
        label={say("folder")}
        aria-label={say("folderLabel")}
        description={say("folderHow")}
        required
        spellCheck={false}
        value={choices.libraryRoot}
        error={isChecked && choices.libraryRoot.trim() === "" ? say("missing") : null}
        onChange={(event) => change({ libraryRoot: event.currentTarget.value })}
      />
      <Radio.Group
        label={say("fetch")}
        value={choices.fetch}
        onChange={(fetch) => change({ fetch: fetch as typeof choices.fetch })}
      >
        <Stack gap="xs" mt="xs">
          <ChoiceCard value="nothing" title={say("nothing")} text={say("nothingHow")} />
          <ChoiceCard value="free" title={say("free")} text={say("freeHow")} />
          <ChoiceCard value="types" title={say("types")} text={say("typesHow")} />
        </Stack>
      </Radio.Group>
      {choices.fetch === "types" && (
        <Input.Wrapper error={isChecked && choices.types.length === 0 ? say("typesMissing") : null}>
          <Chip.Group
            multiple
            value={[...choices.types]}
            onChange={(types) => change({ types: types as AssetTypeName[] })}
          >
            <Group gap="xs" mb={4} role="group" aria-label={say("typesLabel")}>
              {assetTypeSchema.options.map((type) => (
                <Chip key={type} value={type} size="sm">
                  {sayType(type)}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
        </Input.Wrapper>
      )}
      <Text size="sm" c="dimmed">
        {say("changeLater")}
      </Text>
    </Stack>
  );
}
