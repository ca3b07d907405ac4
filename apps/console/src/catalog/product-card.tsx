import { Progress } from "@mantine/core";
import type { ProductSummary } from "@org/sync-daemon/contract/products";
import { IconCircleCheckFilled, IconHeart, IconHeartFilled, IconRefresh } from "@tabler/icons-react";
import { memo } from "react";
import { Link } from "wouter";
import { useTransferProgress } from "../connection/live-context.tsx";
import { ProductPicture } from "../pictures/product-picture.tsx";
import { useWords } from "../words/language-context.tsx";
import { catalogWords } from "./catalog-words.ts";
import classes from "./product-card.module.css";

interface CardProps {
  readonly product: ProductSummary;
  readonly href: string;
  /** May the Tab key come here? One card of the grid has it, as in a list of choices. */
  readonly isReachable: boolean;
  /** The state of its download; undefined where none is under way. */
  readonly download: string | undefined;
  setFavourite(product: ProductSummary, isFavourite: boolean): void;
}

/**
 * One product in the grid: what it is, and how it stands. Of plain elements: dozens of cards are made at once while one
 * types or scrolls, and the library's components take several times as long.
 */
export const ProductCard = memo(function ProductCard(props: CardProps) {
  const { product, href, isReachable, download, setFavourite } = props;
  const say = useWords(catalogWords);
  const { productId, title, category, subCategory, revision, pictures, quota, isFavourite } = product;
  const tabIndex = isReachable ? 0 : -1;
  return (
    <div className={classes.card}>
      <div className={classes.picture}>
        <ProductPicture productId={productId} revision={revision} pictures={pictures} />
        {product.isFreebie && <span className={classes.free}>{say("free")}</span>}
        <State product={product} download={download} />
      </div>
      <div className={classes.caption}>
        <Link href={href} state={{ fromGrid: true }} className={classes.link} tabIndex={tabIndex}>
          {title}
        </Link>
        <span className={classes.quiet}>
          {subCategory === "" || subCategory === category ? category : `${category} · ${subCategory}`}
        </span>
        <span className={classes.quiet} data-low={quota.left <= 1 || undefined}>
          {say("cardLeft", { left: quota.left, limit: quota.limit })}
        </span>
      </div>
      <button
        type="button"
        className={`mantine-focus-auto ${classes.favourite}`}
        tabIndex={tabIndex}
        aria-pressed={isFavourite}
        aria-label={say(isFavourite ? "dropFavourite" : "addFavourite", { title })}
        onClick={() => setFavourite(product, !isFavourite)}
      >
        {isFavourite ? <IconHeartFilled size={17} aria-hidden /> : <IconHeart size={17} aria-hidden />}
      </button>
    </div>
  );
});

function State({ product, download }: Pick<CardProps, "product" | "download">) {
  const say = useWords(catalogWords);
  const progress = useTransferProgress(product.productId);
  if (progress === undefined && (download === "waiting" || download === "held")) {
    return <span className={classes.state}>{say("cardWaiting")}</span>;
  }
  if (progress !== undefined || download !== undefined) {
    const share = progress?.totalBytes ? (100 * progress.bytes) / progress.totalBytes : null;
    return (
      <span className={classes.state}>
        {say("cardUnderWay")}
        <Progress
          className={classes.progress}
          value={share ?? 100}
          striped={share === null}
          animated={share === null}
          size={5}
          aria-label={say("cardProgress", { title: product.title })}
        />
      </span>
    );
  }
  if (product.isUpdateWaiting) {
    return (
      <span className={classes.state} data-kind="update">
        <IconRefresh size={14} aria-hidden /> {say("cardUpdate")}
      </span>
    );
  }
  if (product.folder === null) return null;
  return (
    <span className={classes.state} data-kind="on-disk">
      <IconCircleCheckFilled size={14} aria-hidden /> {say("cardOnDisk")}
    </span>
  );
}

/** In the place of a card whose product has not come yet. */
export function CardSkeleton() {
  return (
    <div className={classes.card} aria-hidden>
      <div className={classes.picture}>
        <span className={classes.blank} />
      </div>
      <div className={classes.caption}>
        <span className={classes.line} data-width="long" />
        <span className={classes.line} />
      </div>
    </div>
  );
}
