import { Button, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { VerifyResult } from "@org/sync-daemon/contract/library";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";

/** What a check of a product's files found, and the way to mend it. `again` forgets the result. */
export function CheckResult(props: { productId: number; result: VerifyResult; again: () => void }) {
  const { productId, result, again } = props;
  const say = useWords(productWords);
  const tellFailure = useTellFailure();
  const repair = useAction("repair");
  const damaged = result.damaged.filter((one) => one.productId === productId);
  const mend = () =>
    repair.mutate(
      { products: [productId] },
      {
        onError: tellFailure,
        onSuccess({ failed, repaired }) {
          const message = failed[0]?.message ?? repaired[0]?.message ?? "";
          notifications.show({ color: failed.length === 0 ? "accent" : "red", title: say("repaired"), message });
          again();
        },
      },
    );
  return (
    <Stack gap="xs" role="status">
      {result.problems.map(({ code, message }) => (
        <Text size="sm" key={`${code} ${message}`}>
          {message}
        </Text>
      ))}
      {damaged.length === 0 && result.problems.length === 0 && <Text size="sm">{say("whole")}</Text>}
      {damaged.map(({ folder, missing, edited, repairable }) => (
        <Stack gap="xs" key={folder} align="flex-start">
          <Text size="sm">{say("damaged", { missing: missing.length, edited: edited.length })}</Text>
          {edited.length > 0 && <Text size="sm">{say("changedStay")}</Text>}
          {repairable ? (
            <Button size="compact-sm" loading={repair.isPending} onClick={mend}>
              {say("repair")}
            </Button>
          ) : (
            <Text size="sm">{say("notRepairable")}</Text>
          )}
        </Stack>
      ))}
    </Stack>
  );
}
