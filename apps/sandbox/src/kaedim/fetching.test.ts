import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, jsonOf } from "../../test/ask.ts";
import { type Asset, askKaedim, fetchAsset, order } from "../../test/kaedim.ts";
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
