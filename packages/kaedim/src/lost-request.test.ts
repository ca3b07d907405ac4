import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim } from "./index.ts";

far.useNock();

const sentAt = new Date("2026-01-01T12:00:00Z");
const made = (requestID: string, createdAt: string) => far.served({ requestID, createdAt });
const old = made("old", "2026-01-01T11:54:59Z");
const ours = made("ours", "2026-01-01T12:00:03Z");

/** Looks in this list; a request that carries a date would find no answer. */
function find(assets: unknown[], options: object = {}) {
  far.signed().get(`${far.base}/fetchAll`).query({ devID: far.keys.devId }).reply(200, { assets });
  return createKaedim(far.settings()).findLostRequest({ sentAt, ...options });
}

describe("a request whose answer was lost", () => {
  it("is found by its time, without sending any date", async () => {
    expect(await find([old, ours])).toMatchObject({ outcome: "found", request: { requestId: "ours" } });
  });

  it("is found although Kaedim's clock is some minutes behind", async () => {
    const early = made("ours", "2026-01-01T11:55:01Z");
    expect(await find([old, early])).toMatchObject({ outcome: "found", request: { requestId: "ours" } });
    expect(await find([old, early], { clockToleranceMs: 1_000 })).toEqual({ outcome: "none", candidates: [] });
  });

  it("is not there where nothing new is", async () => {
    expect(await find([old])).toEqual({ outcome: "none", candidates: [] });
    expect(await find([])).toEqual({ outcome: "none", candidates: [] });
  });

  it("is none of those that are accounted for", async () => {
    expect(await find([old, ours], { knownRequestIds: ["ours"] })).toMatchObject({ outcome: "none" });
  });

  it("is told apart by what was asked for", async () => {
    const other = { ...made("other", "2026-01-01T12:00:01Z"), polycount: "500" };
    expect(await find([other, ours])).toMatchObject({ outcome: "unclear" });
    expect(await find([other, ours], { polycount: 20000 })).toMatchObject({ request: { requestId: "ours" } });
    expect(await find([ours], { loq: "Standard" })).toMatchObject({ outcome: "found" });
    expect(await find([ours], { loq: "ultra" })).toMatchObject({ outcome: "none" });
  });

  it("stays unclear where several can be it, or where a record cannot be read", async () => {
    const twin = made("twin", "2026-01-01T12:00:05Z");
    const unclear = await find([ours, twin]);
    expect(unclear.outcome).toBe("unclear");
    expect(unclear.candidates.map(({ requestId }) => requestId)).toEqual(["ours", "twin"]);
    expect(await find([old, { name: "half a record" }])).toEqual({ outcome: "unclear", candidates: [] });
  });

  it("may be one without a date: ruling it out could cost a second payment", async () => {
    expect(await find([made("undated", "soon")])).toMatchObject({
      outcome: "found",
      request: { requestId: "undated" },
    });
  });

  it("cannot be looked for without a time", async () => {
    const kaedim = createKaedim(far.settings());
    const error = await far.failureOf(kaedim.findLostRequest({ sentAt: new Date(Number.NaN) }));
    expect(error).toMatchObject({ code: "argument-invalid", neverSent: true });
  });
});
