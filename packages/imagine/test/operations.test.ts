import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { type CreatedProduct, createImagine, createImagineZapier, type Imagine } from "@org/imagine";
import { type Sandbox, startSandbox } from "@org/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectBody, expectSent, type Row } from "./expect-sent.ts";
import { type Relay, startRelay } from "./relay.ts";
import { createSandboxClock } from "./sandbox-clock.ts";

/** Made from the collection: every operation's name, method and path. */
const operations: { name: string; method: string; path: string }[] = JSON.parse(
  readFileSync(new URL("operations.json", import.meta.url), "utf8"),
);

let sandbox: Sandbox;
let relay: Relay;
let imagine: Imagine;
let created: CreatedProduct;
let renderId = 0;
const model = Buffer.from("glTF of an astronaut");
const thumbnail = Buffer.from("\x89PNG of an astronaut", "latin1");
const sha256 = (data: Buffer) => createHash("sha256").update(data).digest("hex");

const everyAnswer = { creditsLeft: expect.any(Number) };
const product = {
  unicode: expect.stringMatching(/^[0-9a-f-]{36}$/),
  name: "Astronaut",
  mainAssetName: "astronaut_suit",
  skuId: "SKU-1",
  gtin: "3210987654321",
  createdAt: expect.stringMatching(/^20\d\d-/),
};

const unicode = () => created.product.unicode;

const rows: Row[] = [
  {
    name: "Create Product",
    key: "secret",
    status: 201,
    call: async () => {
      created = await imagine.createProduct({
        name: "Astronaut",
        mainAssetName: "astronaut_suit",
        skuId: "SKU-1",
        gtin: "3210987654321",
        modelFileName: "astronaut.glb",
        thumbnailFileName: "thumb.png",
      });
      return created;
    },
    answer: { ...everyAnswer, product: { ...product, uploadStatus: "1" }, thumbnailUpload: expect.any(Object) },
    fields: () => [
      ["name", "Astronaut"],
      ["main_asset_name", "astronaut_suit"],
      ["sku_id", "SKU-1"],
      ["gtin", "3210987654321"],
      ["prop_data_user_file_name", "astronaut.glb"],
      ["thumbnail_name", "thumb.png"],
    ],
  },
  {
    name: "Upload 3D Model file to S3 (presigned)",
    host: "imagineS3",
    key: "none",
    status: 204,
    call: () => imagine.uploadModel({ upload: created.modelUpload, file: new File([model], "astronaut.glb") }),
    answer: { bytes: model.length, etag: expect.any(String) },
    path: () => new URL(created.modelUpload.url).pathname,
  },
  {
    name: "Upload Thumbnail to S3 (presigned)",
    host: "imagineS3",
    key: "none",
    status: 204,
    call: async () => {
      if (created.thumbnailUpload === null) throw new Error("The sandbox gave no form for the thumbnail");
      return imagine.uploadThumbnail({ upload: created.thumbnailUpload, file: new Blob([thumbnail]) });
    },
    answer: { bytes: thumbnail.length, etag: expect.any(String) },
    path: () => new URL(created.thumbnailUpload?.url ?? "").pathname,
  },
  {
    name: "Mark Upload Success",
    key: "secret",
    status: 200,
    call: () => imagine.markUploadSuccess({ unicode: unicode() }),
    answer: { ...everyAnswer, product: { ...product, id: expect.any(Number), uploadStatus: "2" } },
    path: () => `/v1/product/details/${unicode()}/`,
    json: () => ({ action: "mark_upload_success" }),
  },
  {
    name: "Update Product Details",
    key: "secret",
    status: 200,
    call: () => imagine.updateProduct({ unicode: unicode(), name: "Astronaut V1", skuId: "ASTRONAUT-1" }),
    answer: { ...everyAnswer, product: { ...product, name: "Astronaut V1", skuId: "ASTRONAUT-1" } },
    path: () => `/v1/product/details/${unicode()}/`,
    fields: () => [
      ["name", "Astronaut V1"],
      ["sku_id", "ASTRONAUT-1"],
    ],
  },
  {
    name: "Get / List Products",
    key: "public",
    status: 200,
    call: () => imagine.getProduct({ unicode: unicode() }),
    answer: { ...everyAnswer, product: { ...product, name: "Astronaut V1", skuId: "ASTRONAUT-1" } },
    query: () => ({ unicode: unicode() }),
  },
  {
    name: "Create Product Content Job",
    key: "secret",
    status: 202,
    call: () =>
      imagine.createContentJob({
        unicode: unicode(),
        contentTypes: ["3d_model_viewer", "ar", "360_degree_spin", "silo"],
      }),
    answer: { ...everyAnswer, unicode: product.unicode, message: expect.stringMatching(/./) },
    json: () => ({
      product: unicode(),
      job_detail_list: [
        { req_type: "3d_model_viewer" },
        { req_type: "ar" },
        { req_type: "360_degree_spin" },
        { req_type: "Product Image", image_type: "silo" },
      ],
    }),
  },
  {
    name: "Get Product Content Status",
    key: "public",
    status: 200,
    call: async () => {
      sandbox.imagine.finishProduct(unicode());
      return imagine.getContentStatus({ unicode: unicode() });
    },
    answer: {
      ...everyAnswer,
      product: { unicode: product.unicode },
      outcomes: { "3d_model_viewer": "done", ar: "done", "360_degree_spin": "done", silo: "done" },
    },
    query: () => ({ unicode: unicode() }),
  },
  {
    name: "Get Shared Content",
    key: "public",
    status: 200,
    call: () => imagine.getSharedContent({ unicode: unicode() }),
    answer: {
      ...everyAnswer,
      thumbnailUrl: expect.stringContaining("Expires="),
      modelViewerUrl: expect.stringContaining("http"),
      arViewerUrl: expect.stringContaining("http"),
      spinViewerUrl: expect.stringContaining("http"),
      siloImages: expect.arrayContaining([
        {
          id: expect.any(Number),
          name: expect.any(String),
          imageUrl: expect.any(String),
          thumbnailUrl: expect.any(String),
        },
      ]),
    },
    query: () => ({ unicode: unicode() }),
  },
  {
    name: "Archive Product Render Content",
    key: "secret",
    status: 200,
    call: async () => {
      const { siloImages } = await imagine.getSharedContent({ unicode: unicode() });
      archived = siloImages[0]?.id ?? 0;
      return imagine.archiveRenders({ unicode: unicode(), ids: [archived] });
    },
    answer: { ...everyAnswer, updatedCount: 1, ids: [expect.any(Number)] },
    json: () => ({ ids: [archived], is_archive: true, unicode: unicode() }),
  },
  {
    name: "Create Images",
    key: "secret",
    status: 202,
    call: async () => {
      const images = await imagine.createImages({
        sceneId: 4100,
        cameraIds: [410_001, 410_002],
        units: "inches",
        products: [{ skuId: "ASTRONAUT-1", position: [0, 1, 2], rotation: [0, 0, 0], materialId: 500 }],
      });
      renderId = images.renderId;
      return images;
    },
    answer: { ...everyAnswer, renderId: expect.any(Number), skuIds: ["ASTRONAUT-1"] },
    json: () => ({
      scene_id: 4100,
      cameras_to_render: [410_001, 410_002],
      units: "inches",
      products: [{ sku_id: "ASTRONAUT-1", position: [0, 1, 2], rotation: [0, 0, 0], material_id: 500 }],
    }),
  },
  {
    name: "Get Render Images",
    key: "public",
    status: 200,
    call: async () => {
      sandbox.imagine.finishRender(renderId);
      for await (const page of imagine.listRenderImages({ renderId }).pages()) return page;
      return undefined;
    },
    answer: {
      ...everyAnswer,
      count: 2,
      totalPages: 1,
      items: expect.arrayContaining([
        expect.objectContaining({
          angleName: "silo camera 1",
          status: "Done",
          file: expect.stringContaining("Signature="),
        }),
      ]),
    },
    query: () => ({ render_id: String(renderId) }),
  },
  {
    name: "Delete Product",
    key: "secret",
    status: 200,
    call: () => imagine.deleteProduct({ unicode: unicode() }),
    answer: {
      ...everyAnswer,
      unicode: product.unicode,
      deletionDate: expect.stringMatching(/^20\d\d-\d\d-\d\d \d\d:/),
    },
    path: () => `/v1/product/details/${unicode()}/`,
  },
  {
    name: "Token Generations",
    key: "zapier",
    status: 200,
    call: () => zapier().getToken(),
    answer: { apiKey: "imagine-sandbox-zapier-token" },
  },
  {
    name: "Get Images",
    key: "zapier",
    status: 200,
    call: async () => {
      for await (const image of zapier().listImages()) return image;
      return undefined;
    },
    answer: { angleName: expect.any(String), file: expect.stringContaining("Signature="), tags: [] },
  },
  {
    name: "Token Verify",
    key: "zapier",
    status: 200,
    call: () => zapier().verifyToken(),
    answer: { id: 40_211, name: "sandbox team - 7" },
  },
];

let archived = 0;
const zapier = () =>
  createImagineZapier({
    token: sandbox.imagine.credentials().zapierToken,
    baseUrl: relay.origin,
    http: { proxy: "none" },
  });

beforeAll(async () => {
  sandbox = await startSandbox();
  relay = await startRelay(sandbox.origins.imagine);
  const { secretKey, publicKey, domain } = sandbox.imagine.credentials();
  const http = { proxy: "none" as const, clock: createSandboxClock(sandbox) };
  imagine = createImagine({ secretKey, publicKey, domain, baseUrl: relay.origin, http });
});
afterAll(async () => {
  await relay.close();
  await sandbox.close();
});

describe("every operation of the collection, against the sandbox", () => {
  it("is in this table, and nothing else is", () => {
    expect(rows.map(({ name }) => name).sort()).toEqual(operations.map(({ name }) => name).sort());
  });

  it.each(rows.map((row) => [row.name, row] as const))("%s", async (name, row) => {
    const operation = operations.find((one) => one.name === name);
    if (operation === undefined) throw new Error(`The collection has no operation ${name}`);
    const answer = await row.call();
    expect(answer).toMatchObject(row.answer as object);
    const entry = sandbox.requests().at(-1);
    expectSent(row, operation, { sandbox, entry });
    expectBody(row, { entry, body: relay.bodies.at(-1) ?? "" });
  });

  it("uploaded exactly the files", () => {
    const sums = sandbox.imagine.objects().map((object) => object.sha256);
    expect(sums.sort()).toEqual([sha256(model), sha256(thumbnail)].sort());
  });

  it("leaked nothing anywhere", () => {
    expect(sandbox.requests().filter(({ leak, refusal }) => leak !== null || refusal !== null)).toEqual([]);
  });
});
