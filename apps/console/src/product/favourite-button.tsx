import { Button } from "@mantine/core";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { IconHeart, IconHeartFilled } from "@tabler/icons-react";
import { useSetFavourite } from "../catalog/use-set-favourite.ts";
import { useWords } from "../words/language-context.tsx";
import { productWords } from "./product-words.ts";

export function FavouriteButton({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const setFavourite = useSetFavourite();
  const { isFavourite } = product;
  const Icon = isFavourite ? IconHeartFilled : IconHeart;
  return (
    <Button
      size="compact-sm"
      variant="subtle"
      color={isFavourite ? "red" : "gray"}
      leftSection={<Icon size={16} aria-hidden />}
      aria-pressed={isFavourite}
      onClick={() => setFavourite(product, !isFavourite)}
    >
      {say("addFavourite")}
    </Button>
  );
}
