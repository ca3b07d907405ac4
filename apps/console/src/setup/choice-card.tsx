import { Group, Radio, Text } from "@mantine/core";
import classes from "./setup.module.css";

/** One of several ways, with a line that says what it means. */
export function ChoiceCard({ value, title, text }: { value: string; title: string; text: string }) {
  return (
    <Radio.Card value={value} className={classes.choice}>
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <Radio.Indicator mt={2} />
        <div>
          <Text fw={600} size="sm">
            {title}
          </Text>
          <Text size="sm" className={classes.quiet}>
            {text}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
