import { Failure } from "../../../src/domain/failure.ts";
import { type AssetType, assetTypes } from "../../../src/domain/product.ts";
import type { AssetSource } from "../../../src/domain/source.ts";
import type { World } from "../simulation/current-world.ts";
import { type Goods, makeArchive, makeCatalogFile, toProduct } from "../simulation/shop-goods.ts";
import { fetchServed } from "../simulation/shop-transfer.ts";

export type Question = "status" | "catalog" | "entitlement" | "link" | "archive";

/** What the shop does to a question: nothing, or this failure. `index` counts questions of this kind about this subject. */
export type Storm = (question: Question, index: number) => Failure | null;

export interface StormSource {
  readonly source: AssetSource;
  /** When each question came, in milliseconds that never jump, by kind and by kind and product. */
  readonly asked: Map<string, number[]>;
  changeStorm(storm: Storm): void;
}

/** A shop in trouble, which writes down when it was asked for what. */
export function createStormSource(settings: { world: World; storm: Storm; products: number }): StormSource {
  const { world } = settings;
  let { storm } = settings;
  const asked = new Map<string, number[]>();
  const goods = Array.from(
    { length: settings.products },
    (_, index): Goods => ({
      id: 101 + index,
      name: `Thing_${index + 1}`,
      assetType: "model",
      isFreebie: true,
      downloadId: `d${index + 1}`,
      revision: 1,
      isOffered: true,
      defect: "none",
    }),
  );

  function answer<T>(question: Question, subject: string, give: () => T): Promise<T> {
    return new Promise((resolve, reject) => {
      world.scheduler.add(() => {
        const times = asked.get(`${question} ${subject}`) ?? [];
        asked.set(`${question} ${subject}`, times);
        times.push(world.clock.monotonicMs());
        if (subject !== "") asked.set(question, [...(asked.get(question) ?? []), world.clock.monotonicMs()]);
        const failure = storm(question, times.length - 1);
        if (failure === null) resolve(give());
        else reject(failure);
      });
    });
  }

  const source: AssetSource = {
    id: "imeshh",
    fetchPicture: () => Promise.reject(new Failure("provider-error", "This shop has no pictures.")),
    getStatus: () => answer("status", "", () => ({ catalogRevision: "1" })),
    fetchCatalog: () =>
      answer("catalog", "", () => {
        const products = goods.map(toProduct);
        const files = assetTypes.map((type) => [type, makeCatalogFile(type, 1)] as const);
        const offer = { products, skipped: [], catalogFiles: Object.fromEntries(files) as Record<AssetType, string> };
        return { ...offer, feeds: [{ name: "offer.json", text: JSON.stringify(offer) }] };
      }),
    getEntitlement: () => answer("entitlement", "", () => ({ active: true, description: "Active." })),
    checkAccount: async () => undefined,
    requestLink: ({ productId }) =>
      answer("link", `${productId}`, () => ({ url: `https://files.example/${productId}`, expiresAtMs: null })),
    async fetchArchive(request) {
      const product = goods.find(({ id }) => request.link.url.endsWith(`/${id}`));
      if (product === undefined) throw new Failure("link-expired", "There is no such link.");
      await answer("archive", `${product.id}`, () => undefined);
      return fetchServed({
        request,
        open: { archive: makeArchive(product), hadFirstByte: false, isComplete: false, isExpired: false },
        random: world.random,
        trouble: () => 0,
        travel: async (_name, _signal, act) => act(),
        charge: () => undefined,
        note: () => undefined,
        serve: () => undefined,
      });
    },
  };
  return {
    source,
    asked,
    changeStorm(next) {
      storm = next;
    },
  };
}
