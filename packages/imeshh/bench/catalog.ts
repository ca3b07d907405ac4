import { parseProducts } from "../src/products.ts";

export interface CatalogBenchmark {
  readonly products: number;
  readonly megabytes: number;
  /** Bare `JSON.parse` of the feed's text. */
  readonly jsonParseMs: number;
  /** `JSON.parse` and everything that makes products of it. */
  readonly parseProductsMs: number;
  /** The second over the first. */
  readonly ratio: number;
  /** The longest time in which nothing else could run while records were read; `JSON.parse` itself not counted. */
  readonly longestPauseMs: number;
}

/** Reads a generated feed of `products` records several times and gives the best of each. */
export async function measureCatalog({ products = 100_000, rounds = 3 } = {}): Promise<CatalogBenchmark> {
  const text = generateFeed(products);
  let jsonParseMs = Number.POSITIVE_INFINITY;
  let parseProductsMs = Number.POSITIVE_INFINITY;
  let longestPauseMs = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round += 1) {
    let start = performance.now();
    JSON.parse(text);
    jsonParseMs = Math.min(jsonParseMs, performance.now() - start);
    start = performance.now();
    const records: unknown[] = JSON.parse(text);
    const pauses = watchPauses();
    const read = await parseProducts({ records });
    parseProductsMs = Math.min(parseProductsMs, performance.now() - start);
    longestPauseMs = Math.min(longestPauseMs, pauses.stop());
    if (read.products.length !== products)
      throw new Error(`expected ${products} products, got ${read.products.length}`);
  }
  const round = (value: number) => Math.round(value * 100) / 100;
  return {
    products,
    megabytes: round(Buffer.byteLength(text) / 1e6),
    jsonParseMs: round(jsonParseMs),
    parseProductsMs: round(parseProductsMs),
    ratio: round(parseProductsMs / jsonParseMs),
    longestPauseMs: round(longestPauseMs),
  };
}

function watchPauses() {
  let longest = 0;
  let last = performance.now();
  const tick = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    immediate = setImmediate(tick);
  };
  let immediate = setImmediate(tick);
  return {
    stop: () => {
      clearImmediate(immediate);
      return Math.max(longest, performance.now() - last);
    },
  };
}

/** Records as long as the document's example, entities here and there. */
function generateFeed(products: number): string {
  const records: string[] = [];
  for (let index = 0; index < products; index += 1) {
    const id = 200_000 + index;
    const name = index % 7 === 0 ? `Chairs &amp; Tables ${id}` : `Dining Chair ${id}`;
    const file = `Furniture_Chair_Dining_${id}`;
    const image = `https://r2.imeshh.com/2025/06/28170130/${file}`;
    records.push(
      JSON.stringify({
        id,
        name,
        slug: `dining-chair-${id}`,
        permalink: `https://shop.imeshh.com/product/dining-chair-${id}/`,
        status: "publish",
        date_modified: "2025-06-28T17:07:07",
        blender_version: String((index % 7) + 1),
        polygon_count: String(index),
        dimensions: "42 x 18 x 66 cm",
        subdividable: "Yes",
        "license-type": "1",
        thumbnail_id: id + 1,
        thumbnail_name: file,
        thumbnail_src: `${image}-300x300.png`,
        thumbnail_date_modified: "2025-06-28T17:01:30",
        images: [0, 1, 2].map((number) => ({
          id: id + number,
          name: `${file}_${number}`,
          src: `${image}_${number}.png`,
          thumbnail_src: `${image}_${number}-300x300.png`,
          date_modified: "2025-06-28T17:01:30",
        })),
        is_freebie: false,
        asset_type: "model",
        categories: { id: 36142, name: "Furniture &amp; More", slug: "furniture" },
        "sub-categories": [{ id: 37949 + (index % 50), name: `Chairs ${index % 50}`, slug: "chairs" }],
        downloads: [{ id: `e4dd8255-f25c-429f-8d13-${String(id).padStart(12, "0")}`, name: `${file}_Blender.zip` }],
      }),
    );
  }
  return `[${records.join(",")}]`;
}
