import { Group, NativeSelect, Text, useMantineColorScheme } from "@mantine/core";
import { useLanguage, useWords } from "../words/language-context.tsx";
import { languageNames, languages } from "../words/languages.ts";
import { settingsWords } from "./settings-words.ts";

const schemes = [
  ["light", "light"],
  ["dark", "dark"],
  ["auto", "system"],
] as const;

/** Language and colours of this page, in this browser. */
export function Appearance() {
  const say = useWords(settingsWords);
  const { language, setLanguage } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <>
      <Group gap="sm">
        <NativeSelect
          label={say("language")}
          value={language}
          onChange={(event) => setLanguage(languages.find((one) => one === event.currentTarget.value) ?? language)}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
        />
        <NativeSelect
          label={say("colours")}
          value={colorScheme}
          onChange={(event) =>
            setColorScheme(schemes.find(([scheme]) => scheme === event.currentTarget.value)?.[0] ?? "auto")
          }
          data={schemes.map(([value, word]) => ({ value, label: say(word) }))}
        />
      </Group>
      <Text size="xs" c="dimmed" mt="xs">
        {say("keptHere")}
      </Text>
    </>
  );
}
