import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { createProduct, readImagine, sendJson } from "../../test/imagine.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let product: ReturnType<Sandbox["imagine"]["addProduct"]>;
beforeEach(async () => {
  sandbox = await startSandbox();
  product = sandbox.imagine.addProduct({ name: "Oak Chair", skuId: "CHAIR-1" });
});
afterEach(() => sandbox.close());

const rightOrder = {
  scene_id: 4100,
  cameras_to_render: [410_001, 410_002],
  units: "inches",
  products: [{ sku_id: "CHAIR-1", position: [0, 0, 0], rotation: [0, 90, 0], material_id: 500 }],
};
const create = (fields: object = {}) =>
  sendJson(sandbox, "POST", "/v1/product/create-images/", { ...rightOrder, ...fields });

async function render(fields: object = {}): Promise<number> {
  return (jsonOf(await create(fields)) as { data: { render_id: number } }).data.render_id;
}

interface Image {
  id: number;
  angle_name: string;
  status: string;
  file: string | null;
  color_pass_file: string | null;
}
interface Page {
  count: number;
  total_pages: number;
  next_link: string | null;
  results: Image[];
  api_hits_available: number;
}
const images = async (query: string) =>
  jsonOf(await readImagine(sandbox, `/v1/product/render-images/?${query}`)) as Page;

describe("create-images", () => {
  test("answers with the number of the render and the SKUs", async () => {
    const answer = await create();
    expect([answer.status, jsonOf(answer)]).toEqual([
      202,
      {
        status: true,
        data: { render_id: expect.any(Number), sku_ids: ["CHAIR-1"] },
        message: "Render job has been created and processing has been scheduled.",
        api_hits_available: 999,
      },
    ]);
  });

  test.each([
    [{ scene_id: 755440 }, { scene_id: ["Room/Scene with id 755440 not found or not accessible."] }],
    [{ scene_id: "4100" }, { scene_id: ["A valid integer is required."] }],
    [{ cameras_to_render: [410_001, 9] }, { cameras_to_render: ["Invalid camera ID(s) for scene 4100: [9]"] }],
    [{ cameras_to_render: [] }, { cameras_to_render: [expect.any(String)] }],
    [
      { products: [{ sku_id: "A" }, { sku_id: "B" }] },
      { products: { sku_id: "Invalid or inaccessible sku_id(s): ['A', 'B']" } },
    ],
    [
      { products: [{ sku_id: "CHAIR-1", position: [0, 0] }] },
      { products: { position: expect.stringContaining("three numbers") } },
    ],
    [{ products: [{ sku_id: "CHAIR-1", material_id: "500" }] }, { products: { material_id: expect.any(String) } }],
    [
      { products: undefined, units: "" },
      { products: ["This field is required."], units: [expect.any(String)] },
    ],
    [
      { scene_id: 755440, products: [{ sku_id: "A" }] },
      {
        scene_id: ["Room/Scene with id 755440 not found or not accessible."],
        products: { sku_id: "Invalid or inaccessible sku_id(s): ['A']" },
      },
    ],
  ])("%j is refused per field, and nested", async (fields, message) => {
    const answer = await create(fields);
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      { status: false, data: {}, message, api_hits_available: 999 },
    ]);
    expect(sandbox.imagine.renders()).toEqual([]);
  });
});

test("a product whose upload is not complete cannot be placed", async () => {
  await createProduct(sandbox, { sku_id: "NEW-1" });
  const answer = await create({ products: [{ sku_id: "NEW-1" }] });
  expect([answer.status, jsonOf(answer)]).toMatchObject([
    400,
    { message: { products: { sku_id: expect.any(String) } } },
  ]);
});

describe("render-images", () => {
  test("are null until they are done, and links then", async () => {
    const id = await render();
    const pending = await images(`render_id=${id}`);
    expect(pending.results).toEqual(
      ["silo camera 1", "silo camera 2"].map((angle_name) => ({
        id: expect.any(Number),
        angle_name,
        file: null,
        filmic_file: null,
        color_pass_file: null,
        thumbnail: null,
        filmic_thumbnail: null,
        status: "Not Done",
      })),
    );
    sandbox.advanceClock(4 * 60_000);
    const [image] = (await images(`render_id=${id}`)).results;
    expect(image?.status).toBe("Done");
    const file = await ask(image?.file ?? "");
    expect([file.status, file.headers["content-type"]]).toEqual([200, "image/jpeg"]);
    sandbox.imagine.configure({ colorPass: false });
    expect((await images(`render_id=${id}`)).results[0]?.color_pass_file).toBeNull();
  });

  test("one may fail while others are done", async () => {
    const id = await render();
    sandbox.imagine.finishRender(id);
    sandbox.imagine.setRenderStatus(id, "Failed", 0);
    const { results } = await images(`render_id=${id}`);
    expect(results.map(({ status, file }) => [status, file === null])).toEqual([
      ["Failed", true],
      ["Done", false],
    ]);
    sandbox.patchState({ imagine: { renders: [{ renderId: id, status: "Disabled" }] } });
    expect(sandbox.imagine.renders()[0]?.images.map(({ status }) => status)).toEqual(["Disabled", "Disabled"]);
    expect(() => sandbox.imagine.setRenderStatus(id, "Done", 7)).toThrow("no image 7");
  });

  test("are found by render, product, SKU and part of the name, all together", async () => {
    const id = await render();
    sandbox.imagine.addProduct({ name: "Table", skuId: "TABLE-1" });
    const other = await render({ products: [{ sku_id: "TABLE-1" }], cameras_to_render: [410_001] });
    const counts: number[] = [];
    for (const query of [
      `render_id=${id}`,
      `render_id=${other}`,
      `product_id=${product.id}`,
      "sku_id=TABLE-1",
      "product_name=oak",
      `render_id=${id}&sku_id=TABLE-1`,
    ])
      counts.push((await images(query)).count);
    expect(counts).toEqual([2, 1, 2, 1, 2, 0]);
  });

  test("come in pages of 20", async () => {
    const cameras_to_render = Array.from({ length: 45 }, (_, index) => 420_001 + index);
    const id = await render({ scene_id: 4200, cameras_to_render });
    const pages = await Promise.all([1, 2, 3].map((page) => images(`render_id=${id}&page=${page}`)));
    expect(pages.map(({ results }) => results.length)).toEqual([20, 20, 5]);
    expect(new Set(pages.flatMap(({ results }) => results.map((image) => image.id))).size).toBe(45);
    expect(pages[0]?.next_link).toBe(`${sandbox.origins.imagine}/v1/product/render-images/?render_id=${id}&page=2`);
  });

  test.each([
    ["", 400],
    ["sku_ids=CHAIR-1", 400],
    ["render_id=x", 400],
    ["product_id=x", 400],
    ["render_id=1", 404],
  ])("?%s is %i", async (query, code) => {
    expect((await readImagine(sandbox, `/v1/product/render-images/?${query}`)).status).toBe(code);
  });
});

describe("media links", () => {
  async function fileOf(): Promise<string> {
    const id = await render();
    sandbox.imagine.finishRender(id);
    return (await images(`render_id=${id}`)).results[0]?.file ?? "";
  }
  const download = (url: string, headers = {}) =>
    ask(url, { headers: { "user-agent": null, "accept-encoding": null, ...headers } });

  test("live seven days; a good one gets a JPEG, whole or in ranges", async () => {
    const file = await fileOf();
    const answer = await download(file);
    expect(answer.bytes.subarray(0, 4).toString("hex")).toBe("ffd8ffe0");
    expect((await download(file, { range: "bytes=0-1" })).bytes.toString("hex")).toBe("ffd8");
    sandbox.advanceClock(7 * 24 * 60 * 60_000 - 60_000);
    expect((await download(file)).status).toBe(200);
    sandbox.advanceClock(60_000);
    const expired = await download(file);
    expect([expired.status, expired.headers["x-cache"], expired.bytes.toString()]).toEqual([
      403,
      "Error from cloudfront",
      expect.stringContaining("<Code>AccessDenied</Code>"),
    ]);
  });

  test("any change breaks them: escapes of the path, of the signature, the order of the query", async () => {
    const file = await fileOf();
    const { search, pathname, origin } = new URL(file);
    const [expires = "", signature = "", key = ""] = search.slice(1).split("&");
    const changes = [
      file.replace("silo%20camera", "silo+camera"),
      file.replace("silo%20camera", "sil%6F%20camera"),
      file.replace(/(?<=Signature=[^&]*)[-_~]/, (sign) => `%${sign.charCodeAt(0).toString(16)}`),
      `${origin}${pathname}?${signature}&${expires}&${key}`,
      file.replace(/Expires=\d/, "Expires=9"),
      `${file}&download=1`,
      file.replace("Key-Pair-Id=K", "Key-Pair-Id=X"),
    ];
    for (const url of changes) {
      expect(url).not.toBe(file);
      expect([url, (await download(url)).status]).toEqual([url, 403]);
    }
    const bare = await download(`${origin}${pathname}`);
    expect([bare.status, bare.bytes.toString()]).toEqual([403, expect.stringContaining("MissingKey")]);
  });

  test("the fault expired-link works at both hosts", async () => {
    const file = await fileOf();
    sandbox.addFault({ host: "imagineMedia", kind: "expired-link", times: 1 });
    expect([(await download(file)).status, (await download(file)).status]).toEqual([403, 200]);
    sandbox.addFault({ host: "imagine", kind: "expired-link", path: "*/render-images/", times: 1 });
    expect((await download(await fileOf())).status).toBe(403);
  });
});

describe("Zapier", () => {
  const call = (path: string, authorization: string | null) =>
    ask(`${sandbox.origins.imagine}/${path}`, { headers: { authorization } });
  const token = () => `Zapier ${sandbox.imagine.credentials().zapierToken}`;

  test("token, verify and images, with two slashes or one, and no credit", async () => {
    expect(jsonOf(await call("/users/api/v3/zapier/token/", null))).toEqual({
      status: true,
      data: { api_key: sandbox.imagine.credentials().zapierToken },
      message: "API key fetched successfully.",
    });
    expect(jsonOf(await call("users/api/v3/token/verify/", token()))).toEqual({ id: 40211, name: expect.any(String) });
    const id = await render();
    const credits = sandbox.imagine.credits();
    const list = async () =>
      jsonOf(await call("/rendering-system/api/v3/images-render-detail-zapier/", token())) as Page;
    expect((await list()).results).toEqual([]);
    sandbox.imagine.finishRender(id);
    expect(await list()).toMatchObject({
      count: 2,
      results: [
        { image_name: `Render_${id}_silo camera 2`, tags: [], file: expect.stringContaining("Signature=") },
        {},
      ],
    });
    expect(sandbox.imagine.credits()).toBe(credits);
  });

  test("needs its token; the first call only where switched on", async () => {
    const paths = ["/users/api/v3/token/verify/", "/rendering-system/api/v3/images-render-detail-zapier/"];
    for (const path of paths)
      for (const authorization of [
        null,
        "Zapier another-token",
        `Imagine-key ${sandbox.imagine.credentials().secretKey}`,
      ])
        expect((await call(path, authorization)).status).toBe(401);
    sandbox.imagine.configure({ zapierTokenNeedsAuthorization: true });
    expect((await call("/users/api/v3/zapier/token/", null)).status).toBe(401);
    expect((await call("/users/api/v3/zapier/token/", token())).status).toBe(200);
  });
});

test("the state shows products, renders, objects and settings; a wrong patch changes nothing", async () => {
  const id = await render();
  sandbox.patchState({
    imagine: {
      credits: 5,
      upload: { lifeMs: 1 },
      outcomes: { render: "Failed" },
      renders: [{ renderId: id, finish: true }],
    },
  });
  expect(sandbox.state().imagine).toMatchObject({
    credits: 5,
    products: [{ unicode: product.unicode, statuses: { product_ar_status: null } }],
    renders: [{ renderId: id, skuIds: ["CHAIR-1"], images: [{ status: "Done" }, { status: "Done" }] }],
    objects: [],
    settings: { upload: { lifeMs: 1, successStatus: null }, outcomes: { render: "Failed", ar: "Done" } },
  });
  expect(() => sandbox.patchState({ imagine: { credits: 1, renders: [{ renderId: 1 }] } })).toThrow(
    "no Imagine render 1",
  );
  expect(() => sandbox.patchState({ imagine: { credits: -1 } })).toThrow('"imagine.credits" is wrong');
  expect(sandbox.imagine.credits()).toBe(5);
  const started = await startSandbox({ imagine: { credits: 3, upload: { lifeMs: 7 } }, kaedim: { credits: 4 } });
  expect([started.imagine.credits(), started.state().imagine.settings.upload.lifeMs, started.kaedim.credits()]).toEqual(
    [3, 7, 4],
  );
  await started.close();
});
