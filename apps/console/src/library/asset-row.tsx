import { Anchor, Badge, Group, Text, Tooltip } from "@mantine/core";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { Link } from "wouter";
import { ProductPicture } from "../pictures/product-picture.tsx";
import { useFormats, useWords } from "../words/language-context.tsx";
import { AssetMenu } from "./asset-menu.tsx";
import classes from "./library.module.css";
import { libraryWords } from "./library-words.ts";
import { UpdateButton } from "./update-button.tsx";
import type { Checks } from "./use-checks.ts";

/** One installed asset: what it is, where, how large, what is newer and what can be done. */
export function AssetRow({ asset, checks }: { asset: AssetEntry; checks: Checks }) {
  const say = useWords(libraryWords);
  const formats = useFormats();
  const { title, folder, archive, bytes, installedAt } = asset;
  return (
    <div className={classes.row} data-update={asset.update !== null || undefined}>
      <span className={classes.thumbnail}>
        <ProductPicture productId={asset.productId} revision={asset.revision} pictures={asset.pictures} />
      </span>
      <div className={classes.name}>
        <Group gap="xs" wrap="nowrap">
          {asset.isWithdrawn ? (
            <Text fw={600} truncate title={title}>
              {title}
            </Text>
          ) : (
            <Anchor component={Link} href={`/products/${asset.productId}`} fw={600} c="inherit" truncate>
              {title}
            </Anchor>
          )}
          {asset.isWithdrawn && (
            <Tooltip label={say("withdrawnWhy")} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
              <Badge variant="light" color="yellow" tt="none" tabIndex={0} style={{ flex: "none" }}>
                {say("withdrawn")}
              </Badge>
            </Tooltip>
          )}
          {!asset.isArchiveKept && (
            <Tooltip label={say("notKeptWhy")} multiline maw={280} events={{ hover: true, focus: true, touch: true }}>
              <Badge variant="light" color="gray" tt="none" tabIndex={0} style={{ flex: "none" }}>
                {say("notKept")}
              </Badge>
            </Tooltip>
          )}
        </Group>
        <Text size="xs" c="dimmed" truncate title={folder}>
          {folder}
        </Text>
        <Text size="xs" c="dimmed" truncate title={archive} className={classes.facts}>
          {[formats.bytes(bytes), say("installedAt", { date: formats.date(installedAt) }), archive].join(" · ")}
        </Text>
      </div>
      {asset.update !== null && (
        <div className={classes.update}>
          <UpdateButton asset={asset} update={asset.update} />
        </div>
      )}
      <div className={classes.menu}>
        <AssetMenu asset={asset} checks={checks} />
      </div>
    </div>
  );
}
