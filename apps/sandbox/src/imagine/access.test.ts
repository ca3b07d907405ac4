import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { askImagine, createProduct, readImagine, sendForm, sendJson } from "../../test/imagine.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const list = (headers: Record<string, string | null> = {}) => askImagine(sandbox, "/v1/product/details/", { headers });

describe("the key", () => {
  test.each([
    null,
    "sk_sandbox_secret_key",
    "Bearer sk_sandbox_secret_key",
    "Imagine-key sk_another_key",
    "imagine-key sk_sandbox_secret_key",
  ])("Authorization %s is 401 and free", async (authorization) => {
    const answer = await list({ authorization });
    expect([answer.status, jsonOf(answer)]).toEqual([401, { error: "Invalid API key." }]);
    expect(sandbox.imagine.credits()).toBe(1000);
  });

  test("a revoked one is 401 at once", async () => {
    const keys = sandbox.state().imagine.settings.keys.map((key) => ({ ...key, revoked: true }));
    const authorization = `Imagine-key ${sandbox.imagine.credentials().secretKey}`;
    sandbox.imagine.configure({ keys });
    expect((await list({ authorization })).status).toBe(401);
  });

  const unicode = "00000000-0000-4000-8000-000000000000";
  const operations: [string, string, string, boolean][] = [
    ["product.read", "GET", "/v1/product/details/", true],
    ["product.create", "POST", "/v1/product/details/", false],
    ["product.update", "PATCH", `/v1/product/details/${unicode}/`, false],
    ["product.delete", "DELETE", `/v1/product/details/${unicode}/`, false],
    ["product.generate", "POST", "/v1/product/job/", false],
    ["product.generate", "POST", "/v1/product/create-images/", false],
    ["content.read", "GET", "/v1/product/status/", true],
    ["content.read", "GET", "/v1/product/shared-content/", true],
    ["content.read", "GET", "/v1/product/render-images/", true],
    ["content.update", "PATCH", "/v1/product/render-content/archive/", false],
  ];

  test.each(operations)(
    "%s: %s %s needs its scope, and a secret key unless it reads",
    async (scope, method, path, isRead) => {
      const { publicKey } = sandbox.imagine.credentials();
      const asPublic = await askImagine(sandbox, path, {
        method,
        headers: { authorization: `Imagine-key ${publicKey}` },
      });
      expect(asPublic.status === 403).toBe(!isRead);
      expect(asPublic.bytes.toString().includes("requires a secret key")).toBe(!isRead);
      const keys = sandbox.state().imagine.settings.keys.map((key) => ({
        ...key,
        scopes: key.scopes.filter((name) => name !== scope),
      }));
      sandbox.imagine.configure({ keys });
      const creditsBefore = sandbox.imagine.credits();
      const answer = await askImagine(sandbox, path, { method });
      expect([answer.status, jsonOf(answer)]).toEqual([403, { error: expect.stringContaining(scope) }]);
      expect(sandbox.imagine.credits()).toBe(creditsBefore);
    },
  );
});

describe("the origin", () => {
  test.each([
    ["both", 200, 200],
    ["bare", 200, 401],
    ["full", 401, 200],
  ] as const)("%s: the domain %i, with its scheme %i", async (originForm, bare, full) => {
    sandbox.imagine.configure({ originForm });
    expect([(await list()).status, (await list({ origin: "https://studio.example" })).status]).toEqual([bare, full]);
  });

  test("a missing or foreign one is 401, or 403 as the other table has it", async () => {
    for (const originRefusal of [401, 403] as const) {
      sandbox.imagine.configure({ originRefusal });
      for (const origin of [null, "another.example", "https://studio.example.evil", "localhost"]) {
        const answer = await list({ origin });
        expect([answer.status, jsonOf(answer)]).toEqual([originRefusal, { error: expect.stringContaining("Origin") }]);
      }
    }
    expect((await list({ origin: "localhost:3000" })).status).toBe(200);
    sandbox.patchState({ imagine: { domains: ["another.example"] } });
    expect([(await list({ origin: "another.example" })).status, sandbox.imagine.credentials().domain]).toEqual([
      200,
      "another.example",
    ]);
  });
});

describe("credits", () => {
  test("every answer to a good key costs one and tells the rest, refusals included", async () => {
    const { unicode } = await createProduct(sandbox, { sku_id: "CHAIR-1" });
    const answers = [
      await list(),
      await sendForm(sandbox, "POST", "/v1/product/details/", { prop_data_user_file_name: "a.glb", sku_id: "CHAIR-1" }),
      await sendJson(sandbox, "POST", "/v1/product/job/", { product: "no uuid", job_detail_list: [] }),
      await readImagine(sandbox, `/v1/product/status/?unicode=${unicode}`),
      await readImagine(sandbox, "/v1/product/status/?sku_id=nothing"),
    ];
    const left = answers.map((answer) => (jsonOf(answer) as { api_hits_available: number }).api_hits_available);
    expect([answers.map(({ status }) => status), left]).toEqual([
      [200, 400, 400, 200, 404],
      [998, 997, 996, 995, 994],
    ]);
    expect(sandbox.requests({ host: "imagine" }).filter(({ spend }) => spend)).toHaveLength(6);
  });

  test("none left is 429 with no Retry-After, and nothing is done", async () => {
    sandbox.imagine.setCredits(1);
    await list();
    const answer = await sendForm(sandbox, "POST", "/v1/product/details/", { prop_data_user_file_name: "a.glb" });
    expect([answer.status, jsonOf(answer), answer.headers["retry-after"]]).toEqual([
      429,
      {
        status: false,
        data: {},
        message: expect.stringContaining("maximum allowed request limit"),
        api_hits_available: 0,
      },
      undefined,
    ]);
    expect(sandbox.imagine.products()).toEqual([]);
  });
});

describe("paths", () => {
  test("without the last slash are redirected, and the work is not done", async () => {
    const answer = await askImagine(sandbox, "/v1/product/job?x=1", { method: "POST" });
    expect([answer.status, answer.headers.location]).toEqual([301, "/v1/product/job/?x=1"]);
    expect((await askImagine(sandbox, "/v1/product/details/some-unicode")).headers.location).toBe(
      "/v1/product/details/some-unicode/",
    );
    expect(sandbox.imagine.credits()).toBe(1000);
  });

  test("unknown ones are HTML, unknown methods say which are known", async () => {
    const unknown = await askImagine(sandbox, "/v1/product/nothing/");
    expect([unknown.status, unknown.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    const put = await askImagine(sandbox, "/v1/product/details/", { method: "PUT" });
    expect([put.status, put.headers.allow]).toEqual([405, "POST, GET"]);
  });
});

test("secrets at hosts that are not theirs are leaks, wherever they stand", async () => {
  const { secretKey, zapierToken } = sandbox.imagine.credentials();
  const { apiKey, refreshToken, secret } = sandbox.kaedim.credentials();
  const jwt = sandbox.kaedim.issueJwt();
  const { imagine, imagineMedia, imagineS3, kaedim, kaedimFiles, cdn, shop } = sandbox.origins;
  const asked: [string, Record<string, string>][] = [
    [kaedim, { authorization: `Imagine-key ${secretKey}` }],
    [kaedim, { "x-note": `token ${zapierToken}` }],
    [kaedim, { "x-signature": secret }],
    [imagine, { authorization: `Bearer ${jwt}` }],
    [imagine, { "x-api-key": "any" }],
    [imagine, { "refresh-token": refreshToken }],
    [imagineMedia, { authorization: `Imagine-key ${secretKey}` }],
    [imagineS3, { "x-api-key": apiKey }],
    [kaedimFiles, { "refresh-token": refreshToken }],
    [kaedimFiles, { "x-note": apiKey }],
    [shop, { authorization: `Bearer ${jwt}` }],
    [cdn, { "x-note": secretKey }],
    [`${imagine}/v1/product/details/?key=${secretKey}`, {}],
    [`${kaedim}/api/v1/fetchAll?jwt=${jwt}`, {}],
  ];
  for (const [url, headers] of asked) {
    const answer = await ask(url, { headers });
    expect([url, headers, answer.status, sandbox.requests().at(-1)?.leak]).toEqual([
      url,
      headers,
      400,
      expect.any(String),
    ]);
  }
  const journal = JSON.stringify(sandbox.requests().map(({ headers }) => headers));
  expect([journal.includes(`Bearer ${jwt}`), journal.includes(refreshToken)]).toEqual([false, false]);
});
