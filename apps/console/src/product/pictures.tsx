import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { useState } from "react";
import { ProductPicture } from "../pictures/product-picture.tsx";
import { useWords } from "../words/language-context.tsx";
import classes from "./product.module.css";
import { productWords } from "./product-words.ts";

/** One picture large, the others below to choose from. */
export function Pictures({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const [chosen, choose] = useState(0);
  const { productId, revision, pictures, title } = product;
  const alt = say("pictureOf", { title, number: chosen + 1, count: pictures });
  return (
    <div className={classes.pictures}>
      <div className={classes.large}>
        <ProductPicture {...{ productId, revision, pictures, alt }} index={chosen} size="large" fit="contain" />
      </div>
      {pictures > 1 && (
        <div className={classes.strip}>
          {Array.from({ length: pictures }, (_, index) => index).map((index) => (
            <button
              key={index}
              type="button"
              className={classes.thumbnail}
              aria-label={say("showPicture", { number: index + 1 })}
              aria-pressed={index === chosen}
              onClick={() => choose(index)}
            >
              <ProductPicture {...{ productId, revision, pictures }} index={index} />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
