import type { Download } from "../download.ts";
import type { InstalledAsset } from "../manifest.ts";
import type { PlanInput } from "../plan.ts";
import type { Product } from "../product.ts";
import { countQuota } from "../quota.ts";

/** An invented product in the shape of the sample shop's; tests change what they are about. */
export function makeProduct(changes: Partial<Product> = {}): Product {
  const id = changes.id ?? 132743;
  return {
    id,
    slug: "oak-planks-01",
    name: "Oak Planks 01",
    title: "Oak Planks 01",
    revision: "2025-06-28T17:07:07",
    assetType: "material",
    servedAssetType: "material",
    category: { name: "Wood", title: "Wood", slug: "wood" },
    subCategory: { name: "Planks", title: "Planks", slug: "planks" },
    isFreebie: false,
    licence: { value: "1", label: "Royalty Free" },
    blenderVersion: { value: "6", label: "v4.2+" },
    polygonCount: 1000,
    dimensions: null,
    tags: ["oak", "floor"],
    archives: [
      { downloadId: `${id}-bundle`, name: "Wood_Oak_Planks_01_1+2+4k.zip" },
      { downloadId: `${id}-8k`, name: "Wood_Oak_Planks_01_8k.zip" },
    ],
    pictures: [],
    pageUrl: null,
    ...changes,
  };
}

export function makeAsset(product: Product, changes: Partial<InstalledAsset["manifest"]> = {}): InstalledAsset {
  const archive = product.archives[0];
  if (archive === undefined) throw new Error("a product without archives cannot be installed");
  return {
    assetType: product.assetType,
    folder: `${product.category.name}/${product.subCategory.name}/Wood_Oak_Planks_01`,
    manifest: {
      format: 1,
      source: "imeshh",
      productId: product.id,
      slug: product.slug,
      title: product.title,
      assetType: product.assetType,
      revision: product.revision,
      downloadId: archive.downloadId,
      licence: product.licence,
      blenderVersion: product.blenderVersion,
      archive: { name: archive.name, sha256: "0".repeat(64), bytes: 10 },
      files: [],
      installedAt: "2026-01-01T00:00:00.000Z",
      ...changes,
    },
  };
}

export function makeDownload(product: Product, changes: Partial<Download> = {}): Download {
  const archive = product.archives[0];
  if (archive === undefined) throw new Error("a product without archives has no downloads");
  return {
    id: 1,
    productId: product.id,
    downloadId: archive.downloadId,
    revision: product.revision,
    assetType: product.assetType,
    archiveName: archive.name,
    requester: "rule",
    state: "planned",
    link: null,
    archiveSha256: null,
    archiveBytes: null,
    folder: null,
    failure: null,
    heldAtMs: null,
    cancelledAtMs: null,
    createdAtMs: 0,
    updatedAtMs: 0,
    ...changes,
  };
}

/** Everything in order, nothing wanted, nothing spent. */
export function makePlanInput(changes: Partial<PlanInput> = {}): PlanInput {
  const ready = { state: "ready" } as const;
  return {
    products: [],
    wanted: [],
    updates: "ask",
    requests: [],
    assets: [],
    downloads: [],
    cancelledDownload: () => undefined,
    quotaOf: (productId) => countQuota({ productId, spends: [], limit: 4, refusedByShop: false }),
    spendsOfRevision: () => [],
    keptArchive: () => undefined,
    accountProblem: null,
    entitlementProblem: null,
    massMissing: null,
    libraries: { model: ready, material: ready, geonode: ready, fx: ready },
    isTakenByOthers: () => false,
    keepInReserve: 1,
    nowMs: Date.parse("2026-01-01T00:00:00Z"),
    ...changes,
  };
}
