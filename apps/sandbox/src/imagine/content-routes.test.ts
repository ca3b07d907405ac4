import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { createProduct, readImagine, sendJson, upload, uploadParts } from "../../test/imagine.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let unicode: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  unicode = sandbox.imagine.addProduct({ name: "Chair", skuId: "CHAIR-1", gtin: "123" }).unicode;
});
afterEach(() => sandbox.close());

const everything = [
  { req_type: "3d_model_viewer" },
  { req_type: "ar" },
  { req_type: "360_degree_spin" },
  { req_type: "Product Image", image_type: "silo" },
];
const job = (job_detail_list: unknown = everything, product: unknown = unicode) =>
  sendJson(sandbox, "POST", "/v1/product/job/", { product, job_detail_list });

interface Status {
  product_ar_status: string | null;
  product_3d_status: string | null;
  product_silo_images_status: { id: number; name: string; status: string }[] | null;
  product_threesixty_status: { id: number; status: string }[] | null;
}
const status = async (query = `unicode=${unicode}`) =>
  jsonOf(await readImagine(sandbox, `/v1/product/status/?${query}`)) as Status;
interface Content {
  thumbnail_url: string | null;
  product_3d: string | null;
  product_ar: string | null;
  product_threesixty: string | null;
  product_silo_images: { id: number; name: string; image_url: string; thumbnail_url: string }[];
}
const content = async (query = `unicode=${unicode}`) =>
  jsonOf(await readImagine(sandbox, `/v1/product/shared-content/?${query}`)) as Content;

/** The four statuses in a row; of several images the different ones. */
function brief(answer: Status) {
  const several = (items: { status: string }[] | null) =>
    items === null ? null : [...new Set(items.map((item) => item.status))].join("|");
  return [
    answer.product_3d_status,
    answer.product_ar_status,
    several(answer.product_threesixty_status),
    several(answer.product_silo_images_status),
  ];
}

describe("a job", () => {
  test("is accepted and moves with the sandbox's clock, each type in its own words", async () => {
    expect(brief(await status())).toEqual([null, null, null, null]);
    const answer = await job();
    expect([answer.status, jsonOf(answer)]).toEqual([
      202,
      {
        status: true,
        data: { unicode },
        message: "Product automated processing has been scheduled.",
        api_hits_available: 998,
      },
    ]);
    const queued = new Array(4).fill("Not Done");
    expect(brief(await status())).toEqual(queued);
    sandbox.advanceClock(30_000);
    expect(brief(await status())).toEqual(new Array(4).fill("Processing"));
    sandbox.advanceClock(105_000);
    expect(brief(await status())).toEqual(["Blender Processing", "Blender Processing", "Processing", "Processing"]);
    sandbox.advanceClock(105_000);
    expect(brief(await status())).toEqual(new Array(4).fill("Done"));
    expect((await status()).product_silo_images_status).toHaveLength(5);
  });

  test("of one type leaves the others as they were", async () => {
    await job([{ req_type: "ar" }]);
    sandbox.imagine.finishProduct(unicode);
    expect(brief(await status())).toEqual([null, "Done", null, null]);
    sandbox.imagine.configure({ notRequested: "empty" });
    expect((await status()).product_silo_images_status).toEqual([]);
  });

  test("ends as it is told, per type; one image alone may fail", async () => {
    sandbox.imagine.configure({ outcomes: { "3d_model_viewer": "Infected", ar: "Failed" }, siloImages: 3 });
    await job();
    sandbox.imagine.finishProduct(unicode);
    sandbox.imagine.setStatus(unicode, "360_degree_spin", "Disabled");
    sandbox.imagine.setStatus(unicode, "silo", "Failed", 1);
    expect(brief(await status())).toEqual(["Infected", "Failed", "Disabled", "Done|Failed"]);
    const shared = await content();
    expect([
      shared.product_3d,
      shared.product_ar,
      shared.product_threesixty,
      shared.product_silo_images.length,
    ]).toEqual([null, null, null, 2]);
    sandbox.patchState({ imagine: { products: [{ unicode, statuses: { ar: "Something New" } }] } });
    expect((await status()).product_ar_status).toBe("Something New");
    expect(() => sandbox.imagine.setStatus(unicode, "silo", "Done", 9)).toThrow("no such silo");
    expect(() => sandbox.imagine.finishProduct("nothing")).toThrow("no Imagine product nothing");
  });

  test.each([
    [{ product: "not a uuid" }, 400, { product: ["Must be a valid UUID."] }],
    [{ product: undefined }, 400, { product: ["This field is required."] }],
    [{ product: "00000000-0000-4000-8000-000000000000" }, 404, "Product not found."],
    [{ job_detail_list: [] }, 400, { job_detail_list: ["This list may not be empty."] }],
    [{ job_detail_list: "ar" }, 400, { job_detail_list: ["Expected a list of items."] }],
    [{ job_detail_list: [{ req_type: "AR" }] }, 400, { job_detail_list: [expect.stringContaining("3d_model_viewer")] }],
    [{ job_detail_list: [{ req_type: "Product Image" }] }, 400, { job_detail_list: [expect.stringContaining("silo")] }],
  ])("%j is refused", async (fields, code, message) => {
    const answer = await sendJson(sandbox, "POST", "/v1/product/job/", {
      product: unicode,
      job_detail_list: everything,
      ...fields,
    });
    expect([answer.status, jsonOf(answer)]).toMatchObject([code, { status: false, data: {}, message }]);
  });

  test("needs a complete upload", async () => {
    const { unicode: unfinished } = await createProduct(sandbox);
    const answer = await job(everything, unfinished);
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      400,
      { message: { product: [expect.stringContaining("not complete")] } },
    ]);
  });
});

describe("looking up", () => {
  test("goes by the first identifier of the documented order", async () => {
    const other = sandbox.imagine.addProduct({ skuId: "CHAIR-2", gtin: "456" }).unicode;
    for (const [query, expected] of [
      [`unicode=${unicode}&sku_id=CHAIR-2`, unicode],
      ["sku_id=CHAIR-1&gtin=456", other],
      ["sku_id=CHAIR-2&salsify_id=x", other],
    ] as const)
      expect(await status(query)).toMatchObject({ unicode: expected });
  });

  test.each([
    ["", 400],
    ["unicode=", 400],
    ["unicode=x", 400],
    ["sku_id=nothing", 404],
    ["sku_id=CHAIR-1&content_type=video", 400],
  ])("%s is %i for status and content", async (query, code) => {
    for (const path of ["status", "shared-content"])
      expect((await readImagine(sandbox, `/v1/product/${path}/?${query}`)).status).toBe(code);
  });

  test("content_type narrows both, by either name; an empty one narrows nothing", async () => {
    const keys = (answer: object) => Object.keys(answer).filter((key) => key.startsWith("product_"));
    expect(keys(await status("sku_id=CHAIR-1&content_type=product_ar_status"))).toEqual(["product_ar_status"]);
    expect(keys(await content("sku_id=CHAIR-1&content_type=product_ar_status"))).toEqual(["product_ar"]);
    expect(keys(await content("sku_id=CHAIR-1&content_type=product_3d"))).toEqual(["product_3d"]);
    expect(keys(await status("sku_id=CHAIR-1&content_type="))).toHaveLength(4);
  });
});

describe("shared content", () => {
  test("is null and empty before it is done, and links afterwards", async () => {
    await job();
    expect(await content()).toMatchObject({
      product_3d: null,
      product_ar: null,
      product_threesixty: null,
      product_silo_images: [],
    });
    sandbox.imagine.finishProduct(unicode);
    const shared = await content();
    const viewer = await ask(shared.product_3d ?? "", { headers: { "user-agent": null } });
    expect([viewer.status, viewer.headers["content-type"]]).toEqual([200, "text/html; charset=utf-8"]);
    const [image] = shared.product_silo_images;
    expect(new URL(image?.image_url ?? "").origin).toBe(sandbox.origins.imagineMedia);
    expect(image?.image_url).toMatch(/%20.*\?Expires=\d+&Signature=[A-Za-z0-9_~-]+&Key-Pair-Id=\w+$/);
  });

  test("has the thumbnail once it was uploaded", async () => {
    const product = await createProduct(sandbox, { thumbnail_name: "chair.png" });
    expect((await content(`unicode=${product.unicode}`)).thumbnail_url).toBeNull();
    if (product.presigned_url_thumbnail === null) throw new Error("There is no form for the thumbnail.");
    await upload(sandbox, uploadParts(product.presigned_url_thumbnail));
    const { thumbnail_url: url } = await content(`unicode=${product.unicode}`);
    expect((await ask(url ?? "")).status).toBe(200);
  });
});

describe("archiving", () => {
  const archive = (fields: object) =>
    sendJson(sandbox, "PATCH", "/v1/product/render-content/archive/", { unicode, ...fields });

  test("hides images from the content and brings them back", async () => {
    await job();
    sandbox.imagine.finishProduct(unicode);
    const ids = (await content()).product_silo_images.map(({ id }) => id);
    const hidden = ids.slice(0, 2);
    const answer = await archive({ ids: [...hidden, 1], is_archive: true });
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      200,
      {
        status: true,
        data: { updated_count: 2, ids: hidden },
        message: "Product render content archive status updated successfully",
      },
    ]);
    expect((await content()).product_silo_images.map(({ id }) => id)).toEqual(ids.slice(2));
    await archive({ ids: hidden, is_archive: false });
    expect((await content()).product_silo_images).toHaveLength(5);
  });

  test.each([
    [{ ids: [1] }, 400, { is_archive: ["This field is required."] }],
    [{ ids: ["1"], is_archive: true }, 400, { ids: [expect.any(String)] }],
    [{ ids: [1], is_archive: true, unicode: "x" }, 400, { unicode: [expect.stringContaining("UUID")] }],
    [{ ids: [1], is_archive: true, unicode: "00000000-0000-4000-8000-000000000000" }, 404, "Product not found."],
  ])("%j is refused", async (fields, code, message) => {
    const answer = await archive(fields);
    expect([answer.status, jsonOf(answer)]).toMatchObject([code, { message }]);
  });
});
