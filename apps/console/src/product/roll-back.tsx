import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { IconArrowBackUp } from "@tabler/icons-react";
import { useAction, useOperation } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";

/** Puts back the version that the last update moved aside, where there is one. */
export function RollBack({ product }: { product: Pick<ProductDetail, "productId" | "title"> }) {
  const say = useWords(productWords);
  const tellFailure = useTellFailure();
  const [isOpen, { open, close }] = useDisclosure(false);
  const repair = useAction("repair");
  const { data: found } = useOperation("assets", { text: product.title, limit: 50 });
  const asset = found?.assets.find(({ productId }) => productId === product.productId);
  if (asset?.hasPrevious !== true) return null;
  const putBack = () =>
    repair.mutate(
      { products: [product.productId], previous: true },
      {
        onError: tellFailure,
        onSuccess({ failed, repaired }) {
          const message = failed[0]?.message ?? repaired[0]?.message ?? "";
          notifications.show({ color: failed.length === 0 ? "accent" : "red", title: say("repaired"), message });
          close();
        },
      },
    );
  return (
    <>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconArrowBackUp size={16} aria-hidden />}
        onClick={open}
      >
        {say("rollBack")}
      </Button>
      <Modal
        opened={isOpen}
        onClose={close}
        title={say("rollBackTitle")}
        centered
        closeButtonProps={{ "aria-label": say("close") }}
      >
        <Stack>
          <Text size="sm">{say("rollBackText")}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              {say("cancel")}
            </Button>
            <Button loading={repair.isPending} onClick={putBack}>
              {say("rollBackYes")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
