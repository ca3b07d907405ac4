import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { formOf, type Part } from "../../test/form.ts";
import { type Asset, askKaedim, fetchAsset, jsonAsking, order, smallestOrder } from "../../test/kaedim.ts";
import { type Sandbox, startSandbox } from "../index.ts";

const hourMs = 60 * 60 * 1000;

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
const register = (body: object, headers = {}) =>
  call("/registerHook", jsonAsking(body, { authorization: null, ...headers }));
const refresh = (headers = {}, body: object = { devID }) => {
  const { refreshToken } = sandbox.kaedim.credentials();
  return call("/refreshJWT", jsonAsking(body, { authorization: null, "refresh-token": refreshToken, ...headers }));
};

describe("registerHook", () => {
  const destination = "https://hooks.example.com/kaedim";

  test("the first answers with JWT and refresh token, a repeat as the document shows it", async () => {
    const first = await register({ devID, destination });
    expect([first.status, jsonOf(first)]).toEqual([
      201,
      {
        status: "success",
        message: "Webhook registered successfully",
        jwt: expect.stringMatching(/^eyJ/),
        refreshToken: sandbox.kaedim.credentials().refreshToken,
      },
    ]);
    const again = await register({ devID, destination: `${destination}/2` });
    expect([again.status, jsonOf(again)]).toEqual([
      201,
      { status: "success", message: "Webhook already registered", jwt: expect.stringMatching(/^eyJ/) },
    ]);
    expect(sandbox.kaedim.hook()).toBe(`${destination}/2`);
  });

  test("a repeat may give no JWT and keep the first destination", async () => {
    sandbox.kaedim.configure({ repeatedRegistration: "no-jwt", replacesHook: false });
    await register({ devID, destination });
    expect(jsonOf(await register({ devID, destination: `${destination}/2` }))).not.toHaveProperty("jwt");
    expect(sandbox.kaedim.hook()).toBe(destination);
  });

  test.each([
    [{ devID: "nobody", destination }, {}, 404, "User does not exist"],
    [{}, { "x-api-key": "another-key" }, 404, "User does not exist"],
    [{}, { "x-api-key": null }, 400, "X-API-Key"],
    [{ devID: undefined, destination }, {}, 400, "devID"],
    [{ destination: "not a url" }, {}, 400, "destination"],
    [{ destination: "ftp://127.0.0.1/" }, {}, 400, "destination"],
    [{}, { "content-type": "text/plain" }, 400, "Content-Type"],
  ])("is refused: %j %j", async (body, headers, status, word) => {
    const answer = await register({ devID, destination, ...body }, headers);
    expect([answer.status, jsonOf(answer)]).toEqual([
      status,
      { status: "error", message: expect.stringContaining(word) },
    ]);
    expect(sandbox.kaedim.hook()).toBeNull();
  });
});

describe("the JWT", () => {
  test("a refresh gives a new one and kills the one before", async () => {
    const answer = await refresh();
    expect([answer.status, jsonOf(answer)]).toEqual([
      200,
      { status: "success", message: expect.stringContaining("JWT refreshed"), jwt: expect.any(String), devID },
    ]);
    const { jwt: newer } = jsonOf(answer) as { jwt: string };
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(401);
    expect((await askKaedim(sandbox, `/fetchProjects?devID=${devID}`, newer)).status).toBe(200);
    expect((await call("/refreshjwt", jsonAsking({ devID }, { authorization: null }))).status).toBe(400);
  });

  test.each([
    [{ "x-api-key": null }, "X-API-Key"],
    [{ "refresh-token": null }, "refresh-token"],
    [{ "refresh-token": "another-token" }, "refresh token"],
    [{ "x-api-key": "another-key" }, "API key"],
  ])("no refresh with %j", async (headers, word) => {
    const answer = await refresh(headers);
    expect([answer.status, jsonOf(answer)]).toEqual([
      400,
      {
        status: "error",
        message: "Request failed, please check your api-key and refresh-token and try again",
        cause: expect.stringContaining(word),
      },
    ]);
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(200);
  });

  test("it lives twelve hours of the sandbox's time", async () => {
    sandbox.advanceClock(12 * hourMs - 60_000);
    expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(200);
    sandbox.advanceClock(60_000);
    const answer = await call(`/fetchProjects?devID=${devID}`);
    expect([answer.status, jsonOf(answer)]).toEqual([401, { status: "error", message: "Unauthorized: JWT expired" }]);
  });

  test.each([
    ["both", 200, 200],
    ["bearer", 200, 401],
    ["raw", 401, 200],
  ] as const)("authorization %s: Bearer %i, alone %i", async (authorization, bearer, raw) => {
    sandbox.kaedim.configure({ authorization });
    const statusWith = async (text: string) =>
      (await call(`/fetchProjects?devID=${devID}`, { headers: { authorization: text } })).status;
    expect([await statusWith(`Bearer ${jwt}`), await statusWith(jwt)]).toEqual([bearer, raw]);
  });

  test.each([
    { "x-api-key": null },
    { "x-api-key": "another-key" },
    { authorization: null },
    { authorization: "Bearer x" },
  ])("every other call is 401 with %j", async (headers) => {
    const paths = ["fetchRequest", "fetchAll", "fetchProjects"].map((name) => `/${name}?devID=${devID}&requestID=1`);
    const answers = [
      ...(await Promise.all(paths.map((path) => call(path, { headers })))),
      await call("/process", jsonAsking(smallestOrder(sandbox), headers)),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(sandbox.kaedim.requests()).toEqual([]);
  });
});

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

describe("fetching", () => {
  const statusesOf = (asset: Asset) => asset.iterations?.map(({ status, results }) => [status, results]);

  test("a request moves with the sandbox's clock, and its files come with the end", async () => {
    const requestID = await order(sandbox, jwt, { polycount: 5000 });
    const first = await fetchAsset(sandbox, jwt, requestID);
    expect([Object.keys(first), first.iterations, first.image]).toEqual([
      ["requestID", "createdAt", "image", "image_tags", "iterations"],
      [],
      ["https://example.com/a.png"],
    ]);
    sandbox.advanceClock(60_000);
    expect(statusesOf(await fetchAsset(sandbox, jwt, requestID))).toEqual([["new", null]]);
    sandbox.advanceClock(11 * 60_000);
    const done = await fetchAsset(sandbox, jwt, requestID);
    expect(done.iterations?.[0]).toMatchObject({
      iterationID: "0",
      status: "completed",
      dismissedReason: null,
      loq: "standard",
    });
    expect(Object.keys(done.iterations?.[0]?.results ?? {})).toEqual(["obj", "fbx", "glb", "gltf", "mtl"]);
  });

  test("what is pending can look otherwise", async () => {
    const requestID = await order(sandbox, jwt);
    sandbox.kaedim.configure({ pendingIterations: "null", pendingResults: "missing" });
    expect((await fetchAsset(sandbox, jwt, requestID)).iterations).toBeNull();
    sandbox.advanceClock(60_000);
    expect(statusesOf(await fetchAsset(sandbox, jwt, requestID))).toEqual([["new", undefined]]);
    sandbox.kaedim.configure({ pendingResults: "empty" });
    expect(statusesOf(await fetchAsset(sandbox, jwt, requestID))).toEqual([["new", {}]]);
  });

  test("it can fail, be finished, get any status and another iteration", async () => {
    sandbox.kaedim.configure({ outcome: "dismissed", dismissedReason: "Too dark" });
    const requestID = await order(sandbox, jwt);
    sandbox.kaedim.finishRequest(requestID);
    const failed = await fetchAsset(sandbox, jwt, requestID);
    expect(failed.iterations).toMatchObject([{ status: "dismissed", results: null, dismissedReason: "Too dark" }]);
    sandbox.kaedim.setStatus(requestID, "on-hold");
    expect(statusesOf(await fetchAsset(sandbox, jwt, requestID))).toEqual([["on-hold", null]]);
    sandbox.kaedim.configure({ outcome: "approved" });
    sandbox.kaedim.addIteration(requestID, "less legs");
    sandbox.advanceClock(12 * 60_000);
    const asset = await fetchAsset(sandbox, jwt, requestID);
    expect(asset.iterations).toMatchObject([
      { iterationID: "0", status: "on-hold" },
      { iterationID: "1", status: "approved", editDescription: "less legs" },
    ]);
    expect(() => sandbox.kaedim.setStatus("nothing", "new")).toThrow("There is no Kaedim request nothing.");
  });

  test("fetchAll gives all, newest first, or those of the days", async () => {
    for (const day of ["2026-01-31", "2026-02-01", "2026-02-14", "2026-02-15"])
      sandbox.kaedim.addRequest({ createdAt: `${day}T23:00:00Z` });
    const days = async (query: string) => {
      const answer = await call(`/fetchAll?devID=${devID}${query}`);
      if (answer.status !== 200) return answer.status;
      return (jsonOf(answer) as { assets: Asset[] }).assets.map(({ createdAt }) => createdAt.slice(5, 10));
    };
    expect(await days("")).toEqual(["02-15", "02-14", "02-01", "01-31"]);
    expect(await days("&start=02-01-2026&end=02-14-2026")).toEqual(["02-14", "02-01"]);
    expect(await days("&start=02-15-2026")).toEqual(["02-15"]);
    expect(await days("&start=2026-02-01")).toBe(400);
    expect(await days("&end=02-31-2026")).toBe(400);
    sandbox.kaedim.configure({ otherDates: "ignore" });
    expect(await days("&start=2026-02-14&end=2026-02-14")).toHaveLength(4);
    sandbox.kaedim.configure({ dateFormat: "YYYY-MM-DD" });
    expect(await days("&start=2026-02-14&end=2026-02-14")).toEqual(["02-14"]);
    const all = await call(`/fetchAll/?devID=${devID}`);
    expect((jsonOf(all) as { assets: Asset[] }).assets[0]).toHaveProperty("polycount");
  });

  test("projects lie in message", async () => {
    expect(jsonOf(await call(`/fetchProjects?devID=${devID}`))).toEqual({
      status: "success",
      message: [{ projectID: expect.any(String), name: "Sandbox", studioID: sandbox.kaedim.credentials().studioId }],
    });
  });

  test.each([
    ["/fetchAll", 400, "DevID is required, please make sure you are sending as a query parameter"],
    ["/fetchProjects?devID=", 400, "DevID is required"],
    ["/fetchRequest?devID=another", 404, "User does not exist"],
    ["/fetchRequest?devID=DEV", 400, "RequestID is required"],
    ["/fetchRequest?devID=DEV&requestID=1", 404, "Request does not exist"],
    ["/fetchAll?devID=DEV&studioID=another", 400, "studioID"],
  ])("%s is %i", async (path, status, word) => {
    const answer = await call(path.replace("DEV", devID));
    expect([answer.status, jsonOf(answer)]).toMatchObject([
      status,
      { status: "error", message: expect.stringContaining(word) },
    ]);
  });

  test("what is no route is Express's page", async () => {
    for (const answer of [await call("/process"), await call("/nothing")])
      expect([answer.status, answer.headers["content-type"]]).toEqual([404, "text/html; charset=utf-8"]);
    expect((await ask(`${sandbox.origins.kaedim}/`)).status).toBe(200);
  });
});

test("the state shows and changes credits, requests, hook and settings; a wrong patch changes nothing", async () => {
  const requestID = await order(sandbox, jwt);
  sandbox.patchState({
    kaedim: {
      credits: 7,
      hook: "http://127.0.0.1:1/",
      outcome: "uploaded",
      requests: [{ requestID, status: "cancelled" }],
    },
  });
  expect(sandbox.state().kaedim).toMatchObject({
    credits: 7,
    hook: "http://127.0.0.1:1/",
    settings: { outcome: "uploaded" },
    requests: [{ requestID, status: "cancelled" }],
    jwtExpiresAt: expect.any(String),
  });
  sandbox.patchState({ kaedim: { expireJwt: true } });
  expect((await call(`/fetchProjects?devID=${devID}`)).status).toBe(401);
  const wrong = { credits: 1, requests: [{ requestID: "nothing" }] };
  expect(() => sandbox.patchState({ kaedim: wrong, strict: false })).toThrow("There is no Kaedim request nothing.");
  expect(() => sandbox.patchState({ kaedim: { credit: 1 } as never })).toThrow('"kaedim.credit" is not known');
  expect([sandbox.kaedim.credits(), sandbox.state().strict]).toEqual([7, true]);
});
