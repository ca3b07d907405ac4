import { Badge, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { PlanPreview } from "@org/sync-daemon/contract/plan";
import { useId } from "react";
import { CallFailed } from "../states/call-failed.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { planWords } from "./plan-words.ts";
import type { PlanPreviewState } from "./use-plan-preview.ts";

/** What the rules on the page would cost and do, as they are typed. */
export function PlanPrice({ preview }: { preview: PlanPreviewState }) {
  const say = useWords(planWords);
  const id = useId();
  return (
    <Paper component="section" withBorder p="md" aria-labelledby={id} aria-busy={preview.isOld}>
      <Stack gap="md">
        <Title order={2} size="h4" id={id}>
          {say("price")}
        </Title>
        {preview.data !== undefined ? (
          <div style={{ opacity: preview.isOld ? 0.75 : 1 }}>
            <Price preview={preview.data} />
          </div>
        ) : preview.error === null ? (
          <Skeleton height={220} aria-label={say("pricing")} />
        ) : (
          <CallFailed error={preview.error} again={preview.refetch} />
        )}
      </Stack>
    </Paper>
  );
}

function Price({ preview }: { preview: PlanPreview }) {
  const say = useWords(planWords);
  const formats = useFormats();
  const { price, counts, items, isCut } = preview;
  const isTooLarge = price.freeBytes !== null && price.knownBytes > price.freeBytes;
  return (
    <Stack gap="md">
      <div>
        <Text fz={28} fw={700} lh={1.2} role="status">
          {say("downloads", { count: price.downloads })}
        </Text>
        <Text size="sm">
          {price.knownBytes === 0 && price.unknownSizes > 0
            ? say("onlyUnknownSizes", { count: price.unknownSizes })
            : say("bytes", { bytes: formats.bytes(price.knownBytes) })}
          {price.knownBytes > 0 && price.unknownSizes > 0 && ` ${say("unknownSizes", { count: price.unknownSizes })}`}
        </Text>
        {price.freeBytes !== null && (
          <Text size="sm" c="dimmed">
            {say("free", { bytes: formats.bytes(price.freeBytes) })}
          </Text>
        )}
        {isTooLarge && (
          <Text size="sm" fw={600} role="alert">
            {say("tooLarge")}
          </Text>
        )}
      </div>
      <SimpleGrid cols={{ base: 2, xs: 4 }} spacing="xs">
        <Count name={say("countDownload")} count={counts.download} />
        <Count name={say("countUpdate")} count={counts.update} />
        <Count name={say("countKeep")} count={counts.keep} />
        <Count name={say("countDefer")} count={counts.defer} />
      </SimpleGrid>
      {items.length === 0 ? (
        <Text size="sm">{say("nothingToDo")}</Text>
      ) : (
        <Stack gap="xs">
          <Title order={3} size="h5">
            {say("items")}
          </Title>
          <ul style={{ display: "grid", gap: 10, margin: 0, padding: 0, listStyle: "none" }}>
            {items.map((item) => (
              <li key={`${item.productId} ${item.downloadId}`}>
                <Group justify="space-between" wrap="nowrap" gap="xs">
                  <Text size="sm" fw={600} truncate>
                    {item.title}
                  </Text>
                  <Badge variant="light" tt="none" color={item.action === "defer" ? "yellow" : "gray"} flex="none">
                    {say(`${item.action}_`)} ·{" "}
                    {item.cost === 0 ? say("costsNothing") : say("costs", { cost: item.cost })}
                  </Badge>
                </Group>
                <Text size="xs" c="dimmed">
                  {item.reason.message}
                </Text>
              </li>
            ))}
          </ul>
          {isCut && (
            <Text size="xs" c="dimmed">
              {say("cut")}
            </Text>
          )}
        </Stack>
      )}
    </Stack>
  );
}

function Count({ name, count }: { name: string; count: number }) {
  const formats = useFormats();
  return (
    <div>
      <Text fw={600} fz="lg">
        {formats.number(count)}
      </Text>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
    </div>
  );
}
