import { fixtureJson } from "@org/http-core/testing";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { createImeshh } from "./index.ts";

far.useNock();

const anonymous = () => createImeshh({ http: far.quick });
const token = far.makeToken();
const fixture = (name: string) => fixtureJson(import.meta.url, name);

describe("answers that are not what was asked for", () => {
  it.each([
    ["an object", '{"message":"maintenance"}'],
    ["an empty object", "{}"],
    ["null", "null"],
    ["a text", '"soon"'],
  ])("listProducts: %s is no empty shop", async (_what, body) => {
    nock(far.feeds).get(far.productsPath).reply(200, body);
    const error = await far.failureOf(anonymous().listProducts());
    expect(error).toMatchObject({ kind: "unexpected-shape", code: "feed-unexpected-shape" });
  });

  it("listProducts: a list that PHP wrote as an object is a list", async () => {
    const [product] = fixture("products.json") as unknown as object[];
    nock(far.feeds)
      .get(far.productsPath)
      .reply(200, JSON.stringify({ "0": product, "3": null }));
    const list = await anonymous().listProducts();
    expect(list.products).toHaveLength(1);
    expect(list.skipped).toHaveLength(1);
  });

  it("listProducts: a page instead of JSON is unreadable", async () => {
    nock(far.feeds).get(far.productsPath).reply(200, "<html><body>Moved</body></html>");
    expect(await far.failureOf(anonymous().listProducts())).toMatchObject({ kind: "unreadable" });
  });

  it("listProducts: the bucket's HTML error is readable", async () => {
    const page = "<html><head><title>404 Not Found</title></head><body><ul><li>Code: NoSuchKey</li></ul></body></html>";
    nock(far.feeds).get(far.productsPath).reply(404, page);
    const error = await far.failureOf(anonymous().listProducts());
    expect(error).toMatchObject({ kind: "refusal", status: 404 });
    expect(error.message).toContain("404 Not Found Code: NoSuchKey");
    expect(error.message).not.toContain("<");
  });

  it("listCategories: no object", async () => {
    nock(far.feeds).get("/imeshh-all-product-compress-meta-data/latest_categories.json").reply(200, "[]");
    expect((await far.failureOf(anonymous().listCategories())).code).toBe("feed-unexpected-shape");
  });

  it("getCatalogFile: a page with status 200", async () => {
    nock(far.feeds).get("/cats-files/fx/blender_assets.cats.txt").reply(200, "<html>VERSION</html>");
    expect((await far.failureOf(anonymous().getCatalogFile({ assetType: "fx" }))).code).toBe("catalog-file-unreadable");
  });

  it("getCatalogFile: a type there is none for", async () => {
    await expect(anonymous().getCatalogFile({ assetType: "hdri" as "fx" })).rejects.toThrow(/model, material/);
  });

  it("getStatus: no last_updated", async () => {
    nock(far.blog).get("/wp-json/status-api/v1/latest").reply(200, { last_updated: "" });
    expect((await far.failureOf(anonymous().getStatus())).kind).toBe("unexpected-shape");
  });

  it.each([["[]"], ["false"], ['""'], ["null"]])("getSubscription: %s is no subscription", async (body) => {
    nock(far.shop).get(far.subscriptionPath).reply(200, body, { "content-type": "application/json" });
    const client = createImeshh({ credentials: { token }, http: far.quick });
    expect(await client.getSubscription()).toEqual({ subscriptions: [], isActive: false });
  });

  it("getSubscription: looks at all of them and keeps a status it does not know", async () => {
    nock(far.shop)
      .get(far.subscriptionPath)
      .reply(200, { "1": { status: "on-hold" }, "2": { status: "active" } });
    const list = await createImeshh({ credentials: { token }, http: far.quick }).getSubscription();
    expect(list.subscriptions.map(({ status }) => status)).toEqual(["on-hold", "active"]);
    expect(list.isActive).toBe(true);
  });

  it("getSubscription: something else", async () => {
    nock(far.shop).get(far.subscriptionPath).reply(200, { message: "hello" });
    const client = createImeshh({ credentials: { token }, http: far.quick });
    expect((await far.failureOf(client.getSubscription())).kind).toBe("unexpected-shape");
  });
});
