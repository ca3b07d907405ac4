import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeAsset, makeDownload, makePlanInput, makeProduct } from "./__fixtures__/shop.ts";
import type { PlanInput, PlanItem } from "./plan.ts";
import { isWork } from "./plan.ts";
import { planSync } from "./plan-sync.ts";
import { countQuota } from "./quota.ts";

const product = makeProduct();
const wanted = [{ productId: product.id }];
const bundle = `${product.id}-bundle`;

function onlyItem(changes: Partial<PlanInput>): PlanItem {
  const { items } = planSync(makePlanInput({ products: [product], ...changes }));
  expect(items).toHaveLength(1);
  const [item] = items;
  if (item === undefined) throw new Error("no item");
  return item;
}

const summary = (item: PlanItem) => ({
  action: item.action,
  code: item.reason.code,
  cost: item.action === "keep" ? 0 : item.cost,
});
const newer = makeProduct({ revision: "2025-09-01T00:00:00" });

describe("what is wanted", () => {
  it("is nothing while no rule and no person asks", () => {
    const plan = planSync(makePlanInput({ products: [product, makeProduct({ id: 2, isFreebie: true })] }));
    expect(plan.items).toEqual([]);
    expect(plan.price).toEqual({ downloads: 0, knownBytes: 0, unknownSizes: 0 });
  });

  it("costs one download when a rule selects it", () => {
    const plan = planSync(makePlanInput({ products: [product], wanted }));
    expect(plan.items.map(summary)).toEqual([{ action: "download", code: "wanted", cost: 1 }]);
    expect(plan.price).toEqual({ downloads: 1, knownBytes: 0, unknownSizes: 1 });
  });

  it("is the add-on's choice of archive, or the rule's", () => {
    expect(onlyItem({ wanted }).archive.downloadId).toBe(bundle);
    expect(onlyItem({ wanted: [{ productId: product.id, download: "8k" }] }).archive.downloadId).toBe(
      `${product.id}-8k`,
    );
  });

  it("is the archive a person names, beside what is installed already", () => {
    const plan = planSync(
      makePlanInput({
        products: [product],
        assets: [makeAsset(product)],
        requests: [{ productId: product.id, downloadId: `${product.id}-8k`, spendLast: false }],
      }),
    );
    expect(plan.items.map((item) => [item.archive.downloadId, item.action])).toEqual([
      [bundle, "keep"],
      [`${product.id}-8k`, "download"],
    ]);
  });

  it("names requests the catalog does not have", () => {
    expect(planSync(makePlanInput({ requests: [{ productId: 7, spendLast: false }] })).unknownRequests).toEqual([7]);
  });
});

describe("what is on disk", () => {
  it("is kept at no cost while the revision is the same", () => {
    expect(summary(onlyItem({ wanted, assets: [makeAsset(product)] }))).toEqual({
      action: "keep",
      code: "installed",
      cost: 0,
    });
  });

  it.each([
    ["ask", undefined, "keep", "update-waiting"],
    ["never", undefined, "keep", "update-ignored"],
    ["auto", undefined, "update", "wanted"],
    ["never", "auto", "update", "wanted"],
    ["auto", "ask", "keep", "update-waiting"],
  ] as const)("with a newer revision and updates %s, rule %s: %s", (updates, ruleUpdates, action, code) => {
    const item = onlyItem({
      products: [newer],
      wanted: [{ productId: product.id, updates: ruleUpdates }],
      updates,
      assets: [makeAsset(product)],
    });
    expect(summary(item)).toMatchObject({ action, code });
  });

  it("is updated when a person asks by name, whatever the policy", () => {
    const item = onlyItem({
      products: [newer],
      updates: "never",
      assets: [makeAsset(product)],
      requests: [{ productId: product.id, spendLast: false }],
    });
    expect(summary(item)).toEqual({ action: "update", code: "asked-for", cost: 1 });
  });

  it("stays, marked, when the shop withdraws the product", () => {
    const plan = planSync(makePlanInput({ products: [], assets: [makeAsset(product)] }));
    expect(plan.items).toEqual([]);
    expect(plan.withdrawn.map(({ reason }) => reason.code)).toEqual(["withdrawn"]);
  });

  it("is not fetched again by itself when a person removed it, but by name", () => {
    const downloads = [makeDownload(product, { state: "committed", folder: "x" })];
    const kept = () => ({ sha256: "1".repeat(64), bytes: 5, refused: null });
    expect(summary(onlyItem({ wanted, downloads }))).toEqual({ action: "defer", code: "removed-by-person", cost: 1 });
    expect(summary(onlyItem({ wanted, downloads, keptArchive: kept }))).toEqual({
      action: "defer",
      code: "removed-by-person",
      cost: 0,
    });
    const requests = [{ productId: product.id, spendLast: false }];
    expect(summary(onlyItem({ requests, downloads, keptArchive: kept }))).toEqual({
      action: "download",
      code: "archive-kept",
      cost: 0,
    });
  });

  it("gone in masses, waits for a person", () => {
    const downloads = [makeDownload(product, { state: "committed", folder: "x" })];
    const massMissing = { code: "asset-mass-missing", message: "gone" } as const;
    expect(onlyItem({ wanted, downloads, massMissing }).reason.code).toBe("asset-mass-missing");
  });

  it("is never overwritten: a foreign folder of that name waits for a person", () => {
    const isTakenByOthers = (_type: string, folder: string) => folder === "Wood/Planks/Wood_Oak_Planks_01";
    expect(summary(onlyItem({ wanted, isTakenByOthers }))).toEqual({
      action: "defer",
      code: "asset-folder-taken",
      cost: 1,
    });
  });
});

describe("a folder into which nobody can look", () => {
  const unseenFolders = [{ assetType: "material" as const, folder: "Wood", reason: "it cannot be listed (EACCES)" }];
  const requests = [{ productId: product.id, spendLast: true }];

  it.each([
    ["a rule", { wanted }],
    ["a person", { requests }],
  ])("may hold what %s wants, so nothing is paid for it", (_who, asked) => {
    expect(summary(onlyItem({ ...asked, unseenFolders }))).toEqual({
      action: "defer",
      code: "access-denied",
      cost: 1,
    });
  });

  it("keeps what is paid for from being taken for new", () => {
    const downloads = [makeDownload(product, { state: "fetched" })];
    expect(summary(onlyItem({ wanted, downloads, unseenFolders }))).toMatchObject({ action: "defer", cost: 0 });
  });

  it("counts where the asset was installed, also when a person's category is another one now", () => {
    const downloads = [makeDownload(product, { state: "committed", folder: "Old/Planks/Wood_Oak_Planks_01" })];
    const old = [{ ...unseenFolders[0], assetType: "material" as const, folder: "Old", reason: "it cannot be listed" }];
    expect(summary(onlyItem({ requests, downloads, unseenFolders: old }))).toMatchObject({ code: "access-denied" });
  });

  it.each([
    ["of another library", { assetType: "model" as const, folder: "Wood" }],
    ["beside it", { assetType: "material" as const, folder: "Woo" }],
    ["elsewhere", { assetType: "material" as const, folder: "lost+found" }],
  ])("%s is in nobody's way", (_where, place) => {
    const elsewhere = [{ ...place, reason: "it cannot be listed" }];
    expect(summary(onlyItem({ wanted, unseenFolders: elsewhere }))).toMatchObject({ action: "download" });
  });
});

describe("what was begun", () => {
  it.each(["linked", "fetched"] as const)("goes on at no cost when %s", (state) => {
    const downloads = [makeDownload(product, { state, link: { url: "https://r2.imeshh.com/x", expiresAtMs: null } })];
    expect(summary(onlyItem({ wanted, downloads }))).toEqual({ action: "download", code: "resumes", cost: 0 });
  });

  it("is finished at its own revision although the shop has a newer one", () => {
    const downloads = [makeDownload(product, { state: "linked" })];
    const item = onlyItem({ products: [newer], wanted, downloads });
    expect(summary(item)).toEqual({ action: "download", code: "resumes", cost: 0 });
    expect(isWork(item) && item.row?.revision).toBe(product.revision);
  });

  it("costs nothing when its archive is kept", () => {
    const item = onlyItem({ wanted, keptArchive: () => ({ sha256: "1".repeat(64), bytes: 5, refused: null }) });
    expect(summary(item)).toEqual({ action: "download", code: "archive-kept", cost: 0 });
  });

  it("is not tried again by itself when its archive was refused", () => {
    const refused = { code: "archive-unsafe-path", message: "evil" } as const;
    const item = onlyItem({ wanted, keptArchive: () => ({ sha256: "1".repeat(64), bytes: 5, refused }) });
    expect(summary(item)).toEqual({ action: "defer", code: "archive-unsafe-path", cost: 1 });
  });

  it.each([
    ["ask", "keep", "update-waiting"],
    ["auto", "update", "wanted"],
    [null, "download", "wanted"],
  ] as const)("gives way to a newer version when its archive can never be installed (%s)", (updates, action, code) => {
    const failure = { code: "archive-damaged", message: "bad", attempt: 1, atMs: 0, retryAtMs: null } as const;
    const refused = { code: "archive-damaged", message: "bad" } as const;
    const known = {
      wanted,
      downloads: [makeDownload(product, { state: "linked", failure })],
      keptArchive: ({ revision }: { revision: string }) =>
        revision === product.revision ? { sha256: "1".repeat(64), bytes: 5, refused } : undefined,
      assets: updates === null ? [] : [makeAsset(makeProduct({ revision: "2024-01-01T00:00:00" }))],
      updates: updates ?? "ask",
    };
    expect(summary(onlyItem({ ...known, products: [newer] }))).toMatchObject({ action, code });
    if (updates === null) expect(summary(onlyItem(known))).toMatchObject({ action: "defer", code: "archive-damaged" });
  });

  it.each([
    [Date.parse("2026-01-01T00:01:00Z"), "defer", "retry-later"],
    [Date.parse("2025-12-31T23:59:00Z"), "download", "resumes"],
    [null, "defer", "link-expired"],
  ] as const)("waits for its next try at %s", (retryAtMs, action, code) => {
    const failure = { code: "link-expired", message: "gone", attempt: 1, atMs: 0, retryAtMs } as const;
    const interrupted = { ...failure, code: retryAtMs === null ? "link-expired" : "download-interrupted" } as const;
    const item = onlyItem({ wanted, downloads: [makeDownload(product, { state: "linked", failure: interrupted })] });
    expect(summary(item)).toMatchObject({ action, code });
    if (item.action === "defer") expect(item.failure).toBe(interrupted.code);
  });

  it("does not wait for a time that was named while the clock was wrong", () => {
    const atMs = Date.parse("2027-01-01T00:00:00Z");
    const failure = { code: "provider-error", message: "down", attempt: 1, atMs, retryAtMs: atMs + 60_000 } as const;
    const downloads = [makeDownload(product, { state: "linked", failure })];
    expect(summary(onlyItem({ wanted, downloads }))).toMatchObject({ action: "download", code: "resumes" });
  });

  it("gets a person a new link also where the kept archive turned out to be cut after a crash", () => {
    const failure = { code: "archive-incomplete", message: "cut", attempt: 1, atMs: 0, retryAtMs: null } as const;
    const input = {
      wanted,
      downloads: [makeDownload(product, { state: "fetched", failure })],
      keptArchive: () => ({ sha256: "0", bytes: 1, refused: { code: failure.code, message: failure.message } }),
      requests: [{ productId: product.id, spendLast: false }],
    };
    expect(summary(onlyItem(input))).toEqual({ action: "download", code: "asked-for", cost: 1 });
  });

  it("asks a person's leave for a new link, which costs one more", () => {
    const failure = { code: "link-expired", message: "gone", attempt: 1, atMs: 0, retryAtMs: null } as const;
    const input = {
      wanted,
      downloads: [makeDownload(product, { state: "linked", failure })],
      spendsOfRevision: () => [{ state: "confirmed" } as const],
    };
    expect(onlyItem(input).action).toBe("defer");
    expect(summary(onlyItem({ ...input, requests: [{ productId: product.id, spendLast: false }] }))).toEqual({
      action: "download",
      code: "asked-for",
      cost: 1,
    });
  });
});

describe("what stands in the way", () => {
  const problem = { code: "sign-in-failed", message: "wrong password" } as const;

  it("is the account, for everything", () => {
    expect(
      onlyItem({ products: [makeProduct({ isFreebie: true })], wanted, accountProblem: problem }).reason.code,
    ).toBe("sign-in-failed");
  });

  it("is the subscription, except for free products", () => {
    const entitlementProblem = { code: "entitlement-missing", message: "expired" } as const;
    expect(onlyItem({ wanted, entitlementProblem }).reason.code).toBe("entitlement-missing");
    expect(onlyItem({ products: [makeProduct({ isFreebie: true })], wanted, entitlementProblem }).action).toBe(
      "download",
    );
  });

  it("is a library that is not there, before anything is spent", () => {
    const libraries = {
      ...makePlanInput().libraries,
      material: { state: "unusable", code: "library-missing", message: "gone" } as const,
    };
    expect(summary(onlyItem({ wanted, libraries }))).toEqual({ action: "defer", code: "library-missing", cost: 1 });
  });

  it.each([
    [0, false, "download"],
    [2, false, "download"],
    [3, false, "defer"],
    [3, true, "download"],
    [4, true, "defer"],
  ])("is the quota: %i of 4 spent, spend-last %s: %s", (spent, spendLast, action) => {
    const spends = Array.from({ length: spent }, () => ({ state: "confirmed" }) as const);
    const quotaOf = (productId: number) => countQuota({ productId, spends, limit: 4, refusedByShop: false });
    expect(onlyItem({ requests: [{ productId: product.id, spendLast }], quotaOf }).action).toBe(action);
  });
});

describe("what a person held or cancelled", () => {
  const link = { url: "https://r2.example/1.zip", expiresAtMs: null };
  const linked = makeDownload(product, { state: "linked", link });
  const held = { ...linked, heldAtMs: 1 };
  const cancelled = { ...linked, state: "abandoned", cancelledAtMs: 1 } as const;
  const requests = [{ productId: product.id, spendLast: false }];
  const isOfThisVersion = {
    cancelledDownload: (asked: { revision: string }) => (asked.revision === product.revision ? cancelled : undefined),
  };
  const kept = { sha256: "1".repeat(64), bytes: 10, refused: null };

  it("is not begun by a rule, whatever it would cost", () => {
    expect(summary(onlyItem({ wanted, downloads: [held] }))).toEqual({ action: "defer", code: "held", cost: 0 });
    const planned = makeDownload(product, { heldAtMs: 1 });
    expect(summary(onlyItem({ wanted, downloads: [planned] }))).toEqual({ action: "defer", code: "held", cost: 1 });
    expect(summary(onlyItem({ wanted, ...isOfThisVersion }))).toEqual({ action: "defer", code: "cancelled", cost: 0 });
    expect(onlyItem({ wanted, ...isOfThisVersion, keptArchive: () => kept })).toMatchObject({
      action: "defer",
      failure: null,
    });
  });

  it("is begun again for a person, who pays only for what is not paid for", () => {
    expect(summary(onlyItem({ requests, downloads: [held] }))).toEqual({
      action: "download",
      code: "resumes",
      cost: 0,
    });
    const item = onlyItem({ requests, ...isOfThisVersion });
    expect(summary(item)).toEqual({ action: "download", code: "resumes", cost: 0 });
    expect(item).toMatchObject({ row: { id: linked.id, state: "linked", cancelledAtMs: null } });
    const unpaid = { ...cancelled, link: null };
    const asked = { requests, cancelledDownload: () => unpaid };
    expect(summary(onlyItem(asked))).toEqual({ action: "download", code: "asked-for", cost: 1 });
  });

  it("of an older version says nothing about a newer one", () => {
    const input = makePlanInput({ products: [newer], wanted, ...isOfThisVersion });
    expect(planSync(input).items.map(summary)).toEqual([{ action: "download", code: "wanted", cost: 1 }]);
  });

  it("holds also where a row of an older version is still open, of which nothing is paid for", () => {
    const older = makeDownload(product, { id: 7, revision: "older" });
    const input = { wanted, downloads: [older], ...isOfThisVersion };
    expect(summary(onlyItem(input))).toEqual({ action: "defer", code: "cancelled", cost: 0 });
    const paid = { ...older, state: "linked", link } as const;
    expect(summary(onlyItem({ ...input, downloads: [paid] }))).toMatchObject({ action: "download", code: "resumes" });
    const withHeld = onlyItem({ wanted, downloads: [older, makeDownload(product, { heldAtMs: 1 })] });
    expect(summary(withHeld)).toEqual({ action: "defer", code: "held", cost: 1 });
    expect(onlyItem({ wanted, downloads: [older, linked] })).toMatchObject({ cost: 0, row: { id: linked.id } });
  });

  it("as an update leaves what is installed in use, and says so", () => {
    const assets = [makeAsset(product, { revision: "older" })];
    expect(summary(onlyItem({ wanted, updates: "auto", assets, ...isOfThisVersion }))).toEqual({
      action: "keep",
      code: "cancelled",
      cost: 0,
    });
  });
});

describe("over any mixture of catalog, disk and journal", () => {
  const states = fc.constantFrom("planned", "linked", "fetched", "committed", "abandoned");
  const spendStates = fc.constantFrom("reserved", "confirmed", "released", "in-doubt");
  const scene = fc.record({
    products: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 }),
    installed: fc.subarray([1, 2, 3, 4, 5, 6]),
    rows: fc.array(
      fc.record({ id: fc.integer({ min: 1, max: 12 }), state: states, requester: fc.constantFrom("rule", "person") }),
      { maxLength: 8 },
    ),
    spends: fc.array(spendStates, { maxLength: 6 }),
    updates: fc.constantFrom("ask", "auto", "never"),
    requests: fc.subarray([1, 2, 3, 4]),
    spendLast: fc.boolean(),
  });

  it("never plans more than one spend per product without a person, nor one that the quota forbids", () => {
    fc.assert(
      fc.property(scene, ({ products, installed, rows, spends, updates, requests, spendLast }) => {
        const revisionSpends = spends.map((state) => ({ state }));
        const input = makePlanInput({
          products: products.map((id) => makeProduct({ id })),
          wanted: [{ assetType: "material" }],
          updates,
          assets: installed.map((id) => makeAsset(makeProduct({ id }), { revision: "older" })),
          downloads: rows.map(({ id, ...row }, index) => makeDownload(makeProduct({ id }), { id: index + 1, ...row })),
          requests: requests.map((productId) => ({ productId, spendLast })),
          quotaOf: (productId) => countQuota({ productId, spends: revisionSpends, limit: 4, refusedByShop: false }),
          spendsOfRevision: () => revisionSpends,
        });
        const plan = planSync(input);
        const counted = countQuota({ productId: 0, spends: revisionSpends, limit: 4, refusedByShop: false });
        const perArchive = new Map<string, number>();
        for (const item of plan.items) {
          const key = item.archive.downloadId;
          perArchive.set(key, (perArchive.get(key) ?? 0) + 1);
          if (!isWork(item) || item.cost === 0) continue;
          expect(counted.left).toBeGreaterThan(item.requester === "person" && spendLast ? 0 : 1);
          if (item.requester === "rule") expect(counted.spent).toBe(0);
          if (item.requester === "person") expect(requests).toContain(item.product.id);
        }
        for (const count of perArchive.values()) expect(count).toBe(1);
        expect(planSync(input)).toEqual(plan);
      }),
    );
  });
});
