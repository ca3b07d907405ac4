import { randomUUID } from "node:crypto";
import { InvalidInputError } from "../parse-strictly.ts";
import type { ContentType, ImagineSettings } from "./settings.ts";
import { finished, jobTimeline, statusAt, type Timeline } from "./timeline.ts";

export interface SiloImage {
  id: number;
  name: string;
  timeline: Timeline;
  isArchived: boolean;
}

export interface Product {
  id: number;
  unicode: string;
  gtin: string | null;
  name: string | null;
  mainAssetName: string | null;
  skuId: string | null;
  salsifyId: string | null;
  createdAtMs: number;
  uploadStatus: "1" | "2";
  modelKey: string;
  thumbnailKey: string | null;
  /** When it is gone for good; null as long as nobody deleted it. */
  deletedFromMs: number | null;
  viewer: Timeline | null;
  ar: Timeline | null;
  spins: { id: number; timeline: Timeline }[];
  silos: SiloImage[];
}

export interface NewProduct {
  gtin?: string | null | undefined;
  name?: string | null | undefined;
  mainAssetName?: string | null | undefined;
  skuId?: string | null | undefined;
  modelFileName: string;
  thumbnailName: string | null;
}

export const identifierNames = ["unicode", "gtin", "sku_id", "salsify_id"] as const;
export interface Products {
  create(product: NewProduct, nowMs: number): Product;
  /** Those that nobody deleted, newest first. */
  living(): Product[];
  /** By `unicode`; deleted ones are not found. */
  find(unicode: string): Product | undefined;
  /** Throws `InvalidInputError` where there is none. */
  get(unicode: string): Product;
  /** Whether another product holds that number; a deleted one holds it until its date. */
  isTaken(name: "gtin" | "skuId", value: string, nowMs: number, except?: Product): boolean;
  schedule(product: Product, type: ContentType, settings: ImagineSettings, nowMs: number): void;
  /** The timelines of one type become what `change` makes of them; `index` picks one of several images. */
  changeContent(product: Product, type: ContentType, change: (timeline: Timeline) => Timeline, index?: number): void;
  nextImageId(): number;
}

const siloScenes = ["Silo White", "Silo Black Matte Floor", "Silo Leaf", "Dynamic Lighting Silo Scene", "Black bg"];

export function createProducts(): Products {
  const products = new Map<string, Product>();
  let lastProductId = 73_000;
  let lastImageId = 29_590_000;
  let lastSpinId = 5000;
  const nextImageId = () => {
    lastImageId += 1;
    return lastImageId;
  };
  const find = (unicode: string) => {
    const product = products.get(unicode);
    return product?.deletedFromMs === null ? product : undefined;
  };
  return {
    create({ gtin, name, mainAssetName, skuId, modelFileName, thumbnailName }, nowMs) {
      lastProductId += 1;
      const folder = (kind: string) => `media/private/product/${kind}/${lastProductId}/0`;
      const product: Product = {
        id: lastProductId,
        unicode: randomUUID(),
        gtin: gtin ?? null,
        name: name ?? null,
        mainAssetName: mainAssetName ?? null,
        skuId: skuId ?? null,
        salsifyId: null,
        createdAtMs: nowMs,
        uploadStatus: "1",
        modelKey: `${folder("prop_data_user_file")}/prop_data_${modelFileName}`,
        thumbnailKey: thumbnailName === null ? null : `${folder("thumbnail")}/thumbnail_${thumbnailName}`,
        deletedFromMs: null,
        viewer: null,
        ar: null,
        spins: [],
        silos: [],
      };
      products.set(product.unicode, product);
      return product;
    },
    living: () => [...products.values()].filter(({ deletedFromMs }) => deletedFromMs === null).reverse(),
    find,
    get(unicode) {
      const product = find(unicode);
      if (product === undefined) throw new InvalidInputError(`There is no Imagine product ${unicode}.`);
      return product;
    },
    isTaken: (name, value, nowMs, except) =>
      [...products.values()].some(
        (product) =>
          product !== except &&
          product[name] === value &&
          (product.deletedFromMs === null || nowMs < product.deletedFromMs),
      ),
    schedule(product, type, settings, nowMs) {
      const hasBlenderStep = type === "3d_model_viewer" || type === "ar";
      const timeline = () =>
        jobTimeline({
          nowMs,
          queuedMs: settings.queuedMs,
          processingMs: settings.processingMs,
          outcome: settings.outcomes[type],
          hasBlenderStep,
        });
      if (type === "3d_model_viewer") product.viewer = timeline();
      else if (type === "ar") product.ar = timeline();
      else if (type === "360_degree_spin") {
        lastSpinId += 1;
        product.spins = [{ id: lastSpinId, timeline: timeline() }];
      } else {
        product.silos = Array.from({ length: settings.siloImages }, (_, index) => ({
          id: nextImageId(),
          name: `${product.name ?? product.unicode} - ${siloScenes[index % siloScenes.length]} - Silo Cam`,
          timeline: timeline(),
          isArchived: false,
        }));
      }
    },
    changeContent(product, type, change, index) {
      if (type === "3d_model_viewer") product.viewer = change(product.viewer ?? []);
      else if (type === "ar") product.ar = change(product.ar ?? []);
      else {
        const items = type === "360_degree_spin" ? product.spins : product.silos;
        if (items.length === 0 || (index !== undefined && items[index] === undefined))
          throw new InvalidInputError(
            `The Imagine product ${product.unicode} has no such ${type}; submit a job first.`,
          );
        for (const [position, item] of items.entries())
          if (index === undefined || index === position) item.timeline = change(item.timeline);
      }
    },
    nextImageId,
  };
}

/** The statuses as the API names them; null and empty lists for what was never requested. */
export function contentStatuses(product: Product, settings: ImagineSettings, nowMs: number) {
  const none = settings.notRequested === "null" ? null : [];
  return {
    product_ar_status: product.ar === null ? null : statusAt(product.ar, nowMs),
    product_3d_status: product.viewer === null ? null : statusAt(product.viewer, nowMs),
    product_silo_images_status:
      product.silos.length === 0
        ? none
        : product.silos.map(({ id, name, timeline }) => ({ id, name, status: statusAt(timeline, nowMs) })),
    product_threesixty_status:
      product.spins.length === 0
        ? none
        : product.spins.map(({ id, timeline }) => ({ id, status: statusAt(timeline, nowMs) })),
  };
}

/** Brings everything of the product to its outcome. */
export function finishProduct(product: Product, nowMs: number): void {
  if (product.viewer !== null) product.viewer = finished(product.viewer, nowMs);
  if (product.ar !== null) product.ar = finished(product.ar, nowMs);
  for (const item of [...product.spins, ...product.silos]) item.timeline = finished(item.timeline, nowMs);
}
