import { Anchor, Button, Group, Stack, Text } from "@mantine/core";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { IconExternalLink } from "@tabler/icons-react";
import { Link } from "wouter";
import { emptyFilter, formatFilter } from "../catalog/catalog-filter.ts";
import { useFormats, useWords } from "../words/language-context.tsx";
import classes from "./product.module.css";
import { productWords } from "./product-words.ts";

/** What the shop says about a product. */
export function ProductFacts({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const { number } = useFormats();
  const { category, subCategory, licence, blenderVersion, polygonCount, dimensions, tags, pageUrl } = product;
  const facts: readonly (readonly [string, string | null])[] = [
    [say("category"), subCategory === "" || subCategory === category ? category : `${category} · ${subCategory}`],
    [say("licence"), licence.label],
    [say("blenderVersion"), blenderVersion.label],
    [say("polygons"), polygonCount === null ? null : number(polygonCount)],
    [say("dimensions"), dimensions],
    [say("number"), String(product.productId)],
  ];
  return (
    <Stack gap="md">
      <dl className={classes.list}>
        {facts
          .filter(([, value]) => value !== null && value !== "")
          .map(([name, value]) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{value}</dd>])}
      </dl>
      {tags.length > 0 && (
        <Group gap={6} role="group" aria-label={say("tags")}>
          {tags.map((tag) => (
            <Button
              key={tag}
              component={Link}
              href={`/${formatFilter({ ...emptyFilter, text: tag })}`}
              size="compact-xs"
              radius="xl"
              variant="default"
              aria-label={say("searchTag", { tag })}
            >
              {tag}
            </Button>
          ))}
        </Group>
      )}
      {pageUrl !== null && (
        <Text size="sm">
          <Anchor href={pageUrl} target="_blank" rel="noreferrer noopener" inherit>
            {say("shopPage")} <IconExternalLink size={14} aria-hidden />
            <span className="visually-hidden"> {say("newTab")}</span>
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}
