import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, decideRequestState, type KaedimSettings } from "./index.ts";
import { readDateMs } from "./json-values.ts";
import { requestRecord } from "./requests.schema.ts";

far.useNock();

const client = (more: Partial<KaedimSettings> = {}) => createKaedim(far.settings(more));
const request = (more: object = {}) =>
  far
    .signed()
    .get(`${far.base}/fetchRequest`)
    .query(true)
    .reply(200, { ...far.served(), ...more });
const stateOf = (more: Parameters<typeof far.served>[0]) => decideRequestState(requestRecord.parse(far.served(more)));

describe("fetchRequest", () => {
  it.each(["", " "])("refuses an empty id before anything is sent: “%s”", async (requestId) => {
    const error = await far.failureOf(client().fetchRequest({ requestId }));
    expect(error).toMatchObject({ code: "argument-invalid", neverSent: true });
  });

  it.each([
    ["iterations null", { iterations: null }, []],
    ["iterations missing", { iterations: undefined }, []],
    ["iterations an object", { iterations: {} }, []],
    ["results missing", { iterations: [{ status: "new" }] }, [{}]],
    ["results a text", { iterations: [{ status: "new", results: "soon" }] }, [{}]],
    ["results null", { iterations: [{ status: "new", results: null }, null] }, [{}]],
    [
      "results in part",
      { iterations: [{ results: { GLB: "https://a.example/a.glb", obj: null, fbx: "pending", x: 5 } }] },
      [{ glb: "https://a.example/a.glb" }],
    ],
  ])("survives %s", async (_what, more, results) => {
    request(more);
    const { iterations } = await client().fetchRequest({ requestId: "req-1" });
    expect(iterations.map((iteration) => iteration.results)).toEqual(results);
  });

  it("orders iterations by their dates, and keeps the order where dates are missing", async () => {
    const [old, young] = [
      { iterationID: 0, createdAt: "2026-01-01T10:00:00Z" },
      { iterationID: "1", createdAt: "2026-01-02T10:00:00Z" },
    ];
    request({ iterations: [young, old] });
    const ordered = await client().fetchRequest({ requestId: "req-1" });
    expect(ordered.iterations.map(({ iterationId }) => iterationId)).toEqual(["0", "1"]);
    request({ iterations: [{ iterationID: "7" }, old] });
    const kept = await client().fetchRequest({ requestId: "req-1" });
    expect(kept.iterations.map(({ iterationId }) => iterationId)).toEqual(["7", "0"]);
  });

  it("keeps unknown fields, unknown statuses and unknown formats", async () => {
    request({
      priority: 3,
      iterations: [{ status: "Baking", vertices: 12, results: { ply: "https://a.example/a.ply" } }],
    });
    const read = await client().fetchRequest({ requestId: "req-1" });
    expect(read).toMatchObject({ name: "chair", other: { priority: 3 } });
    expect(read.iterations[0]).toMatchObject({
      status: "baking",
      other: { vertices: 12 },
      results: { ply: "https://a.example/a.ply" },
    });
  });

  it.each([
    ["another request", far.served({ requestID: "req-2" })],
    ["a list", [far.served()]],
    ["nothing", null],
  ])("does not take %s for the one asked for", async (_what, body) => {
    far.signed().get(`${far.base}/fetchRequest`).query(true).reply(200, JSON.stringify(body));
    const error = await far.failureOf(client().fetchRequest({ requestId: "req-1" }));
    expect(error).toMatchObject({ kind: "unexpected-shape", code: "answer-unexpected-shape" });
  });

  it.each([
    [404, { status: "error", message: "No such request" }, "request-not-found"],
    [404, "<html><pre>Cannot GET</pre></html>", "route-not-found"],
    [400, { status: "error", message: "RequestID is required" }, "request-refused"],
    [403, { status: "error", message: "Forbidden" }, "entitlement-missing"],
    [200, { status: "error", message: "Request could not be found" }, "request-refused"],
    [200, "<!doctype html><title>Maintenance</title>", "not-json"],
  ])("names refusals: %i", async (status, body, code) => {
    far.signed().get(`${far.base}/fetchRequest`).query(true).reply(status, body);
    expect(await far.failureOf(client().fetchRequest({ requestId: "req-1" }))).toMatchObject({ code, status });
  });

  it("takes an error about the token for a refused token, whatever the status", async () => {
    const jwt = far.makeJwt(2);
    const words = { status: "error", message: "Invalid JWT" };
    far.signed().get(`${far.base}/fetchRequest`).query(true).reply(200, words);
    far.signed(far.jwt, "raw").get(`${far.base}/fetchRequest`).query(true).reply(403, words);
    far.refresh(jwt);
    far.signed(jwt).get(`${far.base}/fetchRequest`).query(true).reply(200, far.served());
    await client().fetchRequest({ requestId: "req-1" });
  });

  it("is repeated on trouble of the moment", async () => {
    far.signed().get(`${far.base}/fetchRequest`).query(true).times(2).reply(503, "busy");
    request();
    await client().fetchRequest({ requestId: "req-1" });
  });
});

describe("what has become of a request", () => {
  it.each(["completed", "approved", "uploaded", "Completed"])("%s with a link is done", (status) => {
    expect(stateOf({ status })).toMatchObject({ state: "done", status: status.toLowerCase() });
  });

  it.each(["completed", "approved", "uploaded"])("%s without a link is still running", (status) => {
    expect(stateOf({ status, results: {} }).state).toBe("running");
    expect(stateOf({ status, results: { glb: "" } }).state).toBe("running");
  });

  it.each(["dismissed", "cancelled"])("%s has failed, with the reason", (status) => {
    expect(stateOf({ status, dismissedReason: "Too complex" })).toMatchObject({
      state: "failed",
      reason: "Too complex",
    });
    expect(stateOf({ status })).toMatchObject({ state: "failed", reason: null });
  });

  it.each(["new", "pending", "rejected", "for review", "someday"])("%s is still running", (status) => {
    expect(stateOf({ status })).toMatchObject({ state: "running", status });
  });

  it("is decided by the newest iteration; without any it is running", () => {
    const { iterations } = requestRecord.parse(far.served());
    const [iteration] = iterations;
    if (iteration === undefined) throw new Error("the fixture has an iteration");
    expect(decideRequestState({ iterations: [iteration, { ...iteration, status: "new" }] }).state).toBe("running");
    expect(decideRequestState({ iterations: [] })).toEqual({ state: "running", status: null, iteration: null });
  });
});

describe("fetchAll", () => {
  const [start, end] = [new Date("2022-02-02T08:00:00Z"), new Date("2022-02-13T20:00:00Z")];
  const list = (query: object, assets: unknown[] = []) =>
    far
      .signed()
      .get(`${far.base}/fetchAll`)
      .query({ devID: far.keys.devId, ...query })
      .reply(200, { assets });

  it.each([
    ["MM-DD-YYYY", "02-01-2022", "02-14-2022"],
    ["YYYY-MM-DD", "2022-02-01", "2022-02-14"],
    [(date: Date) => String(date.getUTCDate()), "1", "14"],
  ] as const)("sends dates as %s, a day wider", async (dateFormat, from, to) => {
    list({ start: from, end: to });
    list({ start: from });
    list({ end: to });
    const kaedim = client({ dateFormat });
    await kaedim.fetchAll({ start, end });
    await kaedim.fetchAll({ start });
    await kaedim.fetchAll({ end });
  });

  it("filters again, for a server that ignores the dates", async () => {
    const assets = [
      far.served({ requestID: "before", createdAt: "2022-02-02T07:59:59.999Z" }),
      far.served({ requestID: "first", createdAt: "2022-02-02T08:00:00Z" }),
      far.served({ requestID: "last", createdAt: "2022-02-13T20:00:00" }),
      far.served({ requestID: "after", createdAt: "2022-02-13T20:00:00.001Z" }),
      far.served({ requestID: "undated", createdAt: "soon" }),
    ];
    list({ start: "02-01-2022", end: "02-14-2022" }, assets);
    const { requests } = await client().fetchAll({ start, end });
    expect(requests.map(({ requestId }) => requestId)).toEqual(["first", "last", "undated"]);
  });

  it("reports records that are none", async () => {
    list({}, [far.served(), null, { createdAt: "2022" }, "req-9"]);
    const { requests, skipped } = await client().fetchAll();
    expect(requests).toHaveLength(1);
    expect(skipped).toEqual([
      { index: 1, reason: "not an object" },
      { index: 2, reason: "no requestID" },
      { index: 3, reason: "not an object" },
    ]);
  });

  it.each([
    ["no date", { start: new Date("yesterday") }],
    ["a text", { end: "2022-02-01" as never }],
    ["start after end", { start: end, end: start }],
  ])("refuses %s", async (_what, options) => {
    expect(await far.failureOf(client().fetchAll(options))).toMatchObject({
      code: "argument-invalid",
      neverSent: true,
    });
  });

  it.each([
    ["no list", { assets: "none" }],
    ["something else", { status: "success" }],
  ])("says so where %s came", async (_what, body) => {
    far.signed().get(`${far.base}/fetchAll`).query(true).reply(200, body);
    expect(await far.failureOf(client().fetchAll())).toMatchObject({ code: "answer-unexpected-shape" });
  });
});

describe("fetchProjects", () => {
  it("reads the list that stands in message, and reports what is none", async () => {
    const message = [{ projectID: 7, name: null, colour: "red" }, { name: "nameless" }, 5];
    nock(far.origin).get(`${far.base}/fetchProjects`).query(true).reply(200, { status: "success", message });
    expect(await client().fetchProjects()).toEqual({
      projects: [{ projectId: "7", name: null, studioId: null, other: { colour: "red" } }],
      skipped: [
        { index: 1, reason: "no projectID" },
        { index: 2, reason: "not an object" },
      ],
    });
  });

  it("says so where message holds words", async () => {
    nock(far.origin).get(`${far.base}/fetchProjects`).query(true).reply(200, { status: "success", message: "ok" });
    expect(await far.failureOf(client().fetchProjects())).toMatchObject({ code: "answer-unexpected-shape" });
  });
});

describe("dates as served", () => {
  it.each([
    ["2026-01-01T10:00:00.000Z", Date.UTC(2026, 0, 1, 10)],
    ["2026-01-01T10:00:00", Date.UTC(2026, 0, 1, 10)],
    ["2026-01-01 10:00", Date.UTC(2026, 0, 1, 10)],
    ["2026-01-01T10:00:00+0100", Date.UTC(2026, 0, 1, 9)],
    ["2026-01-01", Date.UTC(2026, 0, 1)],
    ["Thu, 01 Jan 2026 10:00:00 GMT", Date.UTC(2026, 0, 1, 10)],
    ["1767261600", Date.UTC(2026, 0, 1, 10)],
    ["1767261600000", Date.UTC(2026, 0, 1, 10)],
    ["202...", null],
    ["2026-13-01", null],
    ["12", null],
    [null, null],
  ])("%s", (served, ms) => {
    expect(readDateMs(served)).toBe(ms);
  });
});
