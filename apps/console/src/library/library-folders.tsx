import { ActionIcon, Badge, CopyButton, Group, Paper, Progress, SimpleGrid, Stack, Text, Tooltip } from "@mantine/core";
import type { LibraryAnswer } from "@org/sync-daemon/contract/library";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useFormats, useWords } from "../words/language-context.tsx";
import { libraryWords } from "./library-words.ts";

/** Where the libraries are, how large, and what the kept zips take. */
export function LibraryFolders({ library }: { library: LibraryAnswer }) {
  const say = useWords(libraryWords);
  const formats = useFormats();
  const { root, freeBytes, libraries, archives } = library;
  const use = archives.limitBytes === 0 ? 0 : Math.min(100, (archives.bytes / archives.limitBytes) * 100);
  return (
    <Paper withBorder p="md">
      <Stack gap="md">
        <Group justify="space-between" gap="xs">
          <Group gap={4} wrap="nowrap" miw={0}>
            <Text size="sm" c="dimmed" style={{ flex: "none" }}>
              {say("root")}
            </Text>
            <Text size="sm" fw={600} truncate title={root}>
              {root}
            </Text>
            <CopyPath path={root} />
          </Group>
          {freeBytes !== null && <Text size="sm">{say("free", { bytes: formats.bytes(freeBytes) })}</Text>}
        </Group>
        <SimpleGrid component="ul" cols={{ base: 2, md: 4 }} spacing="sm" m={0} p={0} style={{ listStyle: "none" }}>
          {libraries.map((one) => (
            <Stack key={one.assetType} component="li" gap={2} miw={0}>
              <Text fw={600}>{say(one.assetType)}</Text>
              <Text size="sm">
                {say("assets", { count: one.assets })} · {formats.bytes(one.bytes)}
              </Text>
              <Badge variant="light" tt="none" color={one.state === "ready" ? "green" : "yellow"}>
                {say(one.state)}
              </Badge>
              <Text size="xs" c="dimmed" truncate title={one.folder}>
                {one.folder.startsWith(`${root}/`) ? one.folder.slice(root.length + 1) : one.folder}
              </Text>
            </Stack>
          ))}
        </SimpleGrid>
        <div>
          <Text size="sm" fw={600}>
            {say("archives")}
          </Text>
          <Progress value={use} size="sm" my={4} aria-label={say("archives")} />
          <Text size="xs" c="dimmed">
            {say("archivesUse", {
              bytes: formats.bytes(archives.bytes),
              limit: formats.bytes(archives.limitBytes),
              count: archives.count,
            })}
          </Text>
        </div>
      </Stack>
    </Paper>
  );
}

function CopyPath({ path }: { path: string }) {
  const say = useWords(libraryWords);
  return (
    <CopyButton value={path}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? say("copied") : say("copyPath")}>
          <ActionIcon
            variant="subtle"
            color="gray"
            onClick={copy}
            aria-label={copied ? say("copied") : say("copyPath")}
          >
            {copied ? <IconCheck size={16} aria-hidden /> : <IconCopy size={16} aria-hidden />}
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}
