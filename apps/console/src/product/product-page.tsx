import { Badge, Button, Group, Skeleton, Stack, Text, Title } from "@mantine/core";
import type { ProductDetail } from "@org/sync-daemon/contract/products";
import { useEffect } from "react";
import { Link } from "wouter";
import { useOperation } from "../api/use-operation.ts";
import { assetTypeWords } from "../words/asset-type-words.ts";
import { useWords } from "../words/language-context.tsx";
import { FavouriteButton } from "./favourite-button.tsx";
import { InstalledPart } from "./installed-part.tsx";
import { Pictures } from "./pictures.tsx";
import classes from "./product.module.css";
import { ProductArchives } from "./product-archives.tsx";
import { ProductFacts } from "./product-facts.tsx";
import { productWords } from "./product-words.ts";
import { Reasons } from "./reasons.tsx";

/** Everything about one product, and what can be done with it. */
export function ProductPage({ id }: { id: string }) {
  const say = useWords(productWords);
  const { data: product, error } = useOperation("show", { id });
  if (product !== undefined) return <Product product={product} />;
  if (error === null) return <ProductSkeleton />;
  if (error.problem?.status === 404) return <NotOffered id={id} />;
  return (
    <Text p="xl" role="alert">
      {say("failed")} {error.message}
    </Text>
  );
}

/** The catalog does not have it (any more): since when, where that is known. What is on disk of it stays. */
function NotOffered({ id }: { id: string }) {
  const say = useWords(productWords);
  const { data: why } = useOperation("why", { id });
  const title = why?.title ?? say("unknown");
  useEffect(() => {
    document.title = `${title} · asset-sync`;
  }, [title]);
  return (
    <Stack p="xl" gap="sm" align="flex-start" role="status">
      <Title order={1} size="h3" className={classes.title}>
        {title}
      </Title>
      {why?.title != null && why.reasons.map(({ code, message }) => <Text key={code}>{message}</Text>)}
      <Button component={Link} href="/library" variant="default">
        {say("toLibrary")}
      </Button>
    </Stack>
  );
}

function Product({ product }: { product: ProductDetail }) {
  const say = useWords(productWords);
  const sayType = useWords(assetTypeWords);
  const { title } = product;
  useEffect(() => {
    document.title = `${title} · asset-sync`;
  }, [title]);
  return (
    <article className={classes.product}>
      <Pictures key={product.productId} product={product} />
      <Stack gap="lg" className={classes.facts}>
        <div>
          <Group gap="xs" mb={6}>
            <Badge variant="light" tt="none">
              {sayType(product.assetType)}
            </Badge>
            {product.isFreebie && (
              <Badge variant="light" color="grape" tt="none">
                {say("free")}
              </Badge>
            )}
            <FavouriteButton product={product} />
          </Group>
          <Title order={1} size="h2" className={classes.title}>
            {title}
          </Title>
        </div>
        <InstalledPart product={product} />
        <ProductArchives product={product} />
        <ProductFacts product={product} />
        <Reasons id={String(product.productId)} />
      </Stack>
    </article>
  );
}

function ProductSkeleton() {
  return (
    <div className={classes.product} aria-hidden>
      <Skeleton className={classes.pictures} style={{ aspectRatio: "1" }} radius={0} />
      <Stack gap="md" className={classes.facts}>
        <Skeleton height={22} width="30%" />
        <Skeleton height={32} width="80%" />
        <Skeleton height={96} />
        <Skeleton height={140} />
      </Stack>
    </div>
  );
}
