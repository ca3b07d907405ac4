import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { InvalidInputError } from "../parse-strictly.ts";

/** The asset types, with the folder of each one's catalog file on the feeds host. */
export const catalogFileFolders = { model: "models", material: "materials", geonode: "geonodes", fx: "fx" } as const;
export type AssetType = keyof typeof catalogFileFolders;

/** A shop on disk: the two feeds, the catalog files, archives and pictures. */
export interface SampleShop {
  /** As in the feed, oddities included. */
  products: unknown[];
  categories: unknown;
  catalogFiles: Record<AssetType, string>;
  /** By download id. */
  archives: Map<string, SampleArchive>;
  /** The names of the pictures, without `.png`. */
  imageNames: string[];
  imageFile(name: string): string;
}

interface SampleArchive {
  productId: number;
  /** The path part of its URL on the CDN. */
  path: string;
  /** Where it lies on disk. */
  file: string;
}

/** The sample shop that comes with the app. */
export const bundledSampleShop = fileURLToPath(new URL("../../sample-shop", import.meta.url));

const archivesSchema = z.record(z.string(), z.object({ productId: z.number(), url: z.string(), file: z.string() }));

/** Reads a sample shop from its folder; a folder that is none is refused with a sentence. */
export async function loadSampleShop(folder: string): Promise<SampleShop> {
  const read = (name: string) =>
    readFile(join(folder, name), "utf8").catch((cause: unknown) => {
      throw new InvalidInputError(`${folder} is not a sample shop: ${name} cannot be read.`, { cause });
    });
  const archives = archivesSchema.parse(JSON.parse(await read("archives.json")));
  const images = await readdir(join(folder, "images"));
  const catalogFile = (type: AssetType) => read(`cats-files/${catalogFileFolders[type]}/blender_assets.cats.txt`);
  return {
    products: z.array(z.unknown()).parse(JSON.parse(await read("latest_products.json"))),
    categories: JSON.parse(await read("latest_categories.json")),
    catalogFiles: {
      model: await catalogFile("model"),
      material: await catalogFile("material"),
      geonode: await catalogFile("geonode"),
      fx: await catalogFile("fx"),
    },
    archives: new Map(
      Object.entries(archives).map(([downloadId, { productId, url, file }]) => [
        downloadId,
        { productId, path: decodeURIComponent(new URL(url).pathname), file: join(folder, file) },
      ]),
    ),
    imageNames: images
      .filter((name) => name.endsWith(".png"))
      .map((name) => name.slice(0, -".png".length))
      .sort(),
    imageFile: (name) => join(folder, "images", `${name}.png`),
  };
}
