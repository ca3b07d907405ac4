import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, askForLink, bowl, jsonOf, linkTo, signInTo, until } from "../test/ask.ts";
import { hostNames } from "./host-name.ts";
import { type JournalEntry, type Sandbox, type SandboxState, startSandbox } from "./index.ts";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox();
});
afterEach(() => sandbox.close());

const control = (path: string, method = "GET", body?: unknown) =>
  ask(`${sandbox.control}/_sandbox${path}`, {
    method,
    headers: { "user-agent": null, "accept-encoding": null },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

interface FeedProduct {
  id: number;
  name: string;
  status: string;
  date_modified: string;
}

async function feed(): Promise<FeedProduct[]> {
  const answer = await ask(`${sandbox.origins.feeds}/imeshh-all-product-compress-meta-data/latest_products.json`);
  return JSON.parse(gunzipSync(answer.bytes).toString());
}

const inFeed = async (productId: number) => (await feed()).find((product) => product?.id === productId);

test("answers on its own port and on every host's, and lists what there is", async () => {
  for (const origin of [sandbox.control, ...hostNames.map((host) => sandbox.origins[host])]) {
    const answer = await ask(`${origin}/_sandbox`);
    expect(jsonOf(answer)).toMatchObject({
      origins: sandbox.origins,
      control: sandbox.control,
      enterpriseKey: "enterprise-sandbox-key",
    });
  }
  expect(sandbox.requests()).toEqual([]);
  const unknown = await control("/fault");
  expect([unknown.status, jsonOf(unknown)]).toEqual([
    404,
    { message: expect.stringContaining("GET /_sandbox/faults") },
  ]);
});

test("is closed to web pages and to other names of this machine", async () => {
  for (const headers of [{ origin: "http://evil.example" }, { host: "rebind.example" }]) {
    expect((await ask(`${sandbox.control}/_sandbox/state`, { headers })).status).toBe(403);
  }
});

describe("the journal", () => {
  test("has a row for each request, with credentials hashed", async () => {
    const token = await signInTo(sandbox);
    const link = await linkTo(sandbox, token);
    await ask(link, { headers: { range: "bytes=0-9" } });
    const answer = await control("/requests");
    const rows = jsonOf(answer) as JournalEntry[];
    expect(rows).toEqual(sandbox.requests());
    expect(
      rows.map(({ id, host, method, status, account, spend, productId, completed }) => [
        id,
        host,
        method,
        status,
        account,
        spend,
        productId,
        completed,
      ]),
    ).toEqual([
      [1, "shop", "POST", 200, "artist@example.com", false, null, true],
      [2, "shop", "GET", 200, "artist@example.com", true, bowl.productId, true],
      [3, "cdn", "GET", 206, "artist@example.com", false, bowl.productId, true],
    ]);
    expect(rows[1]?.headers.authorization).toMatch(/^Bearer …redacted sha256:[0-9a-f]{8}$/);
    expect(answer.bytes.toString()).not.toContain(token);
    expect(rows[2]).toMatchObject({
      bytesSent: 10,
      path: `/2025/06/28170130/${bowl.file}`,
      query: { link: expect.any(String) },
    });
  });

  test("is filtered by host, path and method, and cleared; ids go on", async () => {
    await feed();
    await ask(`${sandbox.origins.blog}/wp-json/status-api/v1/latest`);
    const ids = async (query: string) =>
      (jsonOf(await control(`/requests${query}`)) as JournalEntry[]).map((row) => row.id);
    expect(await ids("?host=blog")).toEqual([2]);
    expect(await ids("?path=/imeshh-all")).toEqual([1]);
    expect(await ids("?path=*latest*")).toEqual([1, 2]);
    expect(await ids("?method=post")).toEqual([]);
    expect((await control("/requests?hots=blog")).status).toBe(400);
    await control("/requests", "DELETE");
    await feed();
    expect(await ids("")).toEqual([3]);
  });

  test("a request under way is there with the bytes sent so far, and then says that the client left", async () => {
    const link = await linkTo(sandbox, await signInTo(sandbox));
    sandbox.addFault({ host: "cdn", kind: "stall", afterBytes: 20 });
    let underWay: JournalEntry | undefined;
    const looking = setInterval(() => {
      underWay ??= sandbox.requests({ host: "cdn" }).find((row) => row.bytesSent === 20);
    }, 5);
    await ask(link, { giveUpAfterMs: 100 });
    clearInterval(looking);
    expect(underWay).toMatchObject({ status: 200, completed: false, finishedAt: null });
    await until(() => sandbox.requests({ host: "cdn" })[0]?.finishedAt !== null);
    expect(sandbox.requests({ host: "cdn" })).toMatchObject([{ completed: false, bytesSent: 20, faults: ["stall"] }]);
  });

  test("keeps the newest rows only when it is full", async () => {
    const small = await startSandbox({ journalEntries: 20 });
    for (let count = 0; count < 25; count++) await ask(`${small.origins.blog}/x`);
    const ids = small.requests().map((row) => row.id);
    await small.close();
    expect([ids.length <= 20, ids.at(-1)]).toEqual([true, 25]);
  });
});

describe("faults over HTTP", () => {
  test("added, listed with how often they fired, removed one by one and all", async () => {
    const added = await control("/faults", "POST", { host: "blog", kind: "status", status: 503 });
    expect([added.status, jsonOf(added)]).toEqual([201, { id: 1 }]);
    expect((await ask(`${sandbox.origins.blog}/wp-json/status-api/v1/latest`)).status).toBe(503);
    expect(jsonOf(await control("/faults"))).toEqual([
      { id: 1, fault: { host: "blog", kind: "status", status: 503 }, matched: 1, fired: 1 },
    ]);
    expect((await control("/faults/1", "DELETE")).status).toBe(200);
    expect((await control("/faults/1", "DELETE")).status).toBe(404);
    await control("/faults", "POST", { host: "blog", kind: "html" });
    await control("/faults", "DELETE");
    expect(sandbox.faults()).toEqual([]);
  });

  test("a body that is no JSON is told so", async () => {
    const answer = await ask(`${sandbox.control}/_sandbox/faults`, { method: "POST", body: "{host" });
    expect([answer.status, jsonOf(answer)]).toEqual([400, { message: "The body is not JSON." }]);
  });
});

describe("the state", () => {
  const state = async () => jsonOf(await control("/state")) as SandboxState;

  test("shows and changes clock, watermark, switches, counters and accounts", async () => {
    const patched = await control("/state", "PATCH", {
      clock: { at: "2030-05-01T00:00:00Z" },
      lastUpdated: "2030-05-01T00:00:01Z",
      charging: "completion",
      strict: false,
      feedEncoding: "plain",
      downloadLimit: 9,
      counters: { 132622: 3 },
      accounts: [{ username: "never@example.com", subscriptions: ["on-hold"], counters: { 132611: 1 } }],
    });
    expect(jsonOf(patched)).toMatchObject({
      clock: { now: expect.stringMatching(/^2030-05-01T00:00:0/) },
      lastUpdated: "2030-05-01T00:00:01Z",
      charging: "completion",
      strict: false,
      feedEncoding: "plain",
      downloadLimit: 9,
      counters: { 132622: 3, 132611: 1 },
    });
    expect((await state()).accounts).toEqual([
      { username: "artist@example.com", subscriptions: ["active"], counters: { 132622: 3 } },
      { username: "expired@example.com", subscriptions: ["expired"], counters: {} },
      { username: "never@example.com", subscriptions: ["on-hold"], counters: { 132611: 1 } },
    ]);
    await control("/state", "PATCH", { clock: { offsetMs: 0 } });
    await control("/state", "PATCH", { clock: { advanceMs: 5000 } });
    expect((await state()).clock.offsetMs).toBe(5000);
  });

  test("a wrong patch changes nothing and names the key", async () => {
    for (const [patch, sentence] of [
      [{ strict: false, chargin: "link" }, 'did you mean "charging"?'],
      [{ strict: false, charging: "never" }, '"charging" is wrong'],
      [{ strict: false, accounts: [{ username: "who@example.com" }] }, "There is no account who@example.com"],
      [{ strict: false, counters: { bowl: 1 } }, "product numbers are the keys"],
    ] as const) {
      const answer = await control("/state", "PATCH", patch);
      expect([answer.status, jsonOf(answer)]).toEqual([400, { message: expect.stringContaining(sentence) }]);
    }
    expect(sandbox.state().strict).toBe(true);
  });

  test("tokens can be expired, catalog files and categories replaced; the watermark moves with them", async () => {
    const token = await signInTo(sandbox);
    const before = sandbox.state().lastUpdated;
    await control("/state", "PATCH", {
      expireTokens: true,
      catalogFiles: { fx: "VERSION 1\n" },
      categories: { fx: [] },
    });
    expect((await askForLink(sandbox, token)).status).toBe(403);
    expect(sandbox.state().lastUpdated > before).toBe(true);
    const catalogFile = await ask(`${sandbox.origins.feeds}/cats-files/fx/blender_assets.cats.txt`);
    expect(gunzipSync(catalogFile.bytes).toString()).toBe("VERSION 1\n");
    const categories = await ask(
      `${sandbox.origins.feeds}/imeshh-all-product-compress-meta-data/latest_categories.json`,
    );
    expect(gunzipSync(categories.bytes).toString()).toBe('{"fx":[]}');
  });
});

describe("products", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sandbox-test-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test("an update changes date_modified and the archive, under the same link", async () => {
    const link = await linkTo(sandbox, await signInTo(sandbox));
    const [before, archive] = [await inFeed(bowl.productId), await ask(link)];
    const answer = await control(`/products/${bowl.productId}/update`, "POST", { fields: { name: "Bowl, new" } });
    expect(jsonOf(answer)).toEqual({ id: bowl.productId, lastUpdated: sandbox.state().lastUpdated });
    const after = await inFeed(bowl.productId);
    expect(after?.name).toBe("Bowl, new");
    expect((after?.date_modified ?? "") > (before?.date_modified ?? "")).toBe(true);
    const changed = await ask(link, { headers: { range: "bytes=10-", "if-range": archive.headers.etag ?? "" } });
    expect(changed.status).toBe(200);
    expect(changed.headers.etag).not.toBe(archive.headers.etag);
    sandbox.updateProduct(bowl.productId);
    expect(((await inFeed(bowl.productId))?.date_modified ?? "") > (after?.date_modified ?? "")).toBe(true);
  });

  test("an update may keep the archive, move it to a new path, or put another file there", async () => {
    const token = await signInTo(sandbox);
    const old = await linkTo(sandbox, token);
    const archive = (await ask(old)).bytes;
    sandbox.updateProduct(bowl.productId, { archive: "keep", dateModified: "2025-08-01T00:00:00" });
    expect((await inFeed(bowl.productId))?.date_modified).toBe("2025-08-01T00:00:00");
    expect((await ask(old)).bytes.equals(archive)).toBe(true);
    sandbox.updateProduct(bowl.productId, { path: "new" });
    const moved = await linkTo(sandbox, token);
    expect(new URL(moved).pathname).not.toBe(new URL(old).pathname);
    expect((await ask(old)).bytes.equals(archive)).toBe(true);
    const varied = (await ask(moved)).bytes;
    expect(varied.equals(archive)).toBe(false);
    sandbox.updateProduct(bowl.productId, { archive: "keep" });
    expect((await ask(moved)).bytes.equals(varied)).toBe(true);
    const file = join(folder, "any.zip");
    await writeFile(file, "not a zip");
    await control(`/products/${bowl.productId}/update`, "POST", { archive: { file } });
    expect((await ask(moved)).bytes.toString()).toBe("not a zip");
    expect((await ask(moved, { headers: { range: "bytes=-3" } })).bytes.toString()).toBe("zip");
    const missing = await control(`/products/${bowl.productId}/update`, "POST", {
      archive: { file: join(folder, "none") },
    });
    expect([missing.status, jsonOf(missing)]).toEqual([400, { message: expect.stringContaining("There is no file") }]);
  });

  test("withdraw takes a product out of feed and shop, publish brings it back and makes a draft public", async () => {
    const token = await signInTo(sandbox);
    await control(`/products/${bowl.productId}/withdraw`, "POST");
    expect(await inFeed(bowl.productId)).toBeUndefined();
    expect((await askForLink(sandbox, token)).status).toBe(404);
    await control(`/products/${bowl.productId}/publish`, "POST");
    expect(await inFeed(bowl.productId)).toBeDefined();
    expect((await askForLink(sandbox, token)).status).toBe(200);
    expect((await inFeed(132842))?.status).toBe("draft");
    sandbox.publishProduct(132842);
    expect((await inFeed(132842))?.status).toBe("publish");
  });

  test("a new product with a file of its own", async () => {
    const file = join(folder, "new.zip");
    await writeFile(file, "new content");
    const record = { id: 5, name: "New", status: "publish", downloads: [{ id: "a-1", name: "New thing.zip" }] };
    const added = await control("/products", "POST", { record, archives: { "a-1": file } });
    expect([added.status, jsonOf(added)]).toEqual([201, { id: 5, lastUpdated: sandbox.state().lastUpdated }]);
    const link = await linkTo(sandbox, await signInTo(sandbox), { productId: 5, downloadId: "a-1" });
    expect((await ask(link)).bytes.toString()).toBe("new content");
    expect((await control("/products", "POST", { record })).status).toBe(400);
  });

  test("unknown products and keys are refused with a sentence", async () => {
    const unknown = await control("/products/7/withdraw", "POST");
    expect([unknown.status, jsonOf(unknown)]).toEqual([400, { message: "There is no product 7 in this sandbox." }]);
    const wrong = await control(`/products/${bowl.productId}/update`, "POST", { touched: false });
    expect([wrong.status, jsonOf(wrong)]).toEqual([400, { message: expect.stringContaining('did you mean "touch"?') }]);
  });
});
