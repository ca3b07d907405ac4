import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createSkippingClock } from "./__fixtures__/skipping-clock.ts";
import { decideContentOutcome } from "./index.ts";

far.useNock();

const { unicode } = far;
const item = (...statuses: (string | null)[]) => statuses.map((status, id) => ({ id, name: null, status }));
const minute = 60_000;

/** Prepares answers of the status, one a look. */
function looks(...answers: Record<string, unknown>[]) {
  for (const answer of answers) {
    nock(far.base)
      .get(far.statusPath)
      .query(true)
      .reply(200, { unicode, ...answer });
  }
}

describe("decideContentOutcome", () => {
  it.each([
    [null, "not-requested"],
    [[], "waiting"],
    [item("Done"), "done"],
    [item(" done "), "done"],
    [item("Failed"), "failed"],
    [item("Infected"), "infected"],
    [item("Disabled"), "disabled"],
    [item("Not Done"), "waiting"],
    [item("Processing"), "waiting"],
    [item("Blender Processing"), "waiting"],
    [item("Quantum Folding"), "waiting"],
    [item(null), "waiting"],
    [item("Done", "Processing"), "waiting"],
    [item("Done", "Failed"), "partial"],
    [item("Done", "Disabled"), "partial"],
    [item("Failed", "Infected"), "infected"],
    [item("Failed", "Disabled"), "failed"],
  ] as const)("%j is %s", (items, outcome) => {
    expect(decideContentOutcome(items)).toBe(outcome);
  });
});

describe("waitForContent", () => {
  it("looks after 4 minutes and then every 2½, until each requested type has ended", async () => {
    const clock = createSkippingClock();
    looks(
      { product_3d_status: "Not Done", product_ar_status: null, product_silo_images_status: [], api_hits_available: 9 },
      { product_3d_status: "Blender Processing", product_silo_images_status: item("Done", "Processing") },
      { product_3d_status: "Done", product_silo_images_status: item("Done", "Failed"), api_hits_available: 7 },
    );
    const seen: [number, string][] = [];
    const finished = await far.createClient({ clock }).waitForContent({
      unicode,
      contentTypes: ["3d_model_viewer", "silo"],
      onProgress: ({ status, elapsedMs }) => seen.push([elapsedMs / minute, status.outcomes["3d_model_viewer"]]),
    });
    expect(clock.waits).toEqual([4 * minute, 2.5 * minute, 2.5 * minute]);
    expect(seen).toEqual([
      [4, "waiting"],
      [6.5, "waiting"],
      [9, "done"],
    ]);
    expect(finished).toMatchObject({
      outcomes: { "3d_model_viewer": "done", silo: "partial" },
      isComplete: false,
      creditsLeft: 7,
    });
  });

  it("without types waits for what was requested, and asks for one alone narrowly", async () => {
    looks({ product_3d_status: "Done", product_ar_status: null, product_threesixty_status: [] });
    const finished = await far.createClient({ clock: createSkippingClock() }).waitForContent({ unicode });
    expect(finished).toMatchObject({ outcomes: { "3d_model_viewer": "done" }, isComplete: true });
    nock(far.base)
      .get(far.statusPath)
      .query({ unicode, content_type: "product_ar_status" })
      .reply(200, { unicode, product_ar_status: "Done" });
    await far.createClient({ clock: createSkippingClock() }).waitForContent({ unicode, contentTypes: ["ar"] });
  });

  it("does not wait for what was never requested, and says so where that is all", async () => {
    looks({ product_3d_status: "Done", product_ar_status: null }, { product_ar_status: null });
    const imagine = far.createClient({ clock: createSkippingClock() });
    const finished = await imagine.waitForContent({ unicode, contentTypes: ["3d_model_viewer", "ar"] });
    expect(finished).toMatchObject({ outcomes: { ar: "not-requested" }, isComplete: false });
    const error = await far.failureOf(imagine.waitForContent({ unicode, contentTypes: ["ar"] }));
    expect(error.code).toBe("content-not-requested");
  });

  it.each(["Failed", "Infected", "Disabled"])("throws where nothing was made (%s)", async (status) => {
    looks({ product_3d_status: status, product_ar_status: status });
    const imagine = far.createClient({ clock: createSkippingClock() });
    const error = await far.failureOf(imagine.waitForContent({ unicode, contentTypes: ["3d_model_viewer", "ar"] }));
    expect(error).toMatchObject({ code: "generation-failed", fieldErrors: { ar: [status.toLowerCase()] } });
  });

  it("waits through words it does not know until the deadline", async () => {
    const clock = createSkippingClock();
    looks(...Array.from({ length: 3 }, () => ({ product_ar_status: "Quantum Folding" })));
    const pending = far.createClient({ clock }).waitForContent({
      unicode,
      contentTypes: ["ar"],
      deadlineMs: 10 * minute,
    });
    expect(await far.failureOf(pending)).toMatchObject({ code: "deadline-passed", retryable: true });
    expect(clock.waits).toHaveLength(3);
  });

  it("stops before credits run out, and says how to go on", async () => {
    looks(
      { product_ar_status: "Processing", api_hits_available: 12 },
      { product_ar_status: "Processing", api_hits_available: 11 },
      { product_ar_status: "Processing", api_hits_available: 10 },
    );
    const imagine = far.createClient({ clock: createSkippingClock() });
    const error = await far.failureOf(imagine.waitForContent({ unicode, contentTypes: ["ar"], creditBudget: 10 }));
    expect(error).toMatchObject({ code: "credit-budget-reached", neverSent: true });
    expect(error.message).toContain("10 credits are left");
    expect(imagine.creditsLeft()).toBe(10);
  });

  it("asks once a look: one that fails is looked at again later, not at once", async () => {
    const clock = createSkippingClock();
    nock(far.base).get(far.statusPath).query(true).reply(503);
    nock(far.base).get(far.statusPath).query(true).reply(502, "<html>Bad gateway</html>");
    looks({ product_ar_status: "Done" });
    await far.createClient({ clock }).waitForContent({ unicode, contentTypes: ["ar"] });
    expect(clock.waits).toEqual([4 * minute, 2.5 * minute, 2.5 * minute]);
  });

  it("stops at once on a limit, and on an abort", async () => {
    nock(far.base).get(far.statusPath).query(true).reply(429, { message: "Rate limit exceeded" });
    const imagine = far.createClient({ clock: createSkippingClock() });
    expect((await far.failureOf(imagine.waitForContent({ unicode }))).code).toBe("limit-reached");
    const pending = imagine.waitForContent({ unicode, signal: AbortSignal.abort() });
    expect((await far.failureOf(pending)).code).toBe("aborted");
  });
});

describe("waitForRender", () => {
  const image = (id: number, status: string) => ({ id, angle_name: `cam ${id}`, file: null, status });
  const page = (results: unknown[], more = {}) =>
    nock(far.base)
      .get(far.rendersPath)
      .query(true)
      .reply(200, { results, total_pages: 1, ...more });
  const create = () => far.createClient({ clock: createSkippingClock() });

  it("waits until every image has ended; some of them are a result", async () => {
    page([]);
    page([image(1, "Done"), image(2, "Processing")]);
    page([image(1, "Done"), image(2, "Failed")], { api_hits_available: 3 });
    const finished = await create().waitForRender({ renderId: 7 });
    expect(finished.done.map(({ id }) => id)).toEqual([1]);
    expect(finished.failed.map(({ id }) => id)).toEqual([2]);
    expect(finished).toMatchObject({ isComplete: false, creditsLeft: 3 });
  });

  it("throws where no image was made", async () => {
    page([image(1, "Failed"), image(2, "Disabled")]);
    const error = await far.failureOf(create().waitForRender({ renderId: 7 }));
    expect(error.code).toBe("generation-failed");
    expect(error.message).toContain("cam 1 Failed");
  });

  it("reads all pages, and counts each", async () => {
    page([image(1, "Done")], { total_pages: 2, api_hits_available: 6 });
    const error = await far.failureOf(create().waitForRender({ renderId: 7, creditBudget: 6 }));
    expect(error.code).toBe("credit-budget-reached");
    expect(error.request.operation).toBe("Imagine waitForRender");
  });
});

describe("lists", () => {
  const page = (number: number, more = {}) =>
    nock(far.base, far.readHeaders)
      .get(far.detailsPath)
      .query(number === 1 ? {} : { page: number })
      .reply(200, {
        next_link: "https://evil.example/v1/product/details/?page=2",
        results: [{ unicode: `U${number}` }],
        current_page_number: number,
        ...more,
      });
  const unicodes = async (list: AsyncIterable<{ unicode: string }>) =>
    (await far.allOf(list)).map(({ unicode }) => unicode);

  it.each(["https://evil.example/x?page=2", "http://localhost:8000/?page=7", "//evil.example", "javascript:1"])(
    "go on by number on our own base URL, whatever next_link says (%s)",
    async (next_link) => {
      page(1, { next_link, total_pages: 2 });
      page(2, { next_link, total_pages: 2 });
      expect(await unicodes(far.createClient().listProducts())).toEqual(["U1", "U2"]);
    },
  );

  it("end at null where nobody tells the number of pages, and at an empty page", async () => {
    page(1);
    page(2, { next_link: null });
    expect(await unicodes(far.createClient().listProducts())).toEqual(["U1", "U2"]);
    page(1, { total_pages: 99 });
    page(2, { total_pages: 99, results: [] });
    expect(await unicodes(far.createClient().listProducts())).toEqual(["U1"]);
  });

  it("end where the list became shorter meanwhile, not where the first page is refused", async () => {
    page(1, { total_pages: 2 });
    nock(far.base).get(far.detailsPath).query({ page: 2 }).reply(404, { detail: "Invalid page." });
    expect(await unicodes(far.createClient().listProducts())).toEqual(["U1"]);
    nock(far.base).get(far.detailsPath).reply(404, { detail: "Invalid page." });
    expect((await far.failureOf(unicodes(far.createClient().listProducts()))).code).toBe("page-not-found");
  });

  it("keep the good records and tell of the others", async () => {
    page(1, { total_pages: 1, results: [{ unicode: "U1", colour: "red" }, { name: "no unicode" }, 7] });
    const [first] = await far.allOf(far.createClient().listProducts().pages());
    expect(first?.items[0]).toMatchObject({ unicode: "U1", other: { colour: "red" } });
    expect(first?.skipped.map(({ index }) => index)).toEqual([1, 2]);
  });

  it("ask for no page that would leave fewer credits than the budget", async () => {
    page(1, { total_pages: 3, api_hits_available: 52 });
    page(2, { total_pages: 3, api_hits_available: 51 });
    const found: string[] = [];
    const list = far.createClient().listProducts({ creditBudget: 51 });
    const reading = (async () => {
      for await (const { unicode } of list) found.push(unicode);
    })();
    expect((await far.failureOf(reading)).code).toBe("credit-budget-reached");
    expect(found).toEqual(["U1", "U2"]);
  });
});

describe("getProduct", () => {
  it("does not take another product for the one that was asked for", async () => {
    const others = {
      results: [
        { unicode: "A", sku_id: "SKU-10" },
        { unicode: "B", sku_id: "SKU-1" },
      ],
      total_pages: 5,
    };
    nock(far.base).get(far.detailsPath).query({ sku_id: "SKU-1" }).reply(200, others);
    nock(far.base).get(far.detailsPath).query({ sku_id: "SKU-2" }).reply(200, others);
    expect((await far.createClient().getProduct({ skuId: "SKU-1" })).product.unicode).toBe("B");
    const error = await far.failureOf(far.createClient().getProduct({ skuId: "SKU-2" }));
    expect(error).toMatchObject({ code: "product-not-found", status: 200 });
  });
});
