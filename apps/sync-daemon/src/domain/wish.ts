import { chooseArchive } from "./archive-choice.ts";
import type { Download, Requester } from "./download.ts";
import type { InstalledAsset } from "./manifest.ts";
import type { ProductRequest } from "./plan.ts";
import type { Product, ProductArchive } from "./product.ts";
import type { UpdatePolicy, WantedRule } from "./wanted.ts";

/** One archive of one product that somebody wants, holds, or has begun. */
export interface Wish {
  readonly archive: ProductArchive;
  readonly requester: Requester;
  readonly spendLast: boolean;
  readonly asset: InstalledAsset | undefined;
  readonly updates: UpdatePolicy;
  readonly isDamaged: boolean;
}

/**
 * Which archives of a product are looked at: what is installed, what is under way, what a rule selects, what a person
 * asked for. Each archive once; a person's request wins.
 */
export function wishesFor(subject: {
  product: Product;
  request: ProductRequest | undefined;
  rule: WantedRule | undefined;
  installed: readonly InstalledAsset[];
  underWay: readonly Download[];
  updates: UpdatePolicy;
}): Wish[] {
  const { product, request, rule, installed, underWay } = subject;
  const updates = rule?.updates ?? subject.updates;
  const wishes = new Map<string, Wish>();
  const assetOf = (downloadId: string) => installed.find((asset) => asset.manifest.downloadId === downloadId);
  const archiveOf = (downloadId: string, name: string): ProductArchive =>
    product.archives.find((archive) => archive.downloadId === downloadId) ?? { downloadId, name };

  // An archive id that the shop replaced by another belongs to the same asset: the first one offered takes its place.
  for (const asset of installed) {
    const offered = product.archives.find((archive) => archive.downloadId === asset.manifest.downloadId);
    const archive = offered ?? chooseArchive(product);
    // A folder that a person copied shows the same asset twice; one of them is enough to follow.
    if (archive !== undefined && !wishes.has(archive.downloadId))
      wishes.set(archive.downloadId, {
        archive,
        requester: "rule",
        spendLast: false,
        asset,
        updates,
        isDamaged: false,
      });
  }
  // Whoever began it: going on happens by itself and has a rule's rights, not those of the person who once asked.
  for (const row of underWay) {
    const asset = wishes.get(row.downloadId)?.asset ?? assetOf(row.downloadId);
    wishes.set(row.downloadId, {
      archive: archiveOf(row.downloadId, row.archiveName),
      requester: "rule",
      spendLast: false,
      asset,
      updates,
      isDamaged: false,
    });
  }
  if (rule !== undefined && (installed.length === 0 || rule.download !== undefined)) {
    const archive = chooseArchive(product, rule.download);
    if (archive !== undefined && !wishes.has(archive.downloadId)) {
      wishes.set(archive.downloadId, {
        archive,
        requester: "rule",
        spendLast: false,
        asset: assetOf(archive.downloadId),
        updates,
        isDamaged: false,
      });
    }
  }
  if (request !== undefined) {
    const archive =
      request.downloadId === undefined
        ? ([...wishes.values()][0]?.archive ?? chooseArchive(product, rule?.download))
        : product.archives.find((candidate) => candidate.downloadId === request.downloadId);
    if (archive !== undefined) {
      const asset = wishes.get(archive.downloadId)?.asset ?? assetOf(archive.downloadId);
      wishes.set(archive.downloadId, {
        archive,
        requester: "person",
        spendLast: request.spendLast,
        asset,
        updates,
        isDamaged: request.isDamaged ?? false,
      });
    }
  }
  return [...wishes.values()];
}
