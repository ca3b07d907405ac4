import { createHash } from "node:crypto";
import type { AssetType, Product } from "../../../src/domain/product.ts";
import type { Random } from "./random.ts";
import { makeTinyZip, type TinyFile } from "./tiny-zip.ts";

/** What may be wrong with what the shop serves for a revision. */
export type Defect = "none" | "unsafe" | "damaged" | "cut" | "html";

/** One product as the shop holds it. */
export interface Goods {
  readonly id: number;
  readonly name: string;
  readonly assetType: AssetType;
  readonly isFreebie: boolean;
  readonly downloadId: string;
  revision: number;
  isOffered: boolean;
  defect: Defect;
}

/** A zip that was served, and what must be in the library for it. */
export interface ServedArchive {
  readonly bytes: Buffer;
  readonly sha256: string;
  /** Relative to the asset's folder. Null for one that must never be installed. */
  readonly files: ReadonlyMap<string, Buffer> | null;
  readonly productId: number;
  readonly revision: string;
}

export const revisionOf = (goods: Goods): string => `2026-01-${String(goods.revision).padStart(2, "0")}`;

export function makeGoods(random: Random): Goods[] {
  return Array.from({ length: 2 + random.below(2) }, (_, index) => ({
    id: 101 + index,
    name: `Thing_${index + 1}`,
    assetType: random.chance(0.7) ? "model" : "material",
    isFreebie: random.chance(0.4),
    downloadId: `d${index + 1}`,
    revision: 1,
    isOffered: true,
    defect: random.chance(0.06) ? random.pick(["unsafe", "damaged", "cut", "html"] as const) : "none",
  }));
}

export function toProduct(goods: Goods): Product {
  const { id, name, assetType, isFreebie, downloadId } = goods;
  const category = { name: "Decor", title: "Decor", slug: "decor" };
  const subCategory = { name: "Vases", title: "Vases", slug: "vases" };
  return {
    id,
    slug: name.toLowerCase(),
    name,
    title: name,
    revision: revisionOf(goods),
    assetType,
    servedAssetType: assetType,
    category,
    subCategory,
    isFreebie,
    licence: { value: "standard", label: "Standard" },
    blenderVersion: { value: "4.2", label: "4.2" },
    polygonCount: null,
    dimensions: null,
    tags: [],
    archives: [{ downloadId, name: `${name}_Blender.zip` }],
    pictures: [],
    pageUrl: null,
  };
}

export const sha256Of = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A copy with one bit turned. */
export function flipBit(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)));
}

/** What the shop serves for the product as it is now. The same revision is the same zip. */
export function makeArchive(goods: Goods): ServedArchive {
  const { id, name, revision, defect } = goods;
  const files: TinyFile[] = [
    { path: "scene.blend", content: Buffer.from(`BLENDER ${id} r${revision}`) },
    { path: "textures/wood.png", content: Buffer.from(`wood ${id} r${Math.ceil(revision / 2)}`) },
  ];
  if (revision % 2 === 1) files.push({ path: `notes-${revision}.txt`, content: Buffer.from(`notes ${id}`) });
  if (defect === "unsafe") files.push({ path: "../outside.txt", content: Buffer.from("outside") });
  let bytes = makeTinyZip(files.map(({ path, content }) => ({ path: `${name}/${path}`, content })));
  if (defect === "damaged") bytes = flipBit(bytes, 30 + name.length + 1 + "scene.blend".length);
  if (defect === "cut") bytes = bytes.subarray(0, bytes.length - 30);
  if (defect === "html") bytes = Buffer.from(`<html><body>${name} is not available</body></html>`);
  return {
    bytes,
    sha256: sha256Of(bytes),
    files: defect === "none" ? new Map(files.map(({ path, content }) => [path, content])) : null,
    productId: id,
    revision: revisionOf(goods),
  };
}

/** A Blender catalog file with one catalog per category, and one more for each change of the shop. */
export function makeCatalogFile(assetType: AssetType, generation: number): string {
  const digit = { model: "1", material: "2", geonode: "3", fx: "4" }[assetType];
  const id = (number: number) => `${digit.repeat(8)}-0000-4000-8000-${String(number).padStart(12, "0")}`;
  const lines = [`${id(1)}:Decor:Decor`, `${id(2)}:Decor/Vases:Decor-Vases`];
  for (let number = 0; number < generation % 4; number += 1) {
    lines.push(`${id(10 + number)}:Decor/More${number}:Decor-More${number}`);
  }
  return `# Asset catalogs\nVERSION 1\n\n${lines.join("\n")}\n`;
}
