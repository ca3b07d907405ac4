import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bundledSampleShop } from "@org/sandbox";
import { describe, expect, it } from "vitest";
import { checkAccount } from "../src/account.ts";
import { loadConfig } from "../src/config/load-config.ts";

import { makeScene, readCatalogFile, until } from "./scene/scene.ts";

// Products of the sample shop.
const clayVase = 132611;
const glazedBowl = 132622;
const oakPlanks = 132743;
const freebies = [
  "iMeshh-Effects/Particles/Steam/FX_Steam_Plume_02",
  "iMeshh-Materials/Tiles/Ceramic/Tiles_Bathroom_07",
  "iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01",
];

const everything = [{ assetType: "model" }, { assetType: "material" }, { assetType: "geonode" }, { assetType: "fx" }];

describe("the first sync", () => {
  it("fills the library with what is wanted, spends one download each, and writes four catalog files", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    const result = await daemon.sync();

    expect(result).toMatchObject({ committed: 3, planned: 3, failed: [], spent: 3, products: 22, skipped: 5 });
    expect(await scene.assets()).toEqual(freebies);
    expect(scene.spentAtShop()).toBe(3);
    for (const folder of ["iMeshh-Models", "iMeshh-Materials", "iMeshh-Geo-Nodes", "iMeshh-Effects"]) {
      const text = await readCatalogFile(scene, folder);
      expect(text.split("\n").find((line) => line !== "" && !line.startsWith("#"))).toBe("VERSION 1");
      expect(text.split("\n").filter((line) => /^[0-9a-f-]{36}:/.test(line)).length).toBeGreaterThan(1);
    }
    const manifest = JSON.parse(await readFile(join(scene.library, freebies[2] ?? "", ".asset.json"), "utf8"));
    expect(manifest).toMatchObject({ productId: clayVase, revision: "2025-06-28T17:07:07", source: "imeshh" });
    expect(existsSync(join(scene.library, freebies[2] ?? "", "Decor_Vase_Clay_01.blend"))).toBe(true);
    expect((await daemon.quota()).products).toHaveLength(3);
  });

  it("brings every real product of the shop into its library", async () => {
    const scene = await makeScene({ wanted: everything });
    const daemon = await scene.start();
    const result = await daemon.sync();
    // One product has a type nobody knows and no file behind its link.
    expect(result.failed.map(({ productId }) => productId)).toEqual([139902]);
    expect(result).toMatchObject({ committed: 21, spent: 21 });
    expect(await scene.assets()).toHaveLength(21);
    expect((await daemon.verify()).damaged).toEqual([]);
    // The one zip without a top folder got one; the Mac's leftovers stayed out.
    const files = await scene.files();
    expect(files).toContain("iMeshh-Materials/Fabric/Linen/Fabric_Linen_Weave_03_/Fabric_Linen_Weave_03.blend");
    expect(files.filter((path) => path.includes("__MACOSX"))).toEqual([]);
  });

  it("downloads nothing when nothing is wanted, and needs no account for the catalog", async () => {
    const scene = await makeScene({ wanted: [], imeshh: { username: null } });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ products: 22, planned: 0, spent: 0, failed: [] });
    expect(scene.sandbox.requests({ host: "shop" })).toEqual([]);
    expect(await readCatalogFile(scene, "iMeshh-Models")).toContain("Furniture/Chairs");
  });

  it("sends the token to the shop and to nobody else", async () => {
    const scene = await makeScene();
    await (await scene.start()).sync();
    for (const request of scene.sandbox.requests()) {
      if (request.host !== "shop") expect(request.headers.authorization).toBeUndefined();
    }
  });
});

describe("a further sync", () => {
  it("without news asks one question and changes nothing", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const before = await scene.files();
    scene.sandbox.clearRequests();
    expect(await daemon.sync()).toMatchObject({ planned: 0, committed: 0, spent: 0, failed: [] });
    expect(scene.sandbox.requests().map(({ host, path }) => `${host} ${path}`)).toEqual([
      "blog /wp-json/status-api/v1/latest",
    ]);
    expect(await scene.files()).toEqual(before);
  });

  it("after a restart does the same", async () => {
    const scene = await makeScene();
    const first = await scene.start();
    await first.sync();
    await first.stop();
    const second = await scene.start();
    expect(await second.sync()).toMatchObject({ planned: 0, spent: 0 });
    expect(scene.spentAtShop()).toBe(3);
  });

  it("shows an update with its price and fetches it when asked by name", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.updateProduct(clayVase);
    expect(await daemon.sync()).toMatchObject({ planned: 0, spent: 0 });
    expect(await daemon.why(clayVase)).toMatchObject({ state: "update-waiting" });
    const { products } = await daemon.get([clayVase]);
    expect(products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect(await scene.assets()).toEqual(freebies);
    expect(await daemon.why(clayVase)).toMatchObject({ state: "installed" });
    expect(scene.spentAtShop()).toBe(4);
  });

  it("can be taken back: the version before returns with what a person had changed in it, and returns again", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const daemon = await scene.start();
    await daemon.sync();
    const folder = join(scene.library, freebies[2] ?? "");
    await writeFile(join(folder, "mine.txt"), "my notes");
    const revision = async () => JSON.parse(await readFile(join(folder, ".asset.json"), "utf8")).revision;
    const first = await revision();
    expect((await daemon.repair([clayVase], { previous: true })).failed).toMatchObject([
      { code: "asset-previous-missing" },
    ]);
    scene.sandbox.updateProduct(clayVase);
    await daemon.sync();
    await daemon.get([clayVase]);
    const second = await revision();
    expect(second).not.toBe(first);
    expect(await daemon.repair([clayVase], { previous: true })).toMatchObject({
      repaired: [{ productId: clayVase, folder: freebies[2] }],
    });
    expect(await revision()).toBe(first);
    expect(await readFile(join(folder, "mine.txt"), "utf8")).toBe("my notes");
    expect(await daemon.why(clayVase)).toMatchObject({ state: "update-waiting" });
    await daemon.repair([clayVase], { previous: true });
    expect(await revision()).toBe(second);
    expect(scene.spentAtShop()).toBe(2);
  });

  it("updates by itself where the configuration says so, once", async () => {
    const scene = await makeScene({ imeshh: { updates: "auto" } });
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.updateProduct(clayVase);
    expect(await daemon.sync()).toMatchObject({ planned: 1, committed: 1, spent: 1 });
    expect(await daemon.sync()).toMatchObject({ planned: 0, spent: 0 });
  });

  it("does not spend on an update by itself where a person changed the asset", async () => {
    const scene = await makeScene({ imeshh: { updates: "auto" } });
    const daemon = await scene.start();
    await daemon.sync();
    const texture = join(scene.library, freebies[2] ?? "", "textures", "Decor_Vase_Clay_01_color.png");
    await writeFile(texture, "painted over");
    scene.sandbox.updateProduct(clayVase);
    expect(await daemon.sync()).toMatchObject({ spent: 0, failed: [{ productId: clayVase, code: "asset-edited" }] });
    expect(await readFile(texture, "utf8")).toBe("painted over");
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
    const kept = (await scene.files()).filter((path) => path.includes(".user-"));
    expect(await readFile(join(scene.library, kept[0] ?? ""), "utf8")).toBe("painted over");
  });

  it("finishes what was paid for although the shop withdrew the product meanwhile", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    scene.fault({ host: "cdn", path: "/2025/06/28170130/", kind: "stall", afterBytes: 60_000, times: 1 });
    const stopped = await scene.start({ follow: true });
    await until("a transfer", () => scene.sandbox.faults().some(({ fired }) => fired > 0));
    await stopped.stop();
    scene.sandbox.withdrawProduct(clayVase);
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ products: 21, committed: 1, spent: 0, failed: [] });
    expect(await scene.assets()).toEqual([freebies[2]]);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("keeps a withdrawn product and says so", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.withdrawProduct(clayVase);
    expect(await daemon.sync()).toMatchObject({ products: 21, planned: 0, spent: 0 });
    expect(await scene.assets()).toEqual(freebies);
    expect(await daemon.why(clayVase)).toMatchObject({ state: "withdrawn" });
    expect((await daemon.plan()).withdrawn).toMatchObject([{ productId: clayVase }]);
  });

  it("leaves what a person removed alone, and brings it back by name at no cost", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    await rm(join(scene.library, freebies[2] ?? ""), { recursive: true });
    expect(await daemon.sync()).toMatchObject({ planned: 0, spent: 0, failed: [] });
    expect((await daemon.why(clayVase)).reasons[0]?.code).toBe("removed-by-person");
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(await scene.assets()).toEqual(freebies);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("keeps a person's own catalogs and renames when the shop changes its own", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const file = join(scene.library, "iMeshh-Models", "blender_assets.cats.txt");
    const before = await readFile(file, "utf8");
    const edited = `${before.replace(/(.*):Decor\/Vases:.*/, "$1:Decor/My Vases:My Vases")}\n11111111-2222-4333-8444-555555555555:Mine/Favourites:Favourites\n`;
    await writeFile(file, edited);
    const served = scene.sandbox.requests({ host: "feeds" }).length;
    scene.sandbox.setCatalogFile(
      "model",
      `VERSION 1\n\n${before
        .split("\n")
        .filter((line) => /^[0-9a-f-]{36}:/.test(line))
        .join("\n")}\nbbbbbbbb-2222-4333-8444-555555555555:Garden/Pots:Garden-Pots\n`,
    );
    await daemon.sync();
    expect(scene.sandbox.requests({ host: "feeds" }).length).toBeGreaterThan(served);
    const after = await readFile(file, "utf8");
    expect(after).toContain("Mine/Favourites");
    expect(after).toContain("Decor/My Vases");
    expect(after).toContain("bbbbbbbb-2222-4333-8444-555555555555:Garden/Pots");
    expect(after).toMatch(/:Garden:/);
  });
});

describe("quota", () => {
  it("is asked of our own ledger first: the last download is kept back and spent only when said so", async () => {
    const scene = await makeScene({ wanted: [{ productId: oakPlanks }] });
    const daemon = await scene.start();
    await daemon.sync();
    const [, eight, sixteen] = ["", "8k", "16k"];
    const archives = (
      await daemon.call<{ archives: { downloadId: string; name: string }[] }>("GET", `/api/v1/products/${oakPlanks}`)
    ).archives;
    const idOf = (part = "") => archives.find(({ name }) => name.includes(part))?.downloadId ?? "";
    expect((await daemon.get([oakPlanks], { downloadId: idOf(eight) })).products[0]?.spent).toBe(1);
    expect((await daemon.get([oakPlanks], { downloadId: idOf(sixteen) })).products[0]?.spent).toBe(1);
    expect(scene.spentAtShop()).toBe(3);

    scene.sandbox.updateProduct(oakPlanks);
    await daemon.sync();
    const refused = await daemon.get([oakPlanks], { downloadId: idOf(eight) });
    expect(refused.products).toMatchObject([{ state: "failed", code: "quota-last", spent: 0 }]);
    const allowed = await daemon.get([oakPlanks], { downloadId: idOf(eight), spendLast: true });
    expect(allowed.products).toMatchObject([{ state: "installed", spent: 1 }]);
    const exhausted = await daemon.get([oakPlanks], { downloadId: idOf(sixteen), spendLast: true });
    expect(exhausted.products).toMatchObject([{ state: "failed", code: "quota-exhausted" }]);
    expect(scene.spentAtShop()).toBe(4);
    expect(scene.sandbox.requests({ host: "shop" }).filter(({ status }) => status === 403)).toEqual([]);
  });

  it("is learnt from the shop's own refusal, which costs nothing and is not asked for again", async () => {
    const scene = await makeScene({ wanted: [{ productId: glazedBowl }] });
    scene.sandbox.setCounter(glazedBowl, 4);
    const daemon = await scene.start();
    const result = await daemon.sync();
    expect(result).toMatchObject({
      committed: 0,
      spent: 0,
      failed: [{ productId: glazedBowl, code: "quota-exhausted" }],
    });
    scene.sandbox.clearRequests();
    expect(await daemon.sync()).toMatchObject({ planned: 0, spent: 0 });
    expect((await daemon.get([glazedBowl], { spendLast: true })).products).toMatchObject([{ code: "quota-exhausted" }]);
    expect(scene.sandbox.requests({ path: "/wp-json/imeshh/product-information" })).toEqual([]);
    expect((await daemon.quota()).products).toMatchObject([{ productId: glazedBowl, left: 0 }]);
  });
});

describe("sign-in", () => {
  it("is renewed once when the token expires mid-way, and nothing is spent twice", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    scene.sandbox.expireTokens();
    const { products } = await daemon.get([glazedBowl]);
    expect(products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect(scene.sandbox.counters()[glazedBowl]).toBe(1);
    expect(
      scene.sandbox.requests({ path: "/wp-json/jwt-auth/v1/token" }).filter(({ method }) => method === "POST"),
    ).toHaveLength(2);
  });

  it("with a wrong password is refused once, said once, and not tried again, also after a restart", async () => {
    const scene = await makeScene();
    const logins = () => scene.sandbox.requests({ path: "/wp-json/jwt-auth/v1/token" }).length;
    const daemon = await scene.start({ password: "wrong" });
    const result = await daemon.sync();
    expect(result.committed).toBe(0);
    expect(result.failed.map(({ code }) => code)).toContain("sign-in-failed");
    expect(logins()).toBe(1);
    await daemon.sync();
    await daemon.stop();
    const again = await scene.start({ password: "wrong" });
    await again.sync();
    expect(logins()).toBe(1);
    await again.stop();
    const right = await scene.start();
    expect(await right.sync()).toMatchObject({ committed: 3, spent: 3, failed: [] });
  });

  it("tested anew by a person is tried again afterwards, also with the same password", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const fault = scene.fault({
      host: "shop",
      path: "/wp-json/jwt-auth/v1/token",
      kind: "status",
      status: 403,
      body: '{"code":"[jwt_auth] incorrect_password","message":"No."}',
    });
    const refused = await scene.start();
    expect((await refused.sync()).failed.map(({ code }) => code)).toContain("sign-in-failed");
    await refused.stop();
    scene.sandbox.removeFault(fault);
    const { config } = await loadConfig({ home: scene.home, env: {} });
    await checkAccount({ config, password: "sandbox", signal: AbortSignal.timeout(10_000) });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ committed: 1, failed: [] });
  });

  it("without a subscription still brings free products and says what is missing for the others", async () => {
    const scene = await makeScene({
      wanted: [{ productId: clayVase }, { productId: glazedBowl }],
      imeshh: { username: "expired@example.com" },
    });
    const daemon = await scene.start();
    const result = await daemon.sync();
    expect(result).toMatchObject({
      committed: 1,
      spent: 1,
      failed: [{ productId: glazedBowl, code: "entitlement-missing" }],
    });
  });
});

describe("the catalog", () => {
  it("survives a feed that shrank, which is kept aside and told, until a person accepts it", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const fault = scene.fault({
      host: "feeds",
      path: "/imeshh-all-product-compress-meta-data/latest_products.json",
      kind: "shrunken-feed",
      keep: 3,
    });
    scene.sandbox.setLastUpdated();
    const result = await daemon.sync();
    expect(result).toMatchObject({ products: 22, failed: [{ productId: 0, code: "feed-shrunken" }] });
    expect(await scene.assets()).toEqual(freebies);
    expect((await daemon.plan()).withdrawn).toEqual([]);
    expect(existsSync(join(scene.home, "feeds", "quarantine"))).toBe(true);
    expect(await daemon.sync({ acceptFeed: true })).toMatchObject({ products: 3 });
    scene.sandbox.removeFault(fault);
    scene.sandbox.setLastUpdated();
    expect(await daemon.sync()).toMatchObject({ products: 22, failed: [] });
  });

  it.each([
    ["an empty feed", { kind: "empty-feed" }],
    ["HTML instead of JSON", { kind: "html" }],
    ["half a gzip", { kind: "truncated-gzip" }],
    ["a server error", { kind: "status", status: 404 }],
  ] as const)("survives %s, and the same news is tried again", async (_what, kind) => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const before = (await daemon.status()).catalogRevision;
    scene.fault({
      host: "feeds",
      path: "/imeshh-all-product-compress-meta-data/latest_products.json",
      ...kind,
    });
    scene.sandbox.updateProduct(clayVase);
    const failed = await daemon.sync();
    expect(failed.products).toBe(22);
    expect(failed.failed).toHaveLength(1);
    expect((await daemon.status()).catalogRevision).toBe(before);
    scene.sandbox.clearFaults();
    expect(await daemon.sync()).toMatchObject({ failed: [] });
    expect((await daemon.status()).catalogRevision).not.toBe(before);
    expect(await daemon.why(clayVase)).toMatchObject({ state: "update-waiting" });
  });

  it("is not advanced while one catalog file is missing", async () => {
    const scene = await makeScene({ wanted: [] });
    scene.fault({ host: "feeds", path: "/cats-files/fx/", kind: "status", status: 404, times: 1 });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ catalogRevision: null, products: 0 });
    expect(await daemon.sync()).toMatchObject({ products: 22, failed: [] });
  });
});

describe("transfers", () => {
  it("go on where they broke, on the same link", async () => {
    const scene = await makeScene();
    scene.fault({
      host: "cdn",
      path: "/2025/06/28170130/Decor_Vase_Clay_01_Blender.zip",
      kind: "cut",
      afterBytes: 60_000,
      how: "rst",
      times: 2,
    });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ committed: 3, spent: 3, failed: [] });
    expect(scene.spentAtShop()).toBe(3);
    expect((await daemon.verify()).damaged).toEqual([]);
  });

  it("whose link expired wait for a person and then cost one more", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const fault = scene.fault({ host: "cdn", path: "/2025/06/28170130/", kind: "expired-link" });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({
      spent: 1,
      committed: 0,
      failed: [{ productId: clayVase, code: "link-expired" }],
    });
    expect(await daemon.sync()).toMatchObject({ spent: 0, planned: 0 });
    expect(scene.spentAtShop()).toBe(1);
    scene.sandbox.removeFault(fault);
    scene.fault({ host: "cdn", path: "/2025/06/28170130/", kind: "expired-link", times: 1 });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect(scene.spentAtShop()).toBe(2);
  });

  it("whose link only seemed to have ended go on with it at no cost when a person asks", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    scene.fault({ host: "cdn", path: "/2025/06/28170130/", kind: "html", status: 403, times: 1 });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ code: "link-expired" }] });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("whose answer was lost are in doubt, count as spent, and may cost one more by themselves, once", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    scene.fault({
      host: "shop",
      path: "/wp-json/imeshh/product-information",
      kind: "refuse",
      afterHandling: true,
      times: 1,
    });
    const daemon = await scene.start();
    const first = await daemon.sync();
    expect(first).toMatchObject({ committed: 0, spent: 1 });
    expect((await daemon.quota()).products).toMatchObject([{ productId: clayVase, spent: 0, inDoubt: 1, left: 3 }]);
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect((await daemon.quota()).products).toMatchObject([{ productId: clayVase, spent: 1, inDoubt: 1, left: 2 }]);
    expect(scene.spentAtShop()).toBe(2);
  });

  it("whose answers are lost one after the other are not asked for through the whole list", async () => {
    const scene = await makeScene({ wanted: everything });
    await scene.writeConfig({ limits: { downloads: 1 } });
    scene.fault({ host: "shop", path: "/wp-json/imeshh/product-information", kind: "refuse", afterHandling: true });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ committed: 0, spent: 3 });
    expect(scene.spentAtShop()).toBe(3);
    scene.sandbox.clearFaults();
    expect(await daemon.sync()).toMatchObject({ spent: 0 });
    expect((await daemon.get([glazedBowl])).products).toMatchObject([{ state: "installed", spent: 1 }]);
  });

  it("that bring no zip are kept, told, not fetched again by themselves, and replaced over the same link when a person asks", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const file = join(scene.folder, "no.zip");
    await writeFile(file, "this is no zip\n".repeat(1_000));
    scene.sandbox.updateProduct(clayVase, { archive: { file } });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ productId: clayVase, code: "archive-not-zip" }] });
    scene.sandbox.clearRequests();
    expect(await daemon.sync()).toMatchObject({ spent: 0, failed: [{ productId: clayVase, code: "archive-not-zip" }] });
    expect(scene.sandbox.requests({ host: "cdn" })).toEqual([]);
    const { revision } = await daemon.call<{ revision: string }>("GET", `/api/v1/products/${clayVase}`);
    const whole = join(bundledSampleShop, "archives", "Decor_Vase_Clay_01_Blender.zip");
    scene.sandbox.updateProduct(clayVase, { archive: { file: whole }, dateModified: revision });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(await daemon.sync()).toMatchObject({ spent: 0, failed: [] });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("that come damaged in one way after another are paid for anew once a link brings what was refused before", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const whole = await readFile(join(bundledSampleShop, "archives", "Decor_Vase_Clay_01_Blender.zip"));
    const damagedAt = async (offset: number) => {
      const file = join(scene.folder, `damaged-at-${offset}.zip`);
      await writeFile(file, Buffer.from(whole).fill(0, offset, offset + 100));
      return { archive: { file } };
    };
    scene.sandbox.updateProduct(clayVase, await damagedAt(2_000));
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ code: "archive-damaged" }] });
    const { revision } = await daemon.call<{ revision: string }>("GET", `/api/v1/products/${clayVase}`);
    scene.sandbox.updateProduct(clayVase, { ...(await damagedAt(3_000)), dateModified: revision });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ code: "archive-damaged", spent: 0 }]);
    expect((await daemon.get([clayVase])).products).toMatchObject([{ code: "archive-damaged", spent: 1 }]);
    expect(scene.spentAtShop()).toBe(2);
  });

  it("that can never be installed wait for a new version, and make way for it", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const whole = join(bundledSampleShop, "archives", "Decor_Vase_Clay_01_Blender.zip");
    const damaged = join(scene.folder, "damaged.zip");
    const bytes = await readFile(whole);
    bytes.fill(0, 2_000, 2_100);
    await writeFile(damaged, bytes);
    scene.sandbox.updateProduct(clayVase, { archive: { file: damaged } });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ code: "archive-damaged" }] });
    expect(await daemon.sync()).toMatchObject({ spent: 0, failed: [{ code: "archive-damaged" }] });
    scene.sandbox.updateProduct(clayVase, { archive: { file: whole } });
    expect(await daemon.sync()).toMatchObject({ spent: 1, committed: 1, failed: [] });
    expect(await daemon.sync()).toMatchObject({ spent: 0, planned: 0, failed: [] });
  });

  it("that a person began and that failed are not paid for again by later syncs", async () => {
    const scene = await makeScene({ wanted: [] });
    scene.fault({ host: "cdn", path: "/2025/06/28170130/", kind: "expired-link" });
    const daemon = await scene.start();
    await daemon.sync();
    expect((await daemon.get([clayVase])).products).toMatchObject([{ code: "link-expired", spent: 1 }]);
    expect(await daemon.sync()).toMatchObject({ spent: 0 });
    expect(await daemon.sync()).toMatchObject({ spent: 0 });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("whose kept archive vanished before it was installed go on with the link, or wait for a person", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const daemon = await scene.start();
    await daemon.sync();
    await rm(join(scene.home, "archives"), { recursive: true });
    await mkdir(join(scene.home, "archives"));
    await daemon.stop();
    const again = await scene.start();
    await rm(join(scene.library, freebies[2] ?? "", "Decor_Vase_Clay_01.blend"));
    expect(await again.repair()).toMatchObject({
      repaired: [],
      failed: [{ productId: clayVase, code: "spend-needs-person" }],
    });
    expect(await again.sync()).toMatchObject({ spent: 0 });
    expect(scene.spentAtShop()).toBe(1);
  });

  it("are not begun where the disk has no room: nothing is spent, and they go on once there is", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    await scene.writeConfig({ limits: { diskFloorGigabytes: 1e9 } });
    const full = await scene.start();
    expect(await full.sync()).toMatchObject({ spent: 0, failed: [{ productId: clayVase, code: "disk-full" }] });
    expect(scene.sandbox.requests({ path: "/wp-json/imeshh/product-information" })).toEqual([]);
    await full.stop();
    await scene.writeConfig();
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ committed: 1, spent: 1, failed: [] });
  });

  it("that a rule paid for while a person's request was planned are not paid for again", async () => {
    const scene = await makeScene({ wanted: [{ productId: glazedBowl }] });
    const daemon = await scene.start();
    const subscription = { host: "shop", path: "/wp-json/imeshh/subscription-information" } as const;
    scene.fault({ ...subscription, kind: "slow-first-byte", ms: 10_000, times: 1 });
    const failing = scene.fault({ host: "cdn", kind: "status", status: 500 });
    const getting = daemon.get([glazedBowl]);
    await until("the request's plan waits", async () => scene.sandbox.requests(subscription).length === 1);
    expect(await daemon.sync()).toMatchObject({ spent: 1, failed: [{ productId: glazedBowl }] });
    scene.sandbox.removeFault(failing);
    expect((await getting).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("asked for twice at once are made once", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start();
    await daemon.sync();
    const [left, right] = await Promise.all([daemon.get([glazedBowl]), daemon.get([glazedBowl])]);
    expect([left.products[0]?.state, right.products[0]?.state]).toEqual(["installed", "installed"]);
    expect(scene.spentAtShop()).toBe(1);
  });
});

describe("the library", () => {
  it("on a vanished mount stops everything there, downloads nothing because of it, and goes on when it is back", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    await rename(scene.library, `${scene.library}-away`);
    const lost = await daemon.sync();
    expect(lost.failed.map(({ code }) => code)).toContain("library-missing");
    expect(lost).toMatchObject({ spent: 0, planned: 0 });
    expect((await daemon.get([glazedBowl])).products).toMatchObject([{ code: "library-missing", spent: 0 }]);
    const four = Array.from({ length: 4 }, () => ({ code: "library-missing" }));
    expect(await daemon.verify()).toMatchObject({ assets: 0, problems: four });
    expect(await daemon.repair()).toMatchObject({ repaired: [], failed: four });
    expect(existsSync(scene.library)).toBe(false);
    await rename(`${scene.library}-away`, scene.library);
    expect(await daemon.sync()).toMatchObject({ failed: [], spent: 0 });
    expect((await daemon.status()).assets).toBe(3);
  });

  it("replaced by an empty folder is not filled again", async () => {
    const scene = await makeScene();
    const first = await scene.start();
    await first.sync();
    await first.stop();
    await rename(scene.library, `${scene.library}-away`);
    await mkdir(scene.library);
    const daemon = await scene.start();
    const result = await daemon.sync();
    expect(result.failed.map(({ code }) => code)).toContain("library-missing");
    expect(await scene.files()).toEqual([]);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("that lost most of its assets at once asks a person, and repair brings them back at no cost", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    for (const folder of freebies) await rm(join(scene.library, folder), { recursive: true });
    const result = await daemon.sync();
    expect(result.failed.map(({ code }) => code)).toEqual([
      "asset-mass-missing",
      "asset-mass-missing",
      "asset-mass-missing",
    ]);
    expect((await daemon.repair()).repaired).toHaveLength(3);
    expect(await scene.assets()).toEqual(freebies);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("is verified byte by byte and repaired from the kept archive, the person's file beside it", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const folder = join(scene.library, freebies[2] ?? "");
    await writeFile(join(folder, "textures", "Decor_Vase_Clay_01_color.png"), "painted over");
    await rm(join(folder, "Decor_Vase_Clay_01.blend"));
    expect((await daemon.verify()).damaged).toMatchObject([
      {
        productId: clayVase,
        missing: ["Decor_Vase_Clay_01.blend"],
        edited: ["textures/Decor_Vase_Clay_01_color.png"],
        repairable: true,
      },
    ]);
    expect(await daemon.repair()).toMatchObject({
      repaired: [{ productId: clayVase, folder: freebies[2] }],
      failed: [],
    });
    expect((await daemon.verify()).damaged).toEqual([]);
    const texts = await Promise.all(
      (await scene.files())
        .filter((path) => path.includes(".user-"))
        .map((path) => readFile(join(scene.library, path), "utf8")),
    );
    expect(texts).toEqual(["painted over"]);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("that lost files is made whole by name: from the kept archive, or with a download where that is gone too", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const daemon = await scene.start();
    await daemon.sync();
    const blend = join(scene.library, freebies[2] ?? "", "Decor_Vase_Clay_01.blend");
    await rm(blend);
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(existsSync(blend)).toBe(true);
    await daemon.stop();
    await rm(join(scene.home, "archives"), { recursive: true });
    await rm(blend);
    const again = await scene.start();
    expect(await again.sync()).toMatchObject({ spent: 0 });
    expect((await again.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect((await again.verify()).damaged).toEqual([]);
    expect((await again.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(scene.spentAtShop()).toBe(2);
  });

  it("never touches a folder that was there before", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const theirs = join(scene.library, "iMeshh-Models", "Decor", "Vases", "Decor_Vase_Clay_01");
    await mkdir(theirs, { recursive: true });
    await writeFile(join(theirs, "mine.blend"), "my own work");
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({
      spent: 0,
      failed: [{ productId: clayVase, code: "asset-folder-taken" }],
    });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 1 }]);
    expect(await readFile(join(theirs, "mine.blend"), "utf8")).toBe("my own work");
    expect(await scene.assets()).toEqual(["iMeshh-Models/Decor/Vases/Decor_Vase_Clay_01_Blender"]);
  });
});

describe("the daemon", () => {
  it("applies a changed rule while it runs, and says what needs a restart", async () => {
    const scene = await makeScene({ wanted: [] });
    const daemon = await scene.start({ follow: true, watchConfig: true });
    await until("the first catalog", async () => (await daemon.status()).products === 22);
    await scene.writeConfig({ imeshh: { wanted: [{ productId: clayVase }] } });
    await until("the wanted product", async () => (await scene.assets()).length === 1);
    expect(scene.spentAtShop()).toBe(1);
  });

  it("pauses: nothing by itself, but what a person asks for by name", async () => {
    const scene = await makeScene();
    const daemon = await scene.start({ follow: true });
    await until("the first sync", async () => (await scene.assets()).length === 3);
    await daemon.call("POST", "/api/v1/pause");
    await until("the plan's end", async () => (await daemon.status()).state === "paused");
    await expect(daemon.sync()).rejects.toThrow("paused");
    expect((await daemon.get([glazedBowl])).products).toMatchObject([{ state: "installed" }]);
    expect(await daemon.call("POST", "/api/v1/resume")).toMatchObject({ pausedUntil: null });
  });

  it("goes on by itself when a pause ends", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    const paused = await scene.start();
    await paused.call("POST", "/api/v1/pause", { untilMs: Date.now() + 1_500 });
    await paused.stop();
    const daemon = await scene.start({ follow: true });
    expect(await daemon.status()).toMatchObject({ state: "paused", pausedUntil: expect.any(String) });
    await until("the product after the pause", async () => (await scene.assets()).length === 1);
  });

  it("goes on with a sync that a pause held up, when that pause ends", async () => {
    const scene = await makeScene();
    await scene.writeConfig({ limits: { downloads: 1 } });
    const slow = scene.fault({ host: "cdn", kind: "slow-first-byte", ms: 500, times: 1 });
    const daemon = await scene.start({ follow: true });
    await until("the first transfer", () => scene.sandbox.faults().some(({ id, fired }) => id === slow && fired > 0));
    await daemon.call("POST", "/api/v1/pause", { untilMs: Date.now() + 1_000 });
    await until("all three", async () => (await scene.assets()).length === 3, 10_000);
  });

  it("with its state lost and the library not mounted, does not begin an empty one", async () => {
    const scene = await makeScene();
    const first = await scene.start();
    await first.sync();
    await first.stop();
    for (const suffix of ["", "-wal", "-shm"]) await rm(join(scene.home, `state.db${suffix}`), { force: true });
    await rename(scene.library, `${scene.library}-away`);
    await mkdir(scene.library);
    const daemon = await scene.start();
    expect((await daemon.sync()).failed.map(({ code }) => code)).toContain("library-missing");
    expect(await scene.files()).toEqual([]);
    expect(scene.spentAtShop()).toBe(3);
  });

  it("rebuilds a damaged database from ledger, manifests and archives, and downloads nothing again", async () => {
    const scene = await makeScene();
    const first = await scene.start();
    await first.sync();
    await first.stop();
    await writeFile(join(scene.home, "state.db"), "this is no database");
    for (const suffix of ["-wal", "-shm"]) await rm(join(scene.home, `state.db${suffix}`), { force: true });
    const daemon = await scene.start();
    expect(await daemon.sync()).toMatchObject({ spent: 0, planned: 0, products: 22, failed: [] });
    expect((await daemon.quota()).products.map(({ spent }) => spent)).toEqual([1, 1, 1]);
    expect((await daemon.status()).assets).toBe(3);
    await rm(join(scene.library, freebies[2] ?? ""), { recursive: true });
    expect((await daemon.get([clayVase])).products).toMatchObject([{ state: "installed", spent: 0 }]);
    expect(scene.spentAtShop()).toBe(3);
  });
});
