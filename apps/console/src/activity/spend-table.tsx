import { Anchor, Badge, Table, Text } from "@mantine/core";
import type { SpendEntry } from "@org/sync-daemon/contract/ledger";
import { Link } from "wouter";
import { useFormats, useWords } from "../words/language-context.tsx";
import classes from "./activity.module.css";
import { activityWords } from "./activity-words.ts";

const colors: Readonly<Record<SpendEntry["state"], string>> = {
  reserved: "gray",
  confirmed: "accent",
  released: "gray",
  "in-doubt": "yellow",
};

/** The rows of the ledger; blocks instead of rows on narrow windows. */
export function SpendTable({ spends }: { spends: readonly SpendEntry[] }) {
  const say = useWords(activityWords);
  const formats = useFormats();
  return (
    <Table className={classes.table} verticalSpacing="sm">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{say("when")}</Table.Th>
          <Table.Th>{say("what")}</Table.Th>
          <Table.Th>{say("who")}</Table.Th>
          <Table.Th>{say("state")}</Table.Th>
          <Table.Th>{say("evidence")}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {spends.map((spend) => (
          <Table.Tr key={spend.id}>
            <Table.Td>
              <Text component="time" dateTime={spend.reservedAt} size="sm" style={{ whiteSpace: "nowrap" }}>
                {formats.dateTime(spend.reservedAt)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Anchor component={Link} href={`/products/${spend.productId}`} c="inherit" fw={600} size="sm">
                {spend.title ?? say("productNumber", { id: String(spend.productId) })}
              </Anchor>
              <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                {spend.archive ?? spend.downloadId}
              </Text>
            </Table.Td>
            <Table.Td data-label={`${say("who")}: `}>
              <Text span size="sm">
                {say(spend.requester)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Badge variant="light" tt="none" color={colors[spend.state]}>
                {say(spend.state)}
              </Badge>
            </Table.Td>
            <Table.Td>
              <Text size="sm" className={classes.evidence}>
                {spend.evidence}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
