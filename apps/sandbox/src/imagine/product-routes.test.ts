import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { askImagine, createProduct, readImagine, sendForm, sendJson, upload, uploadParts } from "../../test/imagine.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const details = "/v1/product/details/";
const create = (fields: Record<string, string>) => sendForm(sandbox, "POST", details, fields);
const mark = (unicode: string) =>
  sendJson(sandbox, "PATCH", `${details}${unicode}/`, { action: "mark_upload_success" });
const messageOf = (answer: Awaited<ReturnType<typeof create>>) => (jsonOf(answer) as { message: unknown }).message;

interface Page {
  next_link: string | null;
  previous_link: string | null;
  current_page_number: number;
  total_pages: number;
  count: number;
  results: { unicode: string; name: string | null; sku_id: string | null }[];
}
const page = async (query = "") => jsonOf(await readImagine(sandbox, `${details}${query}`)) as Page;

describe("create", () => {
  test("answers with the product and two upload forms", async () => {
    const answer = await create({
      name: "Chair",
      main_asset_name: "chair_01",
      sku_id: "CHAIR-1",
      gtin: "123",
      prop_data_user_file_name: "chair.glb",
      thumbnail_name: "chair.png",
    });
    expect([answer.status, jsonOf(answer)]).toEqual([
      201,
      {
        status: true,
        data: {
          unicode: expect.stringMatching(/^[0-9a-f-]{36}$/),
          gtin: "123",
          name: "Chair",
          main_asset_name: "chair_01",
          sku_id: "CHAIR-1",
          created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+05:30$/),
          upload_status: "1",
          presigned_url_prop_user_file: { url: `${sandbox.origins.imagineS3}/`, fields: expect.any(Object) },
          presigned_data_prop_user_file: expect.stringMatching(/^\/media\/private\/product\/prop_data_user_file\//),
          presigned_url_thumbnail: { url: `${sandbox.origins.imagineS3}/`, fields: expect.any(Object) },
          presigned_data_thumbnail: expect.stringMatching(/^\/media\/private\/product\/thumbnail\//),
        },
        message: "Product created successfully",
        api_hits_available: 999,
      },
    ]);
  });

  test("needs only the model's name; the rest is null", async () => {
    const product = await createProduct(sandbox);
    expect(product).toMatchObject({ name: null, sku_id: null, gtin: null, presigned_url_thumbnail: null });
  });

  test.each([
    [{ name: "Chair" }, { prop_data_user_file_name: ["This field is required."] }],
    [{ prop_data_user_file_name: "chair" }, expect.stringContaining("Supported formats: .glb, .gltf")],
    [{ prop_data_user_file_name: "chair.exe" }, expect.stringContaining(".3ds")],
    [{ prop_data_user_file_name: "a.glb", thumbnail_name: "a.gif" }, { thumbnail_name: [expect.any(String)] }],
    [{ prop_data_user_file_name: "a.glb", sku_id: "CHAIR-1" }, "Sku id already exists."],
    [{ prop_data_user_file_name: "a.glb", gtin: "123" }, "This gtin already exists."],
  ])("%j is refused", async (fields, message) => {
    await createProduct(sandbox, { sku_id: "CHAIR-1", gtin: "123" });
    const answer = await create(fields as Record<string, string>);
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      { status: false, data: {}, message, api_hits_available: 998 },
    ]);
  });

  test("JSON is taken only where it is switched on", async () => {
    const send = () => sendJson(sandbox, "POST", details, { prop_data_user_file_name: "a.glb" });
    expect([(await send()).status, messageOf(await send())]).toEqual([
      400,
      expect.stringContaining("multipart/form-data"),
    ]);
    sandbox.imagine.configure({ bodyForms: "any" });
    expect((await send()).status).toBe(201);
  });
});

describe("mark upload success", () => {
  test("looks for model and thumbnail, and tells the numeric id", async () => {
    const product = await createProduct(sandbox, { thumbnail_name: "chair.png" });
    expect(messageOf(await mark(product.unicode))).toBe("3D model file has not been uploaded.");
    await upload(sandbox, uploadParts(product.presigned_url_prop_user_file));
    expect(messageOf(await mark(product.unicode))).toBe("Thumbnail has not been uploaded.");
    if (product.presigned_url_thumbnail === null) throw new Error("There is no form for the thumbnail.");
    await upload(sandbox, uploadParts(product.presigned_url_thumbnail));
    const answer = await mark(product.unicode);
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      200,
      { data: { id: expect.any(Number), upload_status: "2" }, message: "Product marked as upload successful" },
    ]);
    expect((await mark(product.unicode)).status).toBe(200);
  });

  test.each([
    ["when-named", 200],
    ["always", 400],
    ["never", 200],
  ] as const)("without a thumbnail, thumbnailRequired %s: %i", async (thumbnailRequired, status) => {
    sandbox.imagine.configure({ thumbnailRequired });
    const product = await createProduct(sandbox);
    await upload(sandbox, uploadParts(product.presigned_url_prop_user_file));
    expect((await mark(product.unicode)).status).toBe(status);
  });

  test("may not look at all; knows no other action and no other product", async () => {
    sandbox.imagine.configure({ markUploadChecks: false });
    const { unicode } = await createProduct(sandbox);
    expect((await mark(unicode)).status).toBe(200);
    const other = await sendJson(sandbox, "PATCH", `${details}${unicode}/`, { action: "publish" });
    expect([other.status, messageOf(other)]).toEqual([400, { action: ['"publish" is not a valid choice.'] }]);
    expect((await mark("00000000-0000-4000-8000-000000000000")).status).toBe(404);
  });
});

describe("update and delete", () => {
  test("an update changes what it names", async () => {
    const { unicode } = sandbox.imagine.addProduct({ name: "Chair", skuId: "CHAIR-1" });
    sandbox.imagine.addProduct({ skuId: "CHAIR-2" });
    const answer = await sendForm(sandbox, "PATCH", `${details}${unicode}/`, { name: "Chair 2", sku_id: "CHAIR-1" });
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      200,
      { data: { name: "Chair 2", sku_id: "CHAIR-1", upload_status: "2" }, message: "Product updated successfully" },
    ]);
    const taken = await sendForm(sandbox, "PATCH", `${details}${unicode}/`, { sku_id: "CHAIR-2" });
    expect([taken.status, messageOf(taken)]).toEqual([400, "Sku id already exists."]);
  });

  test("a deleted product is gone from every call, its date stands in the sentence, its SKU is free after it", async () => {
    const { unicode } = sandbox.imagine.addProduct({ skuId: "CHAIR-1" });
    const answer = await askImagine(sandbox, `${details}${unicode}/`, { method: "DELETE" });
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      200,
      {
        status: true,
        data: { unicode },
        message: expect.stringMatching(
          /^Successfully marked for deletion\. Will be deleted on \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/,
        ),
      },
    ]);
    expect((await page(`?unicode=${unicode}`)).count).toBe(0);
    expect((await askImagine(sandbox, `${details}${unicode}/`, { method: "DELETE" })).status).toBe(404);
    expect((await readImagine(sandbox, `/v1/product/status/?unicode=${unicode}`)).status).toBe(404);
    const again = { prop_data_user_file_name: "a.glb", sku_id: "CHAIR-1" };
    expect((await create(again)).status).toBe(400);
    sandbox.advanceClock(30 * 24 * 60 * 60 * 1000);
    expect((await create(again)).status).toBe(201);
  });

  test("may answer 204", async () => {
    sandbox.imagine.configure({ deleteReply: 204 });
    const { unicode } = sandbox.imagine.addProduct();
    const answer = await askImagine(sandbox, `${details}${unicode}/`, { method: "DELETE" });
    expect([answer.status, answer.bytes.length]).toEqual([204, 0]);
  });
});

describe("list", () => {
  test("comes in pages of 20, newest first, with links that keep the filters", async () => {
    for (let index = 1; index <= 45; index++)
      sandbox.imagine.addProduct({ name: `Chair ${index}`, skuId: `S-${index}` });
    sandbox.imagine.addProduct({ name: "Table" });
    const first = await page("?search=chair&gtin=");
    expect([first.count, first.total_pages, first.results.length, first.results[0]?.name]).toEqual([
      45,
      3,
      20,
      "Chair 45",
    ]);
    expect([first.previous_link, first.next_link]).toEqual([
      null,
      `${sandbox.origins.imagine}${details}?search=chair&page=2`,
    ]);
    const last = await page("?search=chair&page=3");
    expect([last.next_link, last.current_page_number, last.results.length]).toEqual([null, 3, 5]);
    for (const number of ["4", "0", "x"])
      expect((await readImagine(sandbox, `${details}?page=${number}`)).status).toBe(404);
  });

  test("links may lead to another host, which sees what comes there", async () => {
    for (let index = 0; index < 21; index++) sandbox.imagine.addProduct();
    sandbox.imagine.configure({ pageLinkOrigin: sandbox.origins.imagineMedia });
    const { next_link: next } = await page();
    expect(new URL(next ?? "").origin).toBe(sandbox.origins.imagineMedia);
    await ask(next ?? "", { headers: { authorization: "Imagine-key sk_any_key" } });
    expect(sandbox.requests({ host: "imagineMedia" })[0]?.leak).toContain("authorization");
  });

  test("filters by every identifier, all together", async () => {
    const { unicode } = sandbox.imagine.addProduct({ skuId: "A", gtin: "1" });
    sandbox.patchState({ imagine: { products: [{ unicode, salsifyId: "salsify-1" }] } });
    sandbox.imagine.addProduct({ skuId: "B", gtin: "2" });
    for (const query of [`unicode=${unicode}`, "sku_id=A", "gtin=1", "salsify_id=salsify-1", "sku_id=A&gtin=1"])
      expect((await page(`?${query}`)).results.map((product) => product.unicode)).toEqual([unicode]);
    expect((await page("?sku_id=A&gtin=2")).count).toBe(0);
    expect((await readImagine(sandbox, `${details}?unicode=x`)).status).toBe(400);
  });

  test.each([
    ["by-identifier", 1, 0],
    ["hidden", 0, 0],
    ["listed", 1, 1],
  ] as const)(
    "before its upload is marked, %s: by SKU %i, in the list %i",
    async (unfinishedProducts, bySku, inList) => {
      sandbox.imagine.configure({ unfinishedProducts });
      await createProduct(sandbox, { sku_id: "A" });
      expect([(await page("?sku_id=A")).count, (await page()).count]).toEqual([bySku, inList]);
    },
  );
});
