import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { readUrlExpiry } from "./index.ts";

far.useNock();

const product = {
  unicode: far.unicode,
  id: null,
  name: "Astronaut Space Suit Model V1",
  mainAssetName: "astronaut_suit",
  skuId: "SKU-ASTRONAUT-00001",
  gtin: "3210987654321",
  salsifyId: null,
  createdAt: "2026-02-16T16:39:49.974021+05:30",
  uploadStatus: null,
  other: {},
};

function answer(scope: nock.Interceptor, operation: string, name: string) {
  const { status, body } = far.example(operation, name);
  return scope.reply(status, body);
}

describe("the collection's own examples", () => {
  it("Create Product, as a form with the secret key", async () => {
    let sent = "";
    const scope = nock(far.base, far.writeHeaders)
      .matchHeader("content-type", /^multipart\/form-data; boundary=/)
      .matchHeader("content-length", /^\d+$/)
      .post(far.detailsPath, (body: string) => {
        sent = body;
        return true;
      });
    answer(scope, "Create Product", "201");
    const imagine = far.createClient();
    const created = await imagine.createProduct({
      name: "Astronaut Space Suit Model",
      mainAssetName: "astronaut_suit",
      skuId: "SKU-ASTRONAUT-00001",
      gtin: "3210987654321",
      modelFileName: "astronaut.glb",
      thumbnailFileName: "astronaut_suit_thumb.png",
    });
    const asked = far.collection.find(({ name }) => name === "Create Product")?.request as [string, string][];
    expect(Object.fromEntries(far.partsOf(sent).map(({ name, value }) => [name, value]))).toEqual(
      Object.fromEntries(asked),
    );
    expect(created.product).toEqual({
      ...product,
      name: "Astronaut Space Suit Model",
      createdAt: "2026-04-21T12:00:00.000000+05:30",
      uploadStatus: "1",
    });
    expect(created.modelUpload.url).toBe("https://S3_BUCKET_URL/");
    expect(Object.keys(created.modelUpload.fields)).toEqual([
      "key",
      "x-amz-algorithm",
      "x-amz-credential",
      "x-amz-date",
      "policy",
      "x-amz-signature",
    ]);
    expect(created.thumbnailUpload?.fields.key).toBe(
      "media/private/product/thumbnail/XXXXX/X/thumbnail_astronaut_suit_thumb.png",
    );
    expect(created).toMatchObject({ message: "Product created successfully", creditsLeft: 995 });
    expect(imagine.creditsLeft()).toBe(995);
  });

  it.each([
    ["400 - SKU", "sku-taken", 867],
    ["400 - GTIN", "gtin-taken", 867],
    ["401", "sign-in-failed", null],
    ["400 - Invalid file", "model-type-unsupported", 865],
  ])("Create Product, %s", async (name, code, creditsLeft) => {
    answer(nock(far.base).post(far.detailsPath), "Create Product", name);
    const imagine = far.createClient();
    const error = await far.failureOf(imagine.createProduct({ modelFileName: "a.glb" }));
    expect(error).toMatchObject({ kind: "refusal", code, retryable: false });
    expect(imagine.creditsLeft()).toBe(creditsLeft);
  });

  it("Mark Upload Success", async () => {
    answer(
      nock(far.base, far.writeHeaders)
        .matchHeader("content-type", "application/json")
        .patch(`${far.detailsPath}${far.unicode}/`, { action: "mark_upload_success" }),
      "Mark Upload Success",
      "200",
    );
    expect(await far.createClient().markUploadSuccess({ unicode: far.unicode })).toEqual({
      product: { ...product, id: 73891, name: "Astronaut Space Suit Model", uploadStatus: "2" },
      message: "Product marked as upload successful",
      creditsLeft: 948,
    });
  });

  it("Update Product Details, with the given names only", async () => {
    let sent = "";
    const scope = nock(far.base, far.writeHeaders)
      .matchHeader("content-type", /^multipart\/form-data; boundary=/)
      .patch(`${far.detailsPath}${far.unicode}/`, (body: string) => {
        sent = body;
        return true;
      });
    answer(scope, "Update Product Details", "200");
    const changed = await far.createClient().updateProduct({
      unicode: far.unicode,
      name: "Astronaut Space Suit Model V1",
    });
    expect(far.partsOf(sent)).toEqual([{ name: "name", fileName: undefined, value: "Astronaut Space Suit Model V1" }]);
    expect(changed).toEqual({
      product: { ...product, uploadStatus: "2" },
      message: "Product updated successfully",
      creditsLeft: 945,
    });
  });

  it.each([
    ["200 - Get Single", { unicode: far.unicode }, { unicode: far.unicode }, 943],
    ["200 - Filter by GTIN", { gtin: "3210987654321" }, { gtin: "3210987654321" }, 937],
    ["200 - Filter by SKU", { skuId: "SKU-ASTRONAUT-00001" }, { sku_id: "SKU-ASTRONAUT-00001" }, 935],
  ])("Get Product, %s, with the public key", async (name, key, query, creditsLeft) => {
    answer(nock(far.base, far.readHeaders).get(far.detailsPath).query(query), "Get / List Products", name);
    expect(await far.createClient().getProduct(key)).toEqual({ product, creditsLeft });
  });

  it("List Products, with search and filters", async () => {
    answer(
      nock(far.base, far.readHeaders).get(far.detailsPath).query({ search: "astronaut", gtin: "3210987654321" }),
      "Get / List Products",
      "200 - Filter by GTIN",
    );
    const pages = [];
    for await (const page of far.createClient().listProducts({ search: "astronaut", gtin: "3210987654321" }).pages()) {
      pages.push(page);
    }
    expect(pages).toEqual([
      { items: [product], skipped: [], pageNumber: 1, totalPages: 1, count: 1, creditsLeft: 937 },
    ]);
  });

  it("Delete Product", async () => {
    answer(nock(far.base, far.writeHeaders).delete(`${far.detailsPath}XXX/`), "Delete Product", "200");
    expect(await far.createClient().deleteProduct({ unicode: "XXX" })).toEqual({
      unicode: "XXX",
      deletionDate: "2026-02-06 19:42:20.164263",
      message: "Successfully marked for deletion. Will be deleted on 2026-02-06 19:42:20.164263",
      creditsLeft: 990,
    });
  });

  it("Delete Product with 204, which the collection's test takes too", async () => {
    nock(far.base).delete(`${far.detailsPath}XXX/`).reply(204);
    const deleted = await far.createClient().deleteProduct({ unicode: "XXX" });
    expect(deleted).toEqual({ unicode: "XXX", deletionDate: null, message: "", creditsLeft: null });
  });

  it("Create Product Content Job", async () => {
    const asked = far.collection.find(({ name }) => name === "Create Product Content Job")?.request as nock.Body;
    answer(nock(far.base, far.writeHeaders).post("/v1/product/job/", asked), "Create Product Content Job", "202");
    const job = await far.createClient().createContentJob({
      unicode: "XXX",
      contentTypes: ["3d_model_viewer", "ar", "360_degree_spin", "silo"],
    });
    expect(job).toEqual({
      unicode: "XXX",
      message: "Product automated processing has been scheduled.",
      creditsLeft: 100,
    });
  });

  it("Create Product Content Job, errors by field", async () => {
    answer(nock(far.base).post("/v1/product/job/"), "Create Product Content Job", "400");
    const error = await far.failureOf(far.createClient().createContentJob({ unicode: "XXX", contentTypes: ["ar"] }));
    expect(error).toMatchObject({ code: "request-refused", fieldErrors: { product: ["Must be a valid UUID."] } });
  });

  it("Get Product Content Status", async () => {
    answer(
      nock(far.base, far.readHeaders).get(far.statusPath).query({ unicode: far.unicode }),
      "Get Product Content Status",
      "200",
    );
    const status = await far.createClient().getContentStatus({ unicode: far.unicode });
    expect(status.product).toEqual(product);
    expect(status.types.ar).toEqual([{ id: null, name: null, status: "Done" }]);
    expect(status.types.silo).toHaveLength(5);
    expect(status.types["360_degree_spin"]).toEqual([{ id: 5025, name: null, status: "Done" }]);
    expect(status.outcomes).toEqual({ "3d_model_viewer": "done", ar: "done", "360_degree_spin": "done", silo: "done" });
    expect(status.creditsLeft).toBe(982);
  });

  it.each([
    ["ar", "product_ar_status"],
    ["3d_model_viewer", "product_3d_status"],
    ["silo", "product_silo_images_status"],
    ["360_degree_spin", "product_threesixty_status"],
  ] as const)("narrowed to %s", async (contentType, content_type) => {
    const narrowed = nock(far.base).get(far.statusPath).query({ sku_id: "S", content_type });
    narrowed.reply(200, { unicode: "U", [content_type]: null, api_hits_available: "12" });
    const status = await far.createClient().getContentStatus({ skuId: "S", contentType });
    expect(status).toMatchObject({ outcomes: { [contentType]: "not-requested" }, creditsLeft: 12 });
  });

  it("Get Shared Content", async () => {
    answer(
      nock(far.base, far.readHeaders).get(far.contentPath).query({ unicode: far.unicode }),
      "Get Shared Content",
      "200",
    );
    const content = await far.createClient().getSharedContent({ unicode: far.unicode });
    expect(content.modelViewerUrl).toBe(
      "https://app.imagine.io/product/public/3d-viewer/v2/4000f841-b269-5ec4-a787-35cc790a31b8",
    );
    expect(content.arViewerUrl).toContain("/ar-viewer/");
    expect(content.spinViewerUrl).toContain("/360-viewer/");
    expect(content.siloImages).toHaveLength(5);
    expect(content.siloImages[0]?.imageUrl).toContain("Astronaut%20Space%20Suit%20Model%20V1%20-%20Silo%20Leaf_");
    expect(readUrlExpiry(content.thumbnailUrl ?? "")).toBe(Date.parse("2026-02-19T12:57:29Z"));
    expect(content).toMatchObject({ creditsLeft: 983, product: { unicode: far.unicode, salsifyId: null, other: {} } });
  });

  it.each([
    [true, "archiveRenders"],
    [false, "unarchiveRenders"],
  ] as const)("Archive Product Render Content, is_archive %s", async (is_archive, method) => {
    answer(
      nock(far.base, far.writeHeaders).patch("/v1/product/render-content/archive/", {
        ids: [117076],
        is_archive,
        unicode: "XXX",
      }),
      "Archive Product Render Content",
      "200",
    );
    expect(await far.createClient()[method]({ unicode: "XXX", ids: [117076] })).toEqual({
      updatedCount: 1,
      ids: [117076],
      message: "Product render content archive status updated successfully",
      creditsLeft: 956,
    });
  });

  const images = {
    sceneId: 7550,
    cameraIds: [8152584, 8152586],
    units: "inches",
    products: [{ skuId: "ASTRONAUT-1", position: [0, 0, 0] as const, rotation: [0, 0, 0] as const, materialId: 500 }],
  };

  it("Create Images", async () => {
    const asked = far.collection.find(({ name }) => name === "Create Images")?.request as nock.Body;
    answer(nock(far.base, far.writeHeaders).post("/v1/product/create-images/", asked), "Create Images", "202");
    expect(await far.createClient().createImages(images)).toEqual({
      renderId: 2281539,
      skuIds: ["ASTRONAUT-1"],
      message: "Render job has been created and processing has been scheduled.",
      creditsLeft: 995,
    });
  });

  it.each([
    [
      "400 - Validation Error (invalid scene_id",
      {
        scene_id: ["Room/Scene with id 755440 not found or not accessible."],
        "products.sku_id": ["Invalid or inaccessible sku_id(s): ['ASTRONAUT-1']"],
      },
    ],
    [
      "400 - Validation Error (invalid camera",
      { cameras_to_render: ["Invalid camera ID(s) for scene 4275: [8152586, 81525584]"] },
    ],
  ])("Create Images, %s", async (name, fieldErrors) => {
    answer(nock(far.base).post("/v1/product/create-images/"), "Create Images", name);
    const error = await far.failureOf(far.createClient().createImages(images));
    expect(error).toMatchObject({ code: "request-refused", status: 400, fieldErrors });
  });

  it("Get Render Images, done and not done", async () => {
    const asked = () => nock(far.base, far.readHeaders).get(far.rendersPath).query({ render_id: 7 });
    answer(asked(), "Get Render Images", "200 OK - Images Returned");
    answer(asked(), "Get Render Images", "200 OK - Images Not Done");
    const imagine = far.createClient();
    const done = await far.allOf(imagine.listRenderImages({ renderId: 7 }));
    expect(done.map(({ id, status, angleName }) => ({ id, status, angleName }))).toEqual([
      { id: 8372439, status: "Done", angleName: "silo camera 1" },
      { id: 8372438, status: "Done", angleName: "silo camera 2" },
    ]);
    expect(done[0]?.filmicThumbnail).toContain("/filmic_thumbnail/XXX/render-image-1.jpg?Expires=XXX");
    const waiting = await far.allOf(imagine.listRenderImages({ renderId: 7 }));
    expect(waiting[0]).toMatchObject({ status: "Not Done", file: null, colorPassFile: null });
    expect(imagine.creditsLeft()).toBe(955);
  });
});
