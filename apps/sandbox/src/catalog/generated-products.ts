import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { formatFeedDate } from "../clock.ts";
import { bufferContent, type Content } from "../http/content.ts";
import { renameProductInArchive } from "../zip/vary-archive.ts";
import { type ProductRecord, productRecordSchema } from "./product-record.ts";
import type { SampleShop } from "./sample-shop.ts";

/** Products made for load: each a copy of a sample product under a name, number and dates of its own. */
export interface GeneratedProducts {
  count: number;
  /** The record of the product with this number, or undefined where it is none of these. */
  record(productId: number): ProductRecord | undefined;
  all(): Iterable<ProductRecord>;
  /** The CDN path of a download, or undefined where product or download are none of these. */
  archivePath(productId: number, downloadId: string): string | undefined;
  /** The archive at a CDN path, made when asked for: the sample's, with other names inside. */
  archive(path: string): Promise<Content> | undefined;
}

/** The number of the first generated product; the sample's own lie below. */
const firstGeneratedId = 1_000_000;

const earliestChangeMs = Date.UTC(2024, 0, 1);
const changesSpreadMs = 540 * 24 * 60 * 60 * 1000;

interface Template {
  record: ProductRecord;
  /** The name that its files begin with. */
  baseName: string;
  downloads: { name: string; path: string; file: string }[];
}

/** The same seed and count give the same products, byte for byte. Nothing is held but the templates. */
export function createGeneratedProducts(settings: {
  shop: SampleShop;
  count: number;
  seed: number;
}): GeneratedProducts {
  const { shop, count, seed } = settings;
  const templates = findTemplates(shop);
  const templateOf = (index: number): Template => {
    const template = templates[index % templates.length];
    if (template === undefined) throw new Error("The sample shop holds no product that others could be made from.");
    return template;
  };
  const rename = (text: string, template: Template, index: number) =>
    text.replaceAll(template.baseName, generatedName(template.baseName, index));

  const make = (index: number): ProductRecord => {
    const template = templateOf(index);
    const random = mixBits(seed, index);
    const copy = JSON.parse(rename(JSON.stringify(template.record), template, index)) as ProductRecord;
    const slug = `${String(template.record.slug)}-${index + 1}`;
    return {
      ...copy,
      id: firstGeneratedId + index,
      name: `${template.record.name} ${index + 1}`,
      slug,
      permalink: `https://shop.imeshh.com/product/${slug}/`,
      date_modified: formatFeedDate(earliestChangeMs + (random % changesSpreadMs)),
      polygon_count: String(500 + (random % 90_000)),
      is_freebie: random % 50 === 0,
      downloads: (copy.downloads ?? []).map((download, position) => ({
        ...download,
        id: downloadIdOf(seed, index, position),
      })),
    };
  };
  const indexOf = (productId: number) => {
    const index = productId - firstGeneratedId;
    return Number.isInteger(index) && index >= 0 && index < count ? index : undefined;
  };
  return {
    count,
    record(productId) {
      const index = indexOf(productId);
      return index === undefined ? undefined : make(index);
    },
    *all() {
      for (let index = 0; index < count; index++) yield make(index);
    },
    archivePath(productId, downloadId) {
      const index = indexOf(productId);
      if (index === undefined) return undefined;
      const template = templateOf(index);
      const position = template.downloads.findIndex(
        (_, candidate) => downloadIdOf(seed, index, candidate) === downloadId,
      );
      const download = template.downloads[position];
      return download === undefined ? undefined : rename(download.path, template, index);
    },
    archive(path) {
      const index = generatedIndex(path);
      if (index === undefined || index >= count) return undefined;
      const template = templateOf(index);
      const download = template.downloads.find((candidate) => rename(candidate.path, template, index) === path);
      if (download === undefined) return undefined;
      return readFile(download.file).then((bytes) =>
        bufferContent(
          renameProductInArchive(bytes, template.baseName, generatedName(template.baseName, index)),
          earliestChangeMs + (mixBits(seed, index) % changesSpreadMs),
        ),
      );
    },
  };
}

const generatedMark = /_G(\d{6,})/;

/** `Wood_Oak_Planks_01_G000017`: the sample's name with the index. */
function generatedName(baseName: string, index: number): string {
  return `${baseName}_G${String(index).padStart(6, "0")}`;
}

function generatedIndex(path: string): number | undefined {
  const digits = generatedMark.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The sample's name that a generated one was made from; other names come back as they are. */
export function sampleNameOf(name: string): string {
  return name.replace(generatedMark, "");
}

function findTemplates(shop: SampleShop): Template[] {
  const templates: Template[] = [];
  for (const entry of shop.products) {
    const parsed = productRecordSchema.safeParse(entry);
    if (!parsed.success || parsed.data.status !== "publish") continue;
    const record = parsed.data;
    const baseName = String(record.thumbnail_name ?? "");
    const downloads = (record.downloads ?? []).flatMap((download) => {
      const archive = shop.archives.get(download.id);
      return archive === undefined ? [] : [{ name: download.name, path: archive.path, file: archive.file }];
    });
    if (baseName !== "" && downloads.length > 0 && downloads.length === record.downloads?.length) {
      templates.push({ record, baseName, downloads });
    }
  }
  return templates;
}

/** A UUID made from seed, product and position, so that it is the same at each start. */
function downloadIdOf(seed: number, index: number, position: number): string {
  const hex = createHash("sha1").update(`${seed}/${index}/${position}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** 32 well-mixed bits from seed and index (the finisher of MurmurHash3). */
function mixBits(seed: number, index: number): number {
  let bits = (seed ^ Math.imul(index + 1, 0x9e3779b1)) >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}
