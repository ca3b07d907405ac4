import { Anchor, Badge, Group, Text, Tooltip } from "@mantine/core";
import type { AssetEntry } from "@org/sync-daemon/contract/library";
import { picturePath } from "@org/sync-daemon/contract/page";
import { Link } from "wouter";
import { usePictureKey } from "../api/api-context.tsx";
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
    <div className={classes.row}>
      <Thumbnail asset={asset} />
      <div className={classes.name}>
        <Group gap="xs" wrap="nowrap">
          <Anchor component={Link} href={`/products/${asset.productId}`} fw={600} c="inherit" truncate>
            {title}
          </Anchor>
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
        <Text size="xs" c="dimmed" truncate title={archive}>
          {[formats.bytes(bytes), say("installedAt", { date: formats.date(installedAt) }), archive].join(" · ")}
        </Text>
      </div>
      <div className={classes.actions}>
        {asset.update !== null && <UpdateButton asset={asset} update={asset.update} />}
        <AssetMenu asset={asset} checks={checks} />
      </div>
    </div>
  );
}

function Thumbnail({ asset }: { asset: AssetEntry }) {
  const pictureKey = usePictureKey();
  const { productId, revision, pictures } = asset;
  return (
    <span className={classes.thumbnail} aria-hidden>
      {pictures > 0 && (
        <img
          src={picturePath({ pictureKey, productId, index: 0, size: "small", revision })}
          alt=""
          width={60}
          height={60}
          loading="lazy"
          decoding="async"
          onError={(event) => {
            event.currentTarget.hidden = true;
          }}
        />
      )}
    </span>
  );
}
