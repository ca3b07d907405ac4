import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import { IconAdjustments, IconCheck } from "@tabler/icons-react";
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
  const check = (isChosen: boolean) => (isChosen ? <IconCheck size={16} aria-hidden /> : null);
  return (
    <Menu position="bottom-end" shadow="md">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={say("appearance")}>
          <IconAdjustments size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{say("colours")}</Menu.Label>
        {schemes.map(([scheme, word]) => (
          <Menu.Item
            key={scheme}
            role="menuitemradio"
            aria-checked={colorScheme === scheme}
            rightSection={check(colorScheme === scheme)}
            onClick={() => setColorScheme(scheme)}
          >
            {say(word)}
          </Menu.Item>
        ))}
        <Menu.Label>{say("language")}</Menu.Label>
        {languages.map((one) => (
          <Menu.Item
            key={one}
            lang={one}
            role="menuitemradio"
            aria-checked={language === one}
            rightSection={check(language === one)}
            onClick={() => setLanguage(one)}
          >
            {languageNames[one]}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item onClick={showKeys} rightSection="?">
          {say("keyboard")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
