import { Button, Group, Stack, Text, Title } from "@mantine/core";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { IconFolderOpen, IconShieldCheck } from "@tabler/icons-react";
import { useAction } from "../api/use-operation.ts";
import { useTellFailure } from "../states/use-tell-failure.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { CheckResult } from "./check-result.tsx";
import classes from "./product.module.css";
import { productWords } from "./product-words.ts";
import { RollBack } from "./roll-back.tsx";

/** Where the product is on disk, and what can be done with it there. Nothing of it costs a download. */
export function InstalledPart({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const tellFailure = useTellFailure();
  const { date } = useFormats();
  const openFolder = useAction("openFolder");
  const verify = useAction("verify");
  const { productId, installed } = product;
  if (installed.length === 0) return null;
  return (
    <section className={classes.box}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {say("onDisk")}
        </Title>
        {installed.map(({ folder, installedAt }) => (
          <div key={folder}>
            <div className={classes.path}>{folder}</div>
            <Text size="xs" c="dimmed">
              {say("installedAt", { when: date(installedAt) })}
            </Text>
          </div>
        ))}
        {product.isUpdateWaiting && <Text size="sm">{say("updateWaiting")}</Text>}
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconFolderOpen size={16} aria-hidden />}
            loading={openFolder.isPending}
            onClick={() => openFolder.mutate({ id: String(productId) }, { onError: tellFailure })}
          >
            {say("openFolder")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconShieldCheck size={16} aria-hidden />}
            loading={verify.isPending}
            onClick={() => verify.mutate({ products: [productId] }, { onError: tellFailure })}
          >
            {say("verify")}
          </Button>
          <RollBack product={product} />
        </Group>
        {verify.data !== undefined && <CheckResult productId={productId} result={verify.data} again={verify.reset} />}
      </Stack>
    </section>
  );
}
