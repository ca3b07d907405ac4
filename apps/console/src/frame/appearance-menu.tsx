import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { IconAdjustments } from "@tabler/icons-react";
import { useLanguage, useWords } from "../words/language-context.tsx";
import { languageNames, languages } from "../words/languages.ts";
import { frameWords } from "./frame-words.ts";

const schemes = [
  ["light", "light"],
  ["dark", "dark"],
  ["auto", "system"],
] as const satisfies readonly (readonly [MantineColorScheme, keyof typeof frameWords])[];

/** Light, dark or as the system; and the language. Kept in this browser. */
export function AppearanceMenu({ showKeys }: { showKeys: () => void }) {
  const say = useWords(frameWords);
  const { language, setLanguage } = useLanguage();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={say("appearance")}>
          <IconAdjustments size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("colours")}</Menu.Label>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(scheme) => setColorScheme(schemes.find(([one]) => one === scheme)?.[0] ?? "auto")}
        >
          {schemes.map(([scheme, word]) => (
            <Menu.RadioItem key={scheme} value={scheme}>
              {say(word)}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{say("language")}</Menu.Label>
        <Menu.RadioGroup
          value={language}
          onChange={(chosen) => setLanguage(languages.find((one) => one === chosen) ?? language)}
        >
          {languages.map((one) => (
            <Menu.RadioItem key={one} value={one} lang={one}>
              {languageNames[one]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={showKeys} rightSection="?">
          {say("keyboard")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
