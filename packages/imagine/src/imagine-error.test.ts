import fc from "fast-check";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { decideRefusalCode } from "./imagine-error.ts";
import { isRefusalInside, readProblem } from "./imagine-problem.ts";
import { createImagine } from "./index.ts";

far.useNock();

const read = (json: unknown) => readProblem({ text: "", json });

describe("readProblem", () => {
  it.each([
    ["a text", { status: false, data: {}, message: "Sku id already exists." }, "Sku id already exists.", {}],
    [
      "texts per field",
      { message: { product: ["Must be a valid UUID."] } },
      "",
      { product: ["Must be a valid UUID."] },
    ],
    [
      "nested",
      { message: { scene_id: ["no"], products: { sku_id: "Invalid" } } },
      "",
      { scene_id: ["no"], "products.sku_id": ["Invalid"] },
    ],
    [
      "a list of objects",
      { message: { products: [{ sku_id: ["a", "b"] }, {}] } },
      "",
      { "products.0.sku_id": ["a", "b"] },
    ],
    ["{error}", { error: "Invalid API key." }, "Invalid API key.", {}],
    ["{detail}", { detail: "Not found." }, "Not found.", {}],
    ["fields alone", { page: ["Invalid page."] }, "", { page: ["Invalid page."] }],
    ["non_field_errors", { message: { non_field_errors: ["Both are missing."] } }, "Both are missing.", {}],
    ["a bare text", "Nope", "Nope", {}],
    ["a list", ["One.", "Two."], "One. Two.", {}],
    ["nothing", null, "", {}],
    ["no message", { status: false, data: {}, message: null }, "", {}],
  ])("%s", (_name, json, message, fieldErrors) => {
    expect(read(json)).toMatchObject({ message, fieldErrors, isPage: false });
  });

  it("reads the credits", () => {
    expect(read({ message: "no", api_hits_available: 778 }).creditsLeft).toBe(778);
    expect(read({ error: "Invalid API key." }).creditsLeft).toBeNull();
  });

  it("reads a page as what it shows", () => {
    const text = "<html><body><h1>502 Bad\u0007 Gateway</h1><script>x</script></body></html>";
    expect(readProblem({ text, json: undefined })).toMatchObject({ message: "502 Bad Gateway", isPage: true });
  });

  it("never throws and never grows without end, whatever comes", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (json) => {
        for (const value of [json, { message: json }, { error: json, status: false }]) {
          const problem = read(value);
          expect(Object.keys(problem.fieldErrors).length).toBeLessThanOrEqual(51);
          expect(typeof problem.message).toBe("string");
          isRefusalInside(value);
        }
      }),
    );
  });

  it("keeps every field's text, at any depth that people use", () => {
    const name = fc.stringMatching(/^[a-z_]{3,8}$/).filter((one) => !/^(detail|message|error|status|data)$/.test(one));
    fc.assert(
      fc.property(
        fc.array(name, { minLength: 1, maxLength: 4 }),
        fc.stringMatching(/^[A-Za-z]{1,20}$/),
        (path, text) => {
          const message = path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), [text]);
          expect(read({ status: false, message }).fieldErrors).toEqual({ [path.join(".")]: [text] });
        },
      ),
    );
  });
});

describe("decideRefusalCode", () => {
  const problem = (message = "", more = {}) => ({
    message,
    fieldErrors: {},
    creditsLeft: null,
    isPage: false,
    ...more,
  });
  it.each([
    [401, problem(), "sign-in-failed"],
    [403, problem(), "entitlement-missing"],
    [403, problem("", { isPage: true }), "access-blocked"],
    [403, problem("", { creditsLeft: 0 }), "quota-exhausted"],
    [402, problem(), "quota-exhausted"],
    [404, problem(), "product-not-found"],
    [404, problem("", { isPage: true }), "route-not-found"],
    [404, problem("Invalid page."), "page-not-found"],
    [429, problem(), "limit-reached"],
    [429, problem("", { creditsLeft: 0 }), "quota-exhausted"],
    [400, problem("Sku id already exists."), "sku-taken"],
    [400, problem(""), "request-refused"],
    [500, problem("x"), undefined],
  ])("%i", (status, said, code) => {
    expect(decideRefusalCode(status, said, "product")).toBe(code);
  });
});

describe("bad answers", () => {
  const status = () => nock(far.base).get(far.statusPath).query(true);
  const ask = () => far.createClient().getContentStatus({ unicode: "U" });

  it.each([
    ["a web page", 200, "<html><body>Hello</body></html>", "not-json", "unreadable"],
    ["half an answer", 200, '{"unicode": "ddd2', "not-json", "unreadable"],
    ["nothing", 200, "", "not-json", "unreadable"],
    ["another shape", 200, '{"results": []}', "answer-unexpected-shape", "unexpected-shape"],
    ["a list", 200, "[]", "answer-unexpected-shape", "unexpected-shape"],
    ["null", 200, "null", "answer-unexpected-shape", "unexpected-shape"],
    ["status false inside a 200", 200, '{"status": false, "data": {}, "message": "No."}', "request-refused", "refusal"],
    ["an error inside a 200", 200, '{"error": "Invalid API key."}', "sign-in-failed", "refusal"],
  ])("%s", async (_name, code, body, expected, kind) => {
    status().reply(code, body);
    expect(await far.failureOf(ask())).toMatchObject({ code: expected, kind, status: code });
  });

  it("names the field that is missing, and counts the credit all the same", async () => {
    nock(far.base)
      .post("/v1/product/create-images/")
      .reply(202, { status: true, data: { sku_ids: [] }, message: "ok", api_hits_available: 5 });
    const imagine = far.createClient();
    const error = await far.failureOf(imagine.createImages({ sceneId: 1, cameraIds: [1], products: [{ skuId: "S" }] }));
    expect(error.fieldErrors).toHaveProperty(["data.render_id"]);
    expect(imagine.creditsLeft()).toBe(5);
  });

  it("repeats reading on trouble, and never on 429 without a time", async () => {
    status().reply(502, "<html>Bad gateway</html>");
    status().reply(200, { unicode: "U" });
    await ask();
    status().reply(429, { message: "Too many" });
    expect(await far.failureOf(ask())).toMatchObject({ code: "limit-reached", retryable: false });
    status().reply(429, { message: "Too many" }, { "retry-after": "1" });
    status().reply(200, { unicode: "U" });
    await ask();
  });

  it.each([500, 503, "reset"])("never repeats a write (%s)", async (how) => {
    const job = nock(far.base).post("/v1/product/job/");
    if (how === "reset") job.replyWithError(Object.assign(new Error("socket hang up"), { code: "ECONNRESET" }));
    else job.reply(how as number, "no");
    const error = await far.failureOf(far.createClient().createContentJob({ unicode: "U", contentTypes: ["ar"] }));
    expect(error.neverSent).toBe(false);
  });

  it("mentions key and domain where either may be the reason", async () => {
    status().reply(401, { error: "Invalid API key." });
    expect((await far.failureOf(ask())).message).toMatch(/API key.*Origin/);
    status().reply(403, { message: "No." });
    expect((await far.failureOf(ask())).message).toMatch(/scope.*Origin/);
  });

  it("follows no redirect with a key", async () => {
    status().reply(302, "", { location: "https://evil.example/" });
    nock("https://evil.example", { badheaders: ["authorization", "origin"] })
      .get("/")
      .reply(200, { unicode: "U" });
    await ask();
  });
});

describe("bad arguments: nothing is sent", () => {
  const imagine = () => far.createClient();
  const placed = [{ skuId: "S" }];
  it.each<[string, () => Promise<unknown>]>([
    ["an empty unicode", () => imagine().markUploadSuccess({ unicode: "" })],
    ["a unicode that leads elsewhere", () => imagine().deleteProduct({ unicode: ".." })],
    ["a unicode with a slash", () => imagine().deleteProduct({ unicode: "a/b" })],
    ["no product", () => imagine().getProduct({})],
    ["an empty SKU", () => imagine().getContentStatus({ skuId: " " })],
    ["no names", () => imagine().updateProduct({ unicode: "U" })],
    ["no content types", () => imagine().createContentJob({ unicode: "U", contentTypes: [] })],
    ["an unknown content type", () => imagine().createContentJob({ unicode: "U", contentTypes: ["x" as "ar"] })],
    ["no ids", () => imagine().archiveRenders({ unicode: "U", ids: [] })],
    ["an id that is none", () => imagine().archiveRenders({ unicode: "U", ids: [1.5] })],
    ["a scene that is none", () => imagine().createImages({ sceneId: 0, cameraIds: [1], products: placed })],
    ["no cameras", () => imagine().createImages({ sceneId: 1, cameraIds: [], products: placed })],
    ["no products", () => imagine().createImages({ sceneId: 1, cameraIds: [1], products: [] })],
    [
      "an empty SKU in a scene",
      () => imagine().createImages({ sceneId: 1, cameraIds: [1], products: [{ skuId: "" }] }),
    ],
    [
      "a position that is none",
      () =>
        imagine().createImages({
          sceneId: 1,
          cameraIds: [1],
          products: [{ skuId: "S", position: [1, Number.NaN, 1] }],
        }),
    ],
    ["no render", async () => far.allOf(imagine().listRenderImages({}))],
    ["a wait that is none", () => imagine().waitForRender({ renderId: 1, intervalMs: -1 })],
    [
      "a budget that is none",
      () => imagine().waitForRender({ renderId: 1, firstDelayMs: 0, creditBudget: Number.NaN }),
    ],
    ["an empty URL", () => imagine().downloadImage({ url: "", path: "/tmp/x" })],
    ["a file name without ending", () => imagine().createProduct({ modelFileName: " " })],
    [
      "a publication that could not be found again",
      () => imagine().publishProduct({ model: "a.glb", contentTypes: ["ar"] }),
    ],
    [
      "a record that is none",
      () => imagine().publishProduct({ model: "a.glb", skuId: "S", contentTypes: ["ar"], resumeFrom: { version: 2 } }),
    ],
  ])("%s", async (_name, call) => {
    expect(await far.failureOf(call())).toMatchObject({ code: "argument-invalid", neverSent: true });
  });

  it.each([
    ["a model", { modelFileName: "a.png" }, "model-type-unsupported"],
    ["a thumbnail", { modelFileName: "a.glb", thumbnailFileName: "a.gif" }, "thumbnail-type-unsupported"],
  ])("%s of a kind that is not taken", async (_name, options, code) => {
    expect(await far.failureOf(imagine().createProduct(options))).toMatchObject({ code, neverSent: true });
  });

  it("takes every ending of the document, in any case", async () => {
    nock(far.base).post(far.detailsPath).reply(400, { message: "x" });
    const error = await far.failureOf(imagine().createProduct({ modelFileName: "A.3DS" }));
    expect(error.code).toBe("request-refused");
  });

  it("wants a client first", () => {
    expect(() => createImagine({} as never)).toThrow(TypeError);
  });
});
