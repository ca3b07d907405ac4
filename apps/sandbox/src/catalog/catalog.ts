import { basename } from "node:path";
import { type Clock, formatFeedDate, formatUtcSeconds } from "../clock.ts";
import { InvalidInputError } from "../parse-strictly.ts";
import type { ArchiveChange, Archives } from "./archives.ts";
import type { GeneratedProducts } from "./generated-products.ts";
import { type ProductRecord, productIdOf, productRecordSchema } from "./product-record.ts";
import type { AssetType, SampleShop } from "./sample-shop.ts";

/** What an update of a product changes. */
export interface ProductUpdate {
  /** The record's new `date_modified`; default: the sandbox's time, later than the old one in any case. */
  dateModified?: string | undefined;
  /** Further fields of the record, as they shall stand in the feed. */
  fields?: Record<string, unknown> | undefined;
  /** Default `vary`: the archive's bytes differ from before. */
  archive?: ArchiveChange | undefined;
  /** Which download's archive changes; default: all of the product. */
  downloadId?: string | undefined;
  /** Whether the new archive lies at the `same` path as the old one (default) or at a `new` one, the old staying there. */
  path?: "same" | "new" | undefined;
  /** Whether `last_updated` moves; default true. */
  touch?: boolean | undefined;
}

/** A product that was not there before. */
export interface NewProduct {
  record: Record<string, unknown>;
  /** The file of each of the record's downloads, by download id. */
  archives?: Record<string, string> | undefined;
  touch?: boolean | undefined;
}

/** What the vendor offers at this moment, and how it changes. */
export interface Catalog {
  lastUpdated(): string;
  /** Moves the watermark; without a text to the sandbox's time, and in any case away from what it was. */
  setLastUpdated(lastUpdated?: string): void;
  /** Increases with each change of the part; what was built from it is stale then. */
  version(part: "products" | "categories" | AssetType): number;
  /** The feed's entries in order, withdrawn products left out, oddities left in. */
  entries(): Iterable<unknown>;
  categories(): unknown;
  catalogFile(type: AssetType): string;
  setCatalogFile(type: AssetType, text: string, touch?: boolean): void;
  setCategories(categories: unknown, touch?: boolean): void;
  /** A product that can be downloaded: published, not withdrawn. */
  find(productId: number): ProductRecord | undefined;
  update(productId: number, update?: ProductUpdate): void;
  withdraw(productId: number, options?: { touch?: boolean | undefined }): void;
  /** Brings a withdrawn product back, and makes a draft public. */
  publish(productId: number, options?: { touch?: boolean | undefined }): void;
  add(product: NewProduct): number;
}

/** `last_updated` as the vendor's document shows it. */
const documentedLastUpdated = "2025-07-21T21:38:11Z";

export function createCatalog(settings: {
  shop: SampleShop;
  generated: GeneratedProducts;
  archives: Archives;
  clock: Clock;
}): Catalog {
  const { shop, generated, archives, clock } = settings;
  const entries = shop.products.map((entry) => ({ productId: productIdOf(entry), entry }));
  const changedFields = new Map<number, Record<string, unknown>>();
  const withdrawn = new Set<number>();
  const catalogFiles = { ...shop.catalogFiles };
  const versions = { products: 1, categories: 1, model: 1, material: 1, geonode: 1, fx: 1 };
  let categories = shop.categories;
  let lastUpdated = documentedLastUpdated;

  const originalRecord = (productId: number): ProductRecord | undefined => {
    const row = entries.find((candidate) => candidate.productId === productId);
    return row === undefined ? generated.record(productId) : productRecordSchema.parse(row.entry);
  };
  const existing = (productId: number): ProductRecord => {
    const record = originalRecord(productId);
    if (record === undefined) throw new InvalidInputError(`There is no product ${productId} in this sandbox.`);
    return record;
  };
  const applied = (entry: unknown, productId: number | undefined): unknown => {
    const fields = productId === undefined ? undefined : changedFields.get(productId);
    return fields === undefined ? entry : { ...(entry as object), ...fields };
  };
  const setLastUpdated = (given?: string) => {
    const moved = given ?? formatUtcSeconds(clock.now());
    lastUpdated =
      given === undefined && moved <= lastUpdated ? formatUtcSeconds(Date.parse(lastUpdated) + 1000) : moved;
  };
  const changed = (part: keyof typeof versions, touch: boolean | undefined) => {
    versions[part] += 1;
    if (touch !== false) setLastUpdated();
  };
  const newPathOf = (oldPath: string) => {
    const [date = "", time = ""] = formatFeedDate(clock.now()).split("T");
    const [year, month, day] = date.split("-");
    return `/${year}/${month}/${day}${time.replaceAll(":", "")}/${basename(oldPath)}`;
  };

  return {
    lastUpdated: () => lastUpdated,
    setLastUpdated,
    version: (part) => versions[part],
    *entries() {
      for (const { productId, entry } of entries) {
        if (productId === undefined || !withdrawn.has(productId)) yield applied(entry, productId);
      }
      for (const record of generated.all()) if (!withdrawn.has(record.id)) yield applied(record, record.id);
    },
    categories: () => categories,
    catalogFile: (type) => catalogFiles[type],
    setCatalogFile(type, text, touch) {
      catalogFiles[type] = text;
      changed(type, touch);
    },
    setCategories(given, touch) {
      categories = given;
      changed("categories", touch);
    },
    find(productId) {
      const original = withdrawn.has(productId) ? undefined : originalRecord(productId);
      if (original === undefined) return undefined;
      const record = productRecordSchema.parse(applied(original, productId));
      return record.status === "publish" ? record : undefined;
    },
    update(productId, update = {}) {
      const record = productRecordSchema.parse(applied(existing(productId), productId));
      const before = String(record.date_modified ?? "");
      const nowText = formatFeedDate(clock.now());
      const later = nowText > before ? nowText : formatFeedDate(Date.parse(`${before}Z`) + 1000);
      const downloads = (record.downloads ?? []).filter(
        ({ id }) => update.downloadId === undefined || id === update.downloadId,
      );
      if (update.downloadId !== undefined && downloads.length === 0) {
        throw new InvalidInputError(`Product ${productId} has no download ${update.downloadId}.`);
      }
      for (const { id } of downloads) {
        const oldPath = archives.pathOf(productId, id);
        if (oldPath === undefined) continue;
        archives.change({
          productId,
          downloadId: id,
          change: update.archive ?? "vary",
          newPath: update.path === "new" ? newPathOf(oldPath) : undefined,
          changedAtMs: clock.now(),
        });
      }
      const fields = { ...changedFields.get(productId), ...update.fields, date_modified: update.dateModified ?? later };
      changedFields.set(productId, fields);
      changed("products", update.touch);
    },
    withdraw(productId, options = {}) {
      existing(productId);
      withdrawn.add(productId);
      changed("products", options.touch);
    },
    publish(productId, options = {}) {
      const record = existing(productId);
      withdrawn.delete(productId);
      if (record.status !== "publish")
        changedFields.set(productId, { ...changedFields.get(productId), status: "publish" });
      changed("products", options.touch);
    },
    add(product) {
      const parsed = productRecordSchema.safeParse(product.record);
      if (!parsed.success) throw new InvalidInputError("A new product needs at least an id and a name in its record.");
      const record = parsed.data;
      if (originalRecord(record.id) !== undefined)
        throw new InvalidInputError(`There is a product ${record.id} already.`);
      for (const [downloadId, file] of Object.entries(product.archives ?? {})) {
        const name = record.downloads?.find((download) => download.id === downloadId)?.name;
        if (name === undefined) throw new InvalidInputError(`The new product's record has no download ${downloadId}.`);
        archives.add({ productId: record.id, downloadId, path: newPathOf(name), file });
      }
      entries.push({ productId: record.id, entry: product.record });
      changed("products", product.touch);
      return record.id;
    },
  };
}
