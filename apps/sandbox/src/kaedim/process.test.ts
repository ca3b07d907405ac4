import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { formOf, type Part } from "../../test/form.ts";
import { askKaedim, fetchAsset, jsonAsking, smallestOrder } from "../../test/kaedim.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let jwt: string;
let devID: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  jwt = sandbox.kaedim.issueJwt();
  devID = sandbox.kaedim.credentials().devId;
});
afterEach(() => sandbox.close());

const call = (path: string, asking = {}) => askKaedim(sandbox, path, jwt, asking);
const process = (fields: object) => call("/process", jsonAsking({ ...smallestOrder(sandbox), ...fields }));

describe("process", () => {
  test("takes an order as JSON, charges it and notes that in the journal", async () => {
    const answer = await process({ LoQ: "ultra", polycount: 20000, height: 250, width: 1, depth: 2, projectID: null });
    expect([answer.status, jsonOf(answer)]).toEqual([
      201,
      {
        status: "success",
        devID,
        requestID: expect.any(String),
        message: "request sent successfully, please check webhook in 10-15 mins",
      },
    ]);
    expect(sandbox.kaedim.credits()).toBe(96);
    expect(sandbox.requests({ host: "kaedim" })).toMatchObject([{ account: devID, spend: true }]);
    expect(sandbox.state().kaedim.requests).toMatchObject([
      { cost: 4, status: null, order: { loq: "ultra", polycount: 20000, height: 250, test: false } },
    ]);
  });

  test("takes files, and keeps their sums and not their bytes", async () => {
    const png = Buffer.alloc(1000, 7);
    const parts: Part[] = [
      ["devID", devID],
      ["LoQ", "high"],
      ["polycount", "20000"],
      ["test", "false"],
    ];
    const form = formOf([...parts, ["images", png, "a.png"], ["images", Buffer.alloc(5 * 1024 * 1024), "b.png"]]);
    expect((await call("/process", { method: "POST", ...form })).status).toBe(201);
    const [request] = sandbox.kaedim.requests();
    expect(request?.order).toMatchObject({
      polycount: 20000,
      test: false,
      images: [{ bytes: 1000 }, { bytes: 5242880 }],
    });
    const asset = await fetchAsset(sandbox, jwt, request?.requestID ?? "");
    const image = await ask(asset.image[0] ?? "", { headers: { "user-agent": null } });
    expect([image.status, image.headers["content-type"]]).toEqual([200, "image/png"]);
  });

  test("the form of image URLs and the name of file parts can be chosen", async () => {
    const send = async (...parts: Part[]) =>
      (await call("/process", { method: "POST", ...formOf([["devID", devID], ["LoQ", "high"], ...parts]) })).status;
    const url = "https://example.com/a.png";
    const forms: Part[][] = [
      [
        ["imageUrls", url],
        ["imageUrls", url],
      ],
      [["imageUrls", JSON.stringify([url])]],
    ];
    for (const parts of forms) expect(await send(...parts)).toBe(201);
    sandbox.kaedim.configure({ imageUrlForms: ["json-part"] });
    expect(await Promise.all(forms.map((parts) => send(...parts)))).toEqual([400, 201]);
    expect((await process({})).status).toBe(400);
    const names = ["images", "image", "image-0", "image0"];
    for (const [imagePartName, allowed] of [
      ["images", 0],
      ["image", 1],
      ["image-N", 2],
      ["imageN", 3],
    ] as const) {
      sandbox.kaedim.configure({ imagePartName });
      const statuses = [];
      for (const name of names) statuses.push(await send([name, "x", "a.png"]));
      expect(statuses).toEqual(names.map((_, index) => (index === allowed ? 201 : 400)));
    }
  });

  test.each([
    [{ LoQ: undefined }, 406, "Invalid level of quality inputed"],
    [{ LoQ: "Standard" }, 406, "Invalid level of quality inputed"],
    [{ devID: undefined }, 400, "devID"],
    [{ devID: "another" }, 404, "User does not exist"],
    [{ imageUrls: undefined }, 400, "images"],
    [{ imageUrls: [] }, 400, "images"],
    [{ imageUrls: "https://example.com/a.png" }, 400, "array"],
    [{ imageUrls: ["file:///etc/passwd"] }, 400, "image URL"],
    [{ imageUrls: new Array(7).fill("https://example.com/a.png") }, 400, "at most 6"],
    [{ images: ["x"] }, 400, "multipart"],
    [{ polycount: "20000" }, 400, "polycount"],
    [{ height: -1 }, 400, "height"],
    [{ test: "true" }, 400, "test"],
    [{ projectID: "another" }, 400, "projectID"],
    [{ studioID: "another" }, 400, "studioID"],
  ])("is refused and costs nothing: %j", async (fields, status, word) => {
    const answer = await process(fields);
    expect([answer.status, jsonOf(answer)]).toEqual([
      status,
      { status: "error", message: expect.stringContaining(word) },
    ]);
    expect([sandbox.kaedim.credits(), sandbox.kaedim.requests()]).toEqual([100, []]);
  });

  test.each([
    ["an image above the limit", [["images", Buffer.alloc(5 * 1024 * 1024 + 1), "a.png"]], "larger than"],
    ["an empty image", [["images", "", "a.png"]], "empty"],
    ["seven images", new Array<Part>(7).fill(["images", "x", "a.png"]), "at most 6"],
    ["a field twice", [["devID", "x"]], "twice"],
  ] as [string, Part[], string][])("a form with %s is refused", async (_, parts, word) => {
    const form = formOf([["devID", devID], ["LoQ", "high"], ...parts]);
    const answer = await call("/process", { method: "POST", ...form });
    expect([answer.status, jsonOf(answer)]).toMatchObject([400, { message: expect.stringContaining(word) }]);
  });

  test("the document's own sample, multipart by name and JSON by nature, cannot be read", async () => {
    const headers = { "content-type": "multipart/form-data" };
    const answer = await call("/process", jsonAsking(smallestOrder(sandbox), headers));
    expect([answer.status, jsonOf(answer)]).toMatchObject([400, { message: expect.stringContaining("boundary") }]);
  });

  test("is refused without credits; tests are free unless told otherwise", async () => {
    sandbox.kaedim.setCredits(1);
    expect((await process({ LoQ: "high" })).status).toBe(400);
    expect((await process({ LoQ: "ultra", test: true })).status).toBe(201);
    expect((await process({})).status).toBe(201);
    expect((await process({})).status).toBe(400);
    sandbox.kaedim.configure({ testRequestsCost: true });
    expect((await process({ test: true })).status).toBe(400);
    expect(sandbox.kaedim.credits()).toBe(0);
  });

  test("may need a webhook for everything but tests", async () => {
    sandbox.kaedim.configure({ webhookRequired: true });
    expect([(await process({})).status, (await process({ test: true })).status]).toEqual([400, 201]);
    sandbox.kaedim.setHook("https://hooks.example.com/");
    expect((await process({})).status).toBe(201);
  });

  test("a lost answer has done its work", async () => {
    sandbox.addFault({ host: "kaedim", path: "*/process", kind: "refuse", afterHandling: true });
    expect((await process({})).failure).toBe("ECONNRESET");
    expect([sandbox.kaedim.credits(), sandbox.kaedim.requests().length]).toEqual([99, 1]);
  });
});
