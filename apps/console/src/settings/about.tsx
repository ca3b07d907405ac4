import { ActionIcon, Code, CopyButton, Stack, Table, Text, Title } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useOperation } from "../api/use-operation.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import classes from "./settings.module.css";
import { settingsWords } from "./settings-words.ts";

/** What runs here, where its files are, and what helps when something is wrong. */
export function About({ configFile }: { configFile: string | undefined }) {
  const say = useWords(settingsWords);
  const formats = useFormats();
  const status = useOperation("status", {}).data;
  const rows: readonly (readonly [string, string])[] =
    status === undefined
      ? []
      : [
          [say("version"), status.version],
          [say("startedAt"), formats.dateTime(status.startedAt)],
          [say("process"), String(status.pid)],
          [say("memory"), formats.bytes(status.process.residentBytes)],
          [say("home"), status.home],
          ...(configFile === undefined ? [] : [[say("configFile"), configFile] as const]),
        ];
  return (
    <Stack gap="md">
      <Table layout="fixed" withRowBorders={false} verticalSpacing={4} horizontalSpacing={0}>
        <Table.Tbody>
          {rows.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th w={150} fw={500} scope="row">
                {name}
              </Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <div>
        <Title order={3} size="h5">
          {say("help")}
        </Title>
        <Text size="sm" mt="xs">
          {say("doctorHow")}
        </Text>
        <Command command="asset-sync doctor" />
        <Text size="sm" mt="xs">
          {say("supportHow")}
        </Text>
        <Command command="asset-sync support" />
        <Text size="sm" mt="xs" c="dimmed">
          {say("docsHow")}
        </Text>
      </div>
    </Stack>
  );
}

function Command({ command }: { command: string }) {
  const say = useWords(settingsWords);
  return (
    <div className={classes.command}>
      <Code fz="sm">{command}</Code>
      <CopyButton value={command}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={copied ? say("copied") : say("copy", { command })}
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </div>
  );
}
