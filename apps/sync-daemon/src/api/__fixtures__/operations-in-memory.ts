import { Failure } from "../../domain/failure.ts";
import type { StatusAnswer } from "../contract/daemon.ts";
import type { Caller, OperationName, Operations } from "../contract/operations.ts";
import type { ProductDetail } from "../contract/products.ts";

/** The operations that these tests ask. */
type InMemory = Pick<
  Operations,
  "status" | "sync" | "plan" | "search" | "show" | "why" | "quota" | "ledger" | "ledgerCsv" | "get" | "request" | "verify" | "repair" | "pause" | "resume"
>;

/** The far side of the API in tests of the API and the command line: answers from memory, and notes what was asked. */
export interface OperationsInMemory extends InMemory {
  readonly asked: [name: string, request: unknown][];
  /** Who asked for a sync. */
  readonly callers: Caller[];
  /** Thrown by the next call of this name. */
  failNext(name: OperationName, failure: Failure): void;
  /** The next call of this name waits for this first. */
  holdNext(name: OperationName, until: Promise<unknown>): void;
}

const chair: ProductDetail = {
  productId: 132602,
  slug: "oak-chair",
  title: "Oak Chair\u001b[31m & Co",
  assetType: "model",
  category: "Furniture",
  subCategory: "Chairs",
  isFreebie: true,
  revision: "2026-05-01T10:00:00",
  folder: "iMeshh-Models/Furniture/Chairs/oak_chair",
  licence: { value: "royalty", label: "Royalty free" },
  blenderVersion: { value: "42", label: "Blender 4.2" },
  polygonCount: 12_345,
  dimensions: "50 x 50 x 90 cm",
  tags: ["oak", "seat"],
  pageUrl: "https://shop.example.com/oak-chair",
  archives: [
    { downloadId: "d-1", name: "oak_chair_Blender.zip", isDefault: true, bytes: 5_000_000, cost: 0, isInstalled: true },
    { downloadId: "d-2", name: "oak_chair_8k.zip", isDefault: false, bytes: null, cost: 1, isInstalled: false },
  ],
  quota: { limit: 4, spent: 1, inDoubt: 1, left: 2 },
  isUpdateWaiting: false,
  isFavourite: false,
  pictures: 1,
  isLastDownload: false,
  installed: [{ folder: "iMeshh-Models/Furniture/Chairs/oak_chair", downloadId: "d-1", revision: "2026-05-01T10:00:00", installedAt: "2026-05-02T08:00:00.000Z" }],
};

export function createOperationsInMemory(): OperationsInMemory {
  const asked: [string, unknown][] = [];
  const callers: Caller[] = [];
  const failures = new Map<string, Failure>();
  const holds = new Map<string, Promise<unknown>>();
  let pausedUntil: string | null = null;
  let isPaused = false;

  const note = (name: string, request: unknown) => {
    asked.push([name, request]);
    const failure = failures.get(name);
    failures.delete(name);
    if (failure !== undefined) throw failure;
  };
  const noteAndWait = async (name: string, request: unknown) => {
    note(name, request);
    const hold = holds.get(name);
    holds.delete(name);
    await hold;
  };
  const find = (id: string) => (id === "132602" || id === "oak-chair" ? chair : undefined);
  const status = (): StatusAnswer => ({
    apiVersion: 1,
    version: "0.0.0",
    pid: process.pid,
    startedAt: "2026-07-01T08:00:00.000Z",
    home: "/home/artist/.config/asset-sync",
    state: isPaused ? "paused" : "idle",
    pausedUntil,
    catalogRevision: "2026-06-30",
    products: 2,
    skipped: 1,
    assets: 1,
    lastSync: { at: "2026-07-01T08:00:01.000Z", result: { catalogRevision: "2026-06-30", products: 2, skipped: 1, planned: 1, committed: 1, failed: [], spent: 1, durationMs: 1_500 } },
    nextPollAt: "2026-07-01T08:15:00.000Z",
    downloads: [{ productId: 7, title: "Table", state: "linked", bytes: 5_000_000, totalBytes: 20_000_000, bytesPerSecond: 1_000_000 }],
    libraries: [
      { assetType: "model", folder: "/assets/iMeshh-Models", state: "ready", message: null, assets: 1 },
      { assetType: "fx", folder: "/assets/iMeshh-Effects", state: "unusable", message: "The library folder /assets/iMeshh-Effects is missing.", assets: 0 },
    ],
    account: { state: "set", username: "me@example.com" },
    isSampleShop: false,
    needsRestart: [],
    process: { residentBytes: 90_000_000, eventLoopDelayP99Ms: 4, eventLoopDelayMaxMs: 12 },
    notices: [{ code: "quota-last", message: "Only 1 of 4 downloads of \"Lamp\" is left." }],
  });

  return {
    asked,
    callers,
    failNext: (name, failure) => void failures.set(name, failure),
    holdNext: (name, until) => void holds.set(name, until),
    async status() {
      await noteAndWait("status", {});
      return status();
    },
    async sync(request, caller) {
      if (caller !== undefined) callers.push(caller);
      await noteAndWait("sync", request);
      return {
        catalogRevision: "2026-06-30",
        products: 2,
        skipped: 1,
        planned: 2,
        committed: 1,
        failed: [{ productId: 8, code: "quota-last", message: 'Only 1 of 4 downloads of "Lamp" is left.' }],
        spent: 1,
        durationMs: 12_000,
      };
    },
    async plan() {
      note("plan", {});
      return {
        items: [
          { productId: 7, title: "Table", action: "download", archive: "table.zip", downloadId: "t", cost: 1, bytes: null, reason: { code: "wanted", message: "A rule wants it." } },
          { productId: 9, title: "Shelf", action: "update", archive: "shelf.zip", downloadId: "s", cost: 0, bytes: 260_000_000, reason: { code: "archive-kept", message: "Its zip is kept." } },
          { productId: 8, title: "Lamp", action: "defer", archive: "lamp.zip", downloadId: "l", cost: 1, bytes: null, reason: { code: "quota-last", message: "Only 1 of 4 downloads is left." } },
          { productId: 132602, title: "Oak Chair", action: "keep", archive: "oak_chair_Blender.zip", downloadId: "d-1", cost: 0, bytes: null, reason: { code: "installed", message: "Installed." } },
        ],
        withdrawn: [{ productId: 3, title: "Old Sofa", folder: "iMeshh-Models/Furniture/Sofas/old_sofa" }],
        price: { downloads: 1, knownBytes: 260_000_000, unknownSizes: 1, freeBytes: 120_000_000_000 },
      };
    },
    async search(query) {
      note("search", query);
      return query.text === "nothing" ? { catalogRevision: "2026-06-30", total: 0, products: [] } : { catalogRevision: "2026-06-30", total: 2, products: [{ ...chair, licence: chair.licence.label, blenderVersion: chair.blenderVersion.label }] };
    },
    async show({ id }) {
      note("show", { id });
      const product = find(id);
      if (product === undefined) throw new Failure("product-unknown", `The shop's catalog has no product "${id}".`);
      return product;
    },
    async why({ id }) {
      note("why", { id });
      const product = find(id);
      if (product === undefined) return { productId: Number(id) || 0, title: null, state: "unknown", reasons: [{ code: "unknown", message: "The catalog has no such product." }] };
      return { productId: product.productId, title: "Oak Chair", state: "installed", reasons: [{ code: "installed", message: "A rule wants it." }] };
    },
    async quota() {
      note("quota", {});
      return {
        products: [
          { productId: 132602, title: "Oak Chair", downloadId: "d-1", limit: 4, spent: 1, inDoubt: 1, left: 2 },
          { productId: 7, downloadId: "t", limit: 4, spent: 4, inDoubt: 0, left: 0 },
        ],
      };
    },
    async get(request) {
      await noteAndWait("get", request);
      return {
        products: request.products.map((product) =>
          product === 8
            ? { product, productId: 8, state: "failed" as const, folder: null, spent: 0, code: "quota-last", message: "Only 1 of 4 downloads is left." }
            : { product, productId: 132602, state: "installed" as const, folder: chair.folder, spent: 1, code: null, message: "Installed." },
        ),
      };
    },
    async request(request) {
      note("request", request);
      return {
        accepted: [{ productId: 132602, cost: 1 }],
        refused: request.products.includes(8) ? [{ product: 8, code: "quota-last", message: "Only 1 of 4 downloads is left." }] : [],
      };
    },
    async ledger(request) {
      note("ledger", request);
      const spend = { downloadId: "d-1", archive: null, revision: "r", evidence: "The shop handed out a link.", reservedAt: "2026-05-02T08:00:00.000Z", settledAt: null };
      const spends = [
        { id: 2, productId: 7, title: null, state: "in-doubt" as const, requester: "person" as const, ...spend, evidence: "No answer\u001b came." },
        { id: 1, productId: 132602, title: "Oak Chair", state: "confirmed" as const, requester: "rule" as const, ...spend },
      ];
      return { spends, nextBeforeId: null };
    },
    async ledgerCsv() {
      note("ledgerCsv", {});
      return "\uFEFFid,title\r\n1,Oak Chair\r\n";
    },
    async verify(request) {
      note("verify", request);
      if (request.products.includes(132602)) return { assets: 1, problems: [], damaged: [] };
      return { assets: 3, problems: [], damaged: [{ productId: 7, title: "Table", folder: "iMeshh-Models/table", missing: ["table.blend"], edited: ["wood.png"], repairable: true }] };
    },
    async repair(request) {
      note("repair", request);
      return {
        repaired: [{ productId: 7, folder: "iMeshh-Models/table", message: "Whole again." }],
        failed: [{ productId: 9, code: "disk-full", message: "No room for Shelf." }],
      };
    },
    async pause({ untilMs }) {
      note("pause", { untilMs });
      isPaused = true;
      pausedUntil = untilMs === null ? null : new Date(untilMs).toISOString();
      return status();
    },
    async resume() {
      note("resume", {});
      isPaused = false;
      pausedUntil = null;
      return status();
    },
  };
}

