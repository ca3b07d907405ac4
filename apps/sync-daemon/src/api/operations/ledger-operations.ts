import { setImmediate as letOthersRun } from "node:timers/promises";
import { formatCsv, utf8Mark } from "../../domain/csv.ts";
import { Failure } from "../../domain/failure.ts";
import type { Product } from "../../domain/product.ts";
import type { Spend } from "../../domain/quota.ts";
import type { Catalogs } from "../../store/catalogs.ts";
import type { SpendEntry } from "../contract/ledger.ts";
import type { Operations } from "../contract/operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";

type LedgerOperations = Pick<Operations, "quota" | "ledger" | "ledgerCsv" | "settleSpend">;

/** Read at a time for the whole table, so that others are answered in between. */
const pageSize = 500;

export function createLedgerOperations({ parts, signal }: OperationsSettings): LedgerOperations {
  const { catalogs, spends } = parts.store;
  return {
    async quota() {
      return {
        products: spends.listQuotas(parts.settings().downloadLimit).map((quota) => {
          const product = catalogs.findProduct(quota.productId);
          const archive = product?.archives.find(({ downloadId }) => downloadId === quota.downloadId);
          return { ...quota, title: product?.title, archive: archive?.name };
        }),
      };
    },
    async ledger({ productId, state, beforeId, limit }) {
      const found = spends.listNewest({ productId, state, beforeId, limit: limit + 1 });
      const page = found.slice(0, limit);
      const describe = createSpendDescriber(catalogs);
      return { spends: page.map(describe), nextBeforeId: found.length > limit ? (page.at(-1)?.id ?? null) : null };
    },
    async ledgerCsv() {
      const describe = createSpendDescriber(catalogs);
      const rows: SpendEntry[] = [];
      for (let afterId = 0, isMore = true; isMore; ) {
        const page = spends.list({ afterId, limit: pageSize });
        rows.push(...page.map(describe));
        afterId = page.at(-1)?.id ?? afterId;
        isMore = page.length === pageSize;
        await letOthersRun(undefined, { signal });
      }
      const cells = rows.map((spend) => csvColumns.map((column) => spend[column]));
      return `${utf8Mark}${formatCsv(csvColumns, cells)}`;
    },
    async settleSpend({ id, outcome }) {
      const spend = /^\d{1,15}$/.test(id) ? spends.find(Number(id)) : undefined;
      if (spend === undefined) throw new Failure("spend-not-in-doubt", `There is no spend ${id}.`);
      if (spend.state !== "in-doubt") {
        const message = `The spend ${spend.id} of product ${spend.productId} is ${spend.state}, so there is nothing to settle.`;
        throw new Failure("spend-not-in-doubt", message, { productId: spend.productId });
      }
      const evidence =
        outcome === "confirmed"
          ? "A person said so: the shop counted it."
          : "A person said so: the shop did not count it.";
      const settled = spends.resolveInDoubt(spend.id, outcome, evidence);
      parts.publish({
        type: outcome === "confirmed" ? "spend-confirmed" : "spend-released",
        productId: settled.productId,
        downloadId: settled.downloadId,
        message: evidence,
      });
      return createSpendDescriber(catalogs)(settled);
    },
  };
}

const csvColumns = [
  "id",
  "reservedAt",
  "settledAt",
  "state",
  "requester",
  "productId",
  "title",
  "downloadId",
  "archive",
  "revision",
  "evidence",
] as const satisfies (keyof SpendEntry)[];

/** Looks each product up once, however often it was spent on. */
function createSpendDescriber(catalogs: Pick<Catalogs, "findProduct" | "findWithdrawn">): (spend: Spend) => SpendEntry {
  const products = new Map<number, Product | undefined>();
  const findProduct = (productId: number): Product | undefined => {
    if (!products.has(productId)) {
      products.set(productId, catalogs.findProduct(productId) ?? catalogs.findWithdrawn(productId)?.product);
    }
    return products.get(productId);
  };
  return ({ id, productId, downloadId, revision, state, requester, evidence, reservedAtMs, settledAtMs }) => {
    const product = findProduct(productId);
    return {
      id,
      productId,
      title: product?.title ?? null,
      downloadId,
      archive: product?.archives.find((archive) => archive.downloadId === downloadId)?.name ?? null,
      revision,
      state,
      requester,
      evidence,
      reservedAt: new Date(reservedAtMs).toISOString(),
      settledAt: settledAtMs === null ? null : new Date(settledAtMs).toISOString(),
    };
  };
}
