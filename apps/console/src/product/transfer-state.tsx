import { Group, Progress, Text } from "@mantine/core";
import type { StatusAnswer } from "@org/sync-daemon/contract/daemon";
import { useOperation } from "../api/use-operation.ts";
import { useTransferProgress } from "../connection/live-context.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";

export type Transfer = Pick<StatusAnswer["downloads"][number], "state" | "bytes" | "totalBytes" | "bytesPerSecond">;

/** What is under way of a product: the daemon's word, made fresher by events. Undefined where nothing is. */
export function useTransferOf(productId: number): Transfer | undefined {
  const { data: status } = useOperation("status", {});
  const progress = useTransferProgress(productId);
  const known = status?.downloads.find((download) => download.productId === productId);
  if (progress === undefined) return known;
  return { state: "downloading", ...known, ...progress };
}

/** How far it is, in place, so that one need not go and look. */
export function TransferState({ transfer, isAsking }: { transfer: Transfer | undefined; isAsking: boolean }) {
  const say = useWords(productWords);
  const formats = useFormats();
  if (transfer === undefined && !isAsking) return null;
  const { bytes = null, totalBytes = null, bytesPerSecond = null } = transfer ?? {};
  const text = () => {
    if (transfer === undefined) return say("waiting");
    if (bytes === null || bytes === 0 || transfer.state === "installing") {
      if (transfer.state === "linking") return say("stateLinking");
      if (transfer.state === "installing") return say("stateInstalling");
      return say("stateWaiting");
    }
    const done = formats.bytes(bytes);
    return totalBytes === null
      ? say("fetchingOpen", { done })
      : say("fetching", { done, total: formats.bytes(totalBytes) });
  };
  const share = bytes !== null && totalBytes !== null && totalBytes > 0 ? (100 * bytes) / totalBytes : null;
  return (
    <div>
      <Group justify="space-between" gap="xs">
        <Text size="sm">{text()}</Text>
        {bytesPerSecond !== null && bytesPerSecond > 0 && (
          <Text size="sm" c="dimmed">
            {formats.bytesPerSecond(bytesPerSecond)}
          </Text>
        )}
      </Group>
      <Progress value={share ?? 100} striped={share === null} animated={share === null} aria-label={text()} mt={4} />
    </div>
  );
}
