import { gzipSync } from "node:zlib";
import { fixtureJson, fixtureText } from "@org/http-core/testing";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-shop.ts";
import { createImeshh, documentedUserAgent } from "./index.ts";

far.useNock();

const anonymous = () => createImeshh({ http: far.quick });
const withAccount = () => createImeshh({ credentials: far.account, http: far.quick });
const token = "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9...";
const publicHeaders = {
  reqheaders: { "user-agent": documentedUserAgent, "accept-encoding": "gzip" },
  badheaders: ["authorization"],
};
const signedHeaders = {
  reqheaders: { "user-agent": documentedUserAgent, "accept-encoding": "gzip", authorization: `Bearer ${token}` },
};
const fixture = (name: string) => fixtureJson(import.meta.url, name) as nock.Body;

describe("the document's own examples", () => {
  it("POST /wp-json/jwt-auth/v1/token as JSON", async () => {
    nock(far.shop, publicHeaders)
      .matchHeader("content-type", "application/json")
      .post(far.loginPath, far.account)
      .reply(200, fixture("token.json"));
    const signIn = await withAccount().login();
    expect(signIn).toEqual({ email: null, displayName: null, expiresAtMs: null });
  });

  it("the same as a form", async () => {
    nock(far.shop, publicHeaders)
      .matchHeader("content-type", "application/x-www-form-urlencoded")
      .post(far.loginPath, far.account)
      .reply(200, {
        ...(fixture("token.json") as object),
        user_email: "user@example.com",
        user_display_name: "A &amp; B",
      });
    const client = createImeshh({ credentials: far.account, loginBody: "form", http: far.quick });
    expect(await client.login()).toEqual({ email: "user@example.com", displayName: "A & B", expiresAtMs: null });
  });

  it("POST /wp-json/jwt-auth/v1/token/validate", async () => {
    nock(far.shop, signedHeaders)
      .post("/wp-json/jwt-auth/v1/token/validate")
      .reply(200, { code: "jwt_auth_valid_token", data: { status: 200 } });
    const check = await createImeshh({ credentials: { token }, http: far.quick }).validateToken();
    expect(check).toMatchObject({ isValid: true, code: "jwt_auth_valid_token" });
  });

  it("GET subscription-information", async () => {
    nock(far.shop).post(far.loginPath).reply(200, fixture("token.json"));
    nock(far.shop, signedHeaders).get(far.subscriptionPath).reply(200, fixture("subscription.json"));
    expect(await withAccount().getSubscription()).toEqual({
      isActive: true,
      subscriptions: [
        {
          productId: 55398,
          productName: "Freelancer Subscription",
          subscriptionId: 133071,
          status: "active",
          startDate: "2025-07-01 01:40:08",
          nextPaymentDate: "2026-07-01 01:40:08",
          billingPeriod: "year",
          billingTotal: "49.00",
          billingCurrency: "USD",
        },
      ],
    });
  });

  it("GET download-link", async () => {
    nock(far.shop).post(far.loginPath).reply(200, fixture("token.json"));
    nock(far.shop, signedHeaders)
      .get(far.linkPath)
      .query({ product_id: "133147", download_id: "3379f7a9-156f-465c-a338-03623c86cf21" })
      .reply(200, fixture("download-link.json"));
    const link = await withAccount().requestLink({
      productId: 133147,
      downloadId: "3379f7a9-156f-465c-a338-03623c86cf21",
    });
    expect(link).toEqual({
      url: "https://r2.imeshh.com/assets/model-name.zip",
      host: "r2.imeshh.com",
      expiresAtMs: null,
      productId: 133147,
      downloadId: "3379f7a9-156f-465c-a338-03623c86cf21",
    });
  });

  it("GET status", async () => {
    const date = "Mon, 21 Jul 2025 21:40:00 GMT";
    nock(far.blog, publicHeaders).get("/wp-json/status-api/v1/latest").reply(200, fixture("status.json"), { date });
    expect(await anonymous().getStatus()).toEqual({ lastUpdated: "2025-07-21T21:38:11Z", servedAt: date });
  });

  it("GET latest_categories.json", async () => {
    const text = fixtureText(import.meta.url, "categories.json");
    nock(far.feeds, publicHeaders)
      .get("/imeshh-all-product-compress-meta-data/latest_categories.json")
      .reply(200, text);
    expect(await anonymous().listCategories()).toEqual({
      categories: [
        {
          assetType: "model",
          id: 36127,
          name: "Architectural",
          title: "Architectural",
          slug: "architectural",
          description: "",
          subcategories: [
            { id: 37997, name: "Ceiling Fans", title: "Ceiling Fans", slug: "ceiling-fans", description: "" },
          ],
        },
      ],
      skipped: [],
      text,
    });
  });

  it.each([
    ["sent plainly", {}, (text: string) => Buffer.from(text)],
    ["with Content-Encoding: gzip", { "content-encoding": "gzip" }, (text: string) => gzipSync(text)],
    ["stored gzipped, without the header", {}, (text: string) => gzipSync(text)],
  ])("GET latest_products.json, %s", async (_how, headers, encode) => {
    const text = fixtureText(import.meta.url, "products.json");
    nock(far.feeds, publicHeaders).get(far.productsPath).reply(200, encode(text), headers);
    const list = await anonymous().listProducts();
    expect(list.text).toBe(text);
    expect(list.skipped).toEqual([]);
    expect(list.products).toEqual([
      {
        id: 132602,
        name: "Hanging Women Top 02",
        title: "Hanging Women Top 02",
        slug: "hanging-women-top-02",
        permalink: "https://shop.imeshh.com/product/hanging-women-top-02/",
        status: "publish",
        dateModified: "2025-06-28T17:07:07",
        assetType: "model",
        category: { id: 36169, name: "Clothing", title: "Clothing", slug: "clothing" },
        subCategories: [{ id: 38229, name: "Hanging", title: "Hanging", slug: "hanging" }],
        isFreebie: false,
        licence: { value: "1", label: "Royalty Free", isDocumented: true },
        blenderVersion: { value: "6", label: "v4.2+", isDocumented: true },
        polygonCount: 55017,
        dimensions: "42 x 18 x 66 cm",
        subdividable: "Yes",
        tags: [],
        downloads: [{ id: "e4dd8255-f25c-429f-8d13-67b03687b7ab", name: "Clothing_Hanging_Top-Women_02_Blender.zip" }],
        thumbnailUrl: "https://r2.imeshh.com/2025/06/28170130/Clothing_Hanging_Top-Women_02-300x300.png",
        thumbnailId: 132611,
        thumbnailName: "Clothing_Hanging_Top-Women_02",
        thumbnailDateModified: "2025-06-28T17:01:30",
        images: [
          {
            id: 132611,
            name: "Clothing_Hanging_Top-Women_02",
            url: "https://r2.imeshh.com/2025/06/28170130/Clothing_Hanging_Top-Women_02.png",
            thumbnailUrl: "https://r2.imeshh.com/2025/06/28170130/Clothing_Hanging_Top-Women_02-300x300.png",
            dateModified: "2025-06-28T17:01:30",
          },
        ],
        other: {},
      },
    ]);
  });

  it.each([
    ["model", "models"],
    ["material", "materials"],
    ["geonode", "geonodes"],
    ["fx", "fx"],
  ] as const)("GET the catalog file of %s", async (assetType, folder) => {
    const text = "# Blender\n\nVERSION 1\n\n8765fc25-349f-5da2-a93d-d880b3dbd1c7:Decor:Decor\n";
    nock(far.feeds, publicHeaders).get(`/cats-files/${folder}/blender_assets.cats.txt`).reply(200, gzipSync(text));
    expect(await anonymous().getCatalogFile({ assetType })).toEqual({ assetType, text });
  });
});

describe("what the add-on knows besides", () => {
  it("GET message", async () => {
    nock(far.extensions, publicHeaders).get("/wp-json/imeshh-api/v1/message").reply(200, fixture("message.json"));
    expect(await anonymous().getMessage()).toEqual({
      schemaVersion: "1.0",
      status: "active",
      message: "New Geo Nodes & materials are here.",
      links: [{ text: "What’s new", url: "https://shop.imeshh.com/pricing" }],
      coolDownMs: 9 * 86_400_000 + 30 * 60_000 + 5_000,
    });
  });

  it.each([[{ status: "none" }], [{ status: false, message: null, links: "", cool_down: [] }]])(
    "reads the message %j as none",
    async (body) => {
      nock(far.extensions).get("/wp-json/imeshh-api/v1/message").reply(200, body);
      expect(await anonymous().getMessage()).toMatchObject({ status: "none", message: "", links: [], coolDownMs: 0 });
    },
  );

  it("GET extension", async () => {
    nock(far.extensions, publicHeaders)
      .get("/wp-json/imeshh-api/v1/extension")
      .reply(200, fixture("extension-index.json"));
    expect(await anonymous().getExtensionIndex()).toEqual({
      version: "v1",
      blocklist: [],
      extensions: [
        {
          id: "imeshh_asset_manager",
          version: "1.2.4",
          archiveUrl: "https://extensions.imeshh.com/imeshh_asset_manager-1.2.4.zip",
          archiveBytes: 123456,
          archiveHash: `sha256:${"ab".repeat(32)}`,
          other: {
            schema_version: "1.0.0",
            name: "iMeshh Asset Manager",
            type: "add-on",
            blender_version_min: "4.2.0",
          },
        },
      ],
    });
  });
});

describe("public calls", () => {
  it("never carry the token, even when there is one: a bad token breaks public routes", async () => {
    const client = createImeshh({ credentials: { token }, http: far.quick });
    nock(far.blog, publicHeaders).get("/wp-json/status-api/v1/latest").reply(200, fixture("status.json"));
    nock(far.feeds, publicHeaders).get(far.productsPath).reply(200, "[]");
    nock(far.extensions, publicHeaders).get("/wp-json/imeshh-api/v1/message").reply(200, fixture("message.json"));
    await client.getStatus();
    await client.listProducts();
    await client.getMessage();
  });

  it("are repeated after a 500 and a broken connection", async () => {
    nock(far.blog).get("/wp-json/status-api/v1/latest").reply(500, "<h1>Critical error</h1>");
    nock(far.blog)
      .get("/wp-json/status-api/v1/latest")
      .replyWithError(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    nock(far.blog).get("/wp-json/status-api/v1/latest").reply(200, fixture("status.json"));
    expect((await anonymous().getStatus()).lastUpdated).toBe("2025-07-21T21:38:11Z");
  });

  it("follow the origins of the settings, sandbox included", async () => {
    nock("http://127.0.0.1:4801", publicHeaders)
      .get("/wp-json/status-api/v1/latest")
      .reply(200, fixture("status.json"));
    await createImeshh({ origins: { blog: "http://127.0.0.1:4801" }, http: far.quick }).getStatus();
  });

  it("keep the documented User-Agent whatever the settings say", async () => {
    nock(far.blog, publicHeaders).get("/wp-json/status-api/v1/latest").reply(200, fixture("status.json"));
    await createImeshh({ http: { ...far.quick, userAgent: "curl/8" } }).getStatus();
  });

  it("refuse plain http for everything that carries a token", () => {
    expect(() => createImeshh({ origins: { shop: "http://shop.imeshh.com" } })).toThrow(TypeError);
  });
});

describe("settings that cannot work", () => {
  it.each([
    [{ username: "", password: "secret-1" }],
    [{ username: "a" }],
    [{ username: "a", password: 5 }],
    [{ token: "two words" }],
    [{ token: "" }],
  ])("%j as credentials are refused without being repeated", (credentials) => {
    const build = () => createImeshh({ credentials: credentials as never });
    expect(build).toThrow(TypeError);
    expect(build).not.toThrow(/secret-1|two words/);
  });

  it("archiveHosts with a port are refused", () => {
    expect(() => createImeshh({ archiveHosts: ["r2.imeshh.com:443"] })).toThrow(/without scheme, port or path/);
  });
});
