import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Download } from "../../domain/download.ts";
import type { AssetType, Product } from "../../domain/product.ts";
import type { Spend } from "../../domain/quota.ts";
import { buildCatalogDatabase } from "../build-catalog-database.ts";
import { openStore, type Store } from "../open-store.ts";

/** A folder on the real disk, with stores that are closed and files that are removed in the end. */
export interface TemporaryHome {
  readonly folder: string;
  readonly path: string;
  readonly ledgerPath: string;
  open(): Store;
  /** The store of the last `open`. */
  readonly store: Store;
  close(): void;
  /** What a process that was killed now would leave: a copy of all files, opened instead of this home. */
  copyAsAfterKill(): TemporaryHome;
  removeFile(name: string): void;
  remove(): void;
}

/** A clock that goes on by one second with each look, so that times in files differ and runs repeat. */
export function createClock(startMs = Date.UTC(2026, 0, 1)): () => number {
  let nowMs = startMs;
  return () => {
    nowMs += 1_000;
    return nowMs;
  };
}

export function createTemporaryHome(now = createClock()): TemporaryHome {
  const folder = mkdtempSync(join(tmpdir(), "asset-sync-store-"));
  let store: Store | undefined;
  const home: TemporaryHome = {
    folder,
    path: join(folder, "state.db"),
    ledgerPath: join(folder, "ledger.jsonl"),
    open() {
      home.close();
      store = openStore({ folder, now });
      return store;
    },
    get store() {
      if (store === undefined) throw new Error("The store is not open.");
      return store;
    },
    close() {
      store?.close();
      store = undefined;
    },
    copyAsAfterKill() {
      const copy = createTemporaryHome(now);
      cpSync(folder, copy.folder, { recursive: true });
      home.remove();
      return copy;
    },
    removeFile: (name) => rmSync(join(folder, name), { recursive: true }),
    remove() {
      home.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return home;
}

export function makeProduct(id: number, changes: Partial<Product> = {}): Product {
  return {
    id,
    slug: `oak-table-${id}`,
    name: `Oak Table ${id}`,
    title: `Oak Table ${id}`,
    revision: "2026-01-01T00:00:00",
    assetType: "model",
    servedAssetType: "model",
    category: { name: "Furniture", title: "Furniture", slug: "furniture" },
    subCategory: { name: "Tables &amp; Desks", title: "Tables & Desks", slug: "tables-desks" },
    isFreebie: false,
    licence: { value: "1", label: "Royalty free" },
    blenderVersion: { value: "6", label: "4.2" },
    polygonCount: 1_000,
    dimensions: null,
    tags: ["wood", "interior"],
    archives: [{ downloadId: `download-${id}`, name: `Oak_Table_${id}_Blender.zip` }],
    pictures: [],
    pageUrl: null,
    ...changes,
  };
}

let builds = 0;

/** Builds a catalog's database, as the process of its own does, and puts it to use. */
export function replaceCatalog(
  store: Store,
  catalog: Parameters<typeof buildCatalogDatabase>[0]["catalog"],
  nowMs = Date.UTC(2026, 0, 1),
): { added: number; changed: number; removed: number } {
  builds += 1;
  const { catalogs } = store;
  const path = join(catalogs.folder, `test-${process.pid}-${builds}.db`);
  const built = buildCatalogDatabase({ path, previous: catalogs.currentPath(), catalog, nowMs });
  catalogs.adoptCatalog(built);
  const { added, changed, removed } = built;
  return { added, changed, removed };
}

export const emptyCatalogFiles: Readonly<Record<AssetType, string>> = {
  model: "VERSION 1\n",
  material: "VERSION 1\n",
  geonode: "VERSION 1\n",
  fx: "VERSION 1\n",
};

export function planFor(store: Store, productId: number, changes: { downloadId?: string; revision?: string } = {}): Download {
  return store.journal.planDownload({
    productId,
    downloadId: changes.downloadId ?? "zip",
    revision: changes.revision ?? "1",
    assetType: "model",
    archiveName: "Oak_Table_Blender.zip",
    requester: "rule",
  });
}

export function reserveFor(store: Store, row: Download): Spend {
  const { productId, downloadId, revision, requester, id } = row;
  return store.spends.reserve({ productId, downloadId, revision, requester, downloadRowId: id, evidence: "A rule wants it." });
}

/** One spend in every state, a refusal, a download under way, and a small catalog that lost product 4. */
export function fillStore(store: Store, products = 300): void {
  const linked = planFor(store, 1);
  const link = { url: "https://r2.example/1.zip?signature=abc", expiresAtMs: null };
  store.recordLink({ spendId: reserveFor(store, linked).id, downloadRowId: linked.id, link, evidence: "A link came." });
  store.spends.release(reserveFor(store, planFor(store, 2)).id, "The shop refused.");
  store.spends.markInDoubt(reserveFor(store, planFor(store, 3)).id, "No answer came.");
  reserveFor(store, planFor(store, 4));
  store.spends.recordRefusal({ productId: 2, evidence: "Download limit exceeded." });
  store.sourceState.setLibraryId("model", "library-of-models");
  const all = Array.from({ length: products }, (_, index) => makeProduct(index + 1));
  const skipped = [{ index: 3, productId: null, name: null, reason: "It has no id." }];
  const catalog = { skipped, catalogFiles: emptyCatalogFiles };
  replaceCatalog(store, { ...catalog, catalogRevision: "catalog-0", products: all });
  replaceCatalog(store, { ...catalog, catalogRevision: "catalog-1", products: all.filter(({ id }) => id !== 4) });
}
