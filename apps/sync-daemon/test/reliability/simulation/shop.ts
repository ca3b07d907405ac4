import { Failure } from "../../../src/domain/failure.ts";
import { type AssetType, assetTypes } from "../../../src/domain/product.ts";
import type { AssetSource, Link } from "../../../src/domain/source.ts";
import type { World } from "./current-world.ts";
import { type Goods, makeArchive, makeCatalogFile, makeGoods, type ServedArchive, toProduct } from "./shop-goods.ts";
import { fetchServed, type OpenLink } from "./shop-transfer.ts";

export const chargingModels = ["link", "first-byte", "completion", "every-request"] as const;
export type ChargingModel = (typeof chargingModels)[number];

/** How often the real shop lets one product be downloaded. */
export const shopLimit = 4;

/** A question for a link, as it arrived. */
export interface Asked {
  readonly goods: Goods;
  /** Of the catalog that the engine knew, as its ledger says. */
  readonly revision: string;
  readonly requester: "rule" | "person";
  /** Does the ledger say now that its link came? */
  readonly isKnown: () => boolean;
  outcome: "on-the-way" | "link" | "refused" | "lost";
}

/** The shop, in memory: everything is as the seed decides, and everything is counted. */
export interface Shop {
  readonly source: AssetSource;
  readonly model: ChargingModel;
  readonly goods: readonly Goods[];
  readonly asked: readonly Asked[];
  /** Every zip that ever left it, by hash. */
  readonly served: ReadonlyMap<string, ServedArchive>;
  readonly fired: Map<string, number>;
  /** Between 0 and 1: how many of its answers go wrong. */
  setTrouble(probability: number): void;
  chargesOf(productId: number): number;
  /** Something changes in the shop: a new version, a withdrawal, a return. */
  change(): void;
  /** What went wrong with a product through no fault of the engine. */
  readonly mishaps: Map<number, Set<string>>;
  readonly requests: Map<string, number>;
  /** Products that ever had a version which must be refused. */
  readonly defects: ReadonlySet<number>;
  /** Links stop working. */
  expireLinks(): void;
  /** Nothing goes wrong any more. */
  calm(): void;
}

export interface ShopEars {
  /** A question for a link has arrived: what does the disk say about it? */
  onAsked(question: {
    goods: Goods;
    earlier: readonly Asked[];
    /** When the question left: the disk may fill up while it is on its way. */
    wasDiskFull: boolean;
  }): Pick<Asked, "revision" | "requester" | "isKnown">;
}

export function createShop(settings: { world: World; model: ChargingModel; ears: ShopEars }): Shop {
  const { world, model, ears } = settings;
  const { random } = world;
  const goods = makeGoods(random);
  const asked: Asked[] = [];
  const served = new Map<string, ServedArchive>();
  const charges = new Map<number, number>();
  const links = new Map<string, OpenLink>();
  const fired = new Map<string, number>();
  const requests = new Map<string, number>();
  const mishaps = new Map<number, Set<string>>();
  const defects = new Set(goods.filter(({ defect }) => defect !== "none").map(({ id }) => id));
  let trouble = 0;
  let generation = 1;
  let shrinks = false;

  const note = (productId: number, what: string) => {
    mishaps.set(productId, (mishaps.get(productId) ?? new Set()).add(what));
    fired.set(what, (fired.get(what) ?? 0) + 1);
  };
  const charge = (productId: number, when: ChargingModel) => {
    if (when !== model) return;
    charges.set(productId, (charges.get(productId) ?? 0) + 1);
    world.trace.add(`shop counts a download of ${productId}`);
  };

  /** A message on its way: comes when the seed says so, to a process that may have died meanwhile. */
  function travel<T>(name: string, signal: AbortSignal, act: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const stopped = () => new Failure("stopped", "The work was stopped before it was done.");
      if (world.gate.isDead) return;
      if (signal.aborted) return reject(stopped());
      const give = () => {
        signal.removeEventListener("abort", give);
        world.scheduler.cancel(id);
        reject(stopped());
      };
      const id = world.scheduler.add(
        () => {
          signal.removeEventListener("abort", give);
          world.trace.add(`shop ${name}`);
          try {
            resolve(act());
          } catch (error) {
            reject(error);
          }
        },
        random.chance(0.2) ? random.below(2_000) : 0,
      );
      signal.addEventListener("abort", give, { once: true });
    });
  }

  function mayFail(what: string): void {
    requests.set(what, (requests.get(what) ?? 0) + 1);
    if (!random.chance(trouble)) return;
    const code = random.pick(["provider-unreachable", "provider-error", "rate-limited", "answer-unreadable"] as const);
    fired.set(`${what}: ${code}`, (fired.get(`${what}: ${code}`) ?? 0) + 1);
    world.trace.add(`shop ${what} fails with ${code}`);
    const retryAfterMs = code === "rate-limited" ? { retryAfterMs: random.below(10 * 60_000) } : {};
    throw new Failure(code, `The shop answered ${what} with ${code}.`, retryAfterMs);
  }

  function answerLink(product: Goods, record: Asked): void {
    if (random.chance(trouble / 2)) {
      record.outcome = "refused";
      throw new Failure("provider-unreachable", "The shop was not reached.", { spendOutcome: "not-spent" });
    }
    if ((charges.get(product.id) ?? 0) >= shopLimit) {
      record.outcome = "refused";
      throw new Failure("quota-exhausted", "The shop says: limit exceeded.", { spendOutcome: "not-spent" });
    }
    charge(product.id, "link");
  }

  const source: AssetSource = {
    id: "imeshh",
    async fetchPicture() {
      throw new Failure("provider-error", "This shop has no pictures.");
    },
    async getStatus({ signal }) {
      await travel("status asked", signal, () => mayFail("status"));
      return travel("status", signal, () => ({ catalogRevision: `${generation}${shrinks ? "-shrunken" : ""}` }));
    },
    async fetchCatalog({ signal }) {
      await travel("catalog asked", signal, () => mayFail("catalog"));
      return travel("catalog", signal, () => {
        const products = shrinks ? [] : goods.filter(({ isOffered }) => isOffered).map(toProduct);
        const files = assetTypes.map((type) => [type, makeCatalogFile(type, generation)] as const);
        const offer = { products, skipped: [], catalogFiles: Object.fromEntries(files) as Record<AssetType, string> };
        return { ...offer, feeds: [{ name: "offer.json", text: JSON.stringify(offer) }] };
      });
    },
    async getEntitlement({ signal }) {
      await travel("entitlement asked", signal, () => mayFail("entitlement"));
      return { active: true, description: "Active." };
    },
    checkAccount: async () => undefined,
    async requestLink({ productId, downloadId, signal }): Promise<Link> {
      requests.set("link", (requests.get("link") ?? 0) + 1);
      const product = goods.find((one) => one.id === productId && one.downloadId === downloadId);
      if (product === undefined) throw new Error(`The engine asked for ${productId}/${downloadId}.`);
      const wasDiskFull = world.freeBytes === 0;
      const record = await travel(`link of ${productId} asked`, signal, () => {
        const earlier = asked.filter((one) => one.goods === product);
        const known = ears.onAsked({ goods: product, earlier, wasDiskFull });
        const arrived: Asked = { goods: product, ...known, outcome: "on-the-way" };
        asked.push(arrived);
        answerLink(product, arrived);
        return arrived;
      });
      try {
        return await travel(`link of ${productId}`, signal, () => {
          if (random.chance(trouble)) {
            note(productId, "answer lost");
            throw new Failure("provider-error", "The answer was lost.", { spendOutcome: "unknown" });
          }
          record.outcome = "link";
          const archive = makeArchive(product);
          served.set(archive.sha256, archive);
          const url = `https://files.example/${links.size + 1}`;
          links.set(url, { archive, hadFirstByte: false, isComplete: false, isExpired: false });
          return { url, expiresAtMs: null };
        });
      } catch (error) {
        record.outcome = "lost";
        throw error;
      }
    },
    fetchArchive(request) {
      requests.set("archive", (requests.get("archive") ?? 0) + 1);
      const open = links.get(request.link.url);
      if (open === undefined) throw new Error(`There never was a link ${request.link.url}.`);
      const { productId } = open.archive;
      return fetchServed({
        request,
        open,
        random,
        trouble: () => trouble,
        travel,
        charge: (when) => charge(productId, when),
        note: (what) => note(productId, what),
        serve: (archive) => void served.set(archive.sha256, archive),
      });
    },
  };

  return {
    source,
    model,
    goods,
    asked,
    served,
    fired,
    requests,
    mishaps,
    setTrouble(probability) {
      trouble = probability;
    },
    chargesOf: (productId) => charges.get(productId) ?? 0,
    change() {
      const product = random.pick(goods);
      const kind = random.pick(["revision", "revision", "revision", "withdraw", "shrink"] as const);
      generation += 1;
      shrinks = kind === "shrink" && !shrinks;
      if (kind === "revision" || !product.isOffered) {
        product.revision += product.isOffered ? 1 : 0;
        product.isOffered = true;
        product.defect = random.chance(0.06) ? random.pick(["unsafe", "damaged", "cut", "html"] as const) : "none";
        if (product.defect !== "none") defects.add(product.id);
      } else if (kind === "withdraw") product.isOffered = false;
      world.trace.add(`shop changes: ${kind} of ${product.id}`);
    },
    defects,
    calm() {
      trouble = 0;
      generation += 1;
      shrinks = false;
      // An offer of nothing is refused for ever, and rightly.
      const [first] = goods;
      if (first !== undefined && goods.every(({ isOffered }) => !isOffered)) first.isOffered = true;
    },
    expireLinks() {
      for (const open of links.values()) open.isExpired = true;
      for (const { id } of goods) note(id, "link expired");
    },
  };
}
