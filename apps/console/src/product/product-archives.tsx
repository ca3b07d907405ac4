import { Badge, Button, Group, Modal, Stack, Text, Title } from "@mantine/core";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { Fragment, useState } from "react";
import { useExplainError } from "../states/explain-error.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import { priceOf } from "./price-of.ts";
import classes from "./product.module.css";
import { productWords } from "./product-words.ts";
import { TransferState, useTransferOf } from "./transfer-state.tsx";
import { useRequestProduct } from "./use-request-product.ts";

type Archive = ProductDetail["archives"][number];

/** Each zip of a product with its size and what getting it costs now, beside how many downloads are left. */
export function ProductArchives({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const explain = useExplainError();
  const request = useRequestProduct();
  const [toConfirm, confirm] = useState<Archive | null>(null);
  const transfer = useTransferOf(product.productId);
  const { quota } = product;
  const isBusy = request.isPending || transfer !== undefined;
  const get = ({ downloadId }: Archive, spendLast: boolean) =>
    request.mutate({ productId: product.productId, downloadId, spendLast });

  return (
    <section className={classes.box}>
      <Group justify="space-between" gap="xs">
        <Title order={2} size="h5">
          {say("archives")}
        </Title>
        <Text size="sm" fw={600} data-testid="left">
          {say("left", { count: quota.left, limit: quota.limit })}
        </Text>
      </Group>
      {quota.inDoubt > 0 && <Text size="sm">{say("inDoubt", { count: quota.inDoubt })}</Text>}
      {product.archives.length > 1 && (
        <Text size="xs" c="dimmed">
          {say("sharedCount")}
        </Text>
      )}
      <div>
        {product.archives.map((archive) => (
          <ArchiveLine
            key={archive.downloadId}
            archive={archive}
            product={product}
            isBusy={isBusy}
            get={(mustConfirm) => (mustConfirm ? confirm(archive) : get(archive, false))}
          />
        ))}
      </div>
      <TransferState transfer={transfer} isAsking={request.isPending} />
      {request.error !== null && (
        <Text size="sm" role="alert" className={classes.refused}>
          {explain(request.error).title} {explain(request.error).advice}
        </Text>
      )}
      <Modal
        opened={toConfirm !== null}
        onClose={() => confirm(null)}
        title={say("lastTitle")}
        centered
        closeButtonProps={{ "aria-label": say("close") }}
      >
        <Stack>
          <Text size="sm">{say("lastText", { title: product.title, limit: quota.limit })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => confirm(null)} data-autofocus>
              {say("cancel")}
            </Button>
            <Button
              onClick={() => {
                if (toConfirm !== null) get(toConfirm, true);
                confirm(null);
              }}
            >
              {say("lastYes")}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </section>
  );
}

/** Breaks between the name's parts first. */
function FileName({ name }: { name: string }) {
  return name.split(/(?<=[_+-])/).map((part, index) => (
    <Fragment key={index}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}

interface LineProps {
  readonly archive: Archive;
  readonly product: ProductDetail;
  readonly isBusy: boolean;
  get(mustConfirm: boolean): void;
}

function ArchiveLine({ archive, product, isBusy, get }: LineProps) {
  const say = useWords(productWords);
  const { bytes } = useFormats();
  const isDone = archive.isInstalled && !product.isUpdateWaiting;
  const price = priceOf(archive, product);
  const what = say(archive.isInstalled ? "update" : "get");
  const label = {
    nothing: say("costsNothing", { what }),
    last: say("costsLast", { what }),
    "none-left": say("noneLeft"),
    download: say("costs", { what, count: price.kind === "download" ? price.cost : 0 }),
  }[price.kind];
  return (
    <div className={classes.archive}>
      <div className={classes.archiveName}>
        <Text size="sm" fw={500}>
          <FileName name={archive.name} />
        </Text>
        <Text size="xs" c="dimmed">
          {archive.bytes === null ? say("sizeUnknown") : bytes(archive.bytes)}
          {archive.isDefault && product.archives.length > 1 && ` · ${say("preferred")}`}
        </Text>
      </div>
      {isDone ? (
        <Badge variant="light" tt="none" size="lg">
          {say("installed")}
        </Badge>
      ) : (
        <Button
          size="sm"
          variant={archive.isDefault ? "filled" : "default"}
          disabled={isBusy || price.kind === "none-left"}
          onClick={() => get(price.kind === "last")}
        >
          {label}
        </Button>
      )}
    </div>
  );
}
