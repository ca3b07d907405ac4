import { describe, expect, it } from "vitest";
import type { LedgerAnswer, SpendEntry } from "../src/api/contract/ledger.ts";
import { makeScene, type TestDaemon } from "./scene/scene.ts";

// A free product of the sample shop, and where a link is asked for.
const clayVase = 132611;
const linkPath = "/wp-json/imeshh/product-information/download-link";

const askLedger = (daemon: TestDaemon, query = "") => daemon.call<LedgerAnswer>("GET", `/api/v1/ledger${query}`);

describe("the ledger", () => {
  it("lists what was spent, newest first and page by page, with titles", async () => {
    const scene = await makeScene();
    const daemon = await scene.start();
    await daemon.sync();
    const { spends, nextBeforeId } = await askLedger(daemon);
    expect(nextBeforeId).toBeNull();
    expect(spends.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(spends.find(({ productId }) => productId === clayVase)).toMatchObject({
      title: "Clay Vase 01",
      archive: "Decor_Vase_Clay_01_Blender.zip",
      state: "confirmed",
      requester: "rule",
      evidence: "The shop handed out a link.",
    });

    const first = await askLedger(daemon, "?limit=2");
    expect(first).toMatchObject({ spends: [{ id: 3 }, { id: 2 }], nextBeforeId: 2 });
    const second = await askLedger(daemon, `?limit=2&beforeId=${first.nextBeforeId}`);
    expect(second).toMatchObject({ spends: [{ id: 1 }], nextBeforeId: null });
    expect((await askLedger(daemon, `?productId=${clayVase}`)).spends).toHaveLength(1);
    expect((await askLedger(daemon, "?state=in-doubt")).spends).toEqual([]);
  });

  it("is a table for other programs, with the mark by which Excel knows UTF-8", async () => {
    const scene = await makeScene();
    const { daemon, sync } = await scene.start();
    await sync();
    const answer = await fetch(`${daemon.address}/api/v1/ledger.csv`, {
      headers: { authorization: `Bearer ${daemon.token}` },
    });
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const bytes = Buffer.from(await answer.arrayBuffer());
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = bytes.subarray(3).toString("utf8").split("\r\n");
    expect(lines[0]).toBe(
      "id,reservedAt,settledAt,state,requester,productId,title,downloadId,archive,revision,evidence",
    );
    expect(lines).toHaveLength(5);
    expect(lines.filter((line) => line.includes(`,${clayVase},Clay Vase 01,`))).toHaveLength(1);
  });

  it("takes a person's word for a spend in doubt, once", async () => {
    const scene = await makeScene({ wanted: [{ productId: clayVase }] });
    scene.fault({ host: "shop", path: linkPath, kind: "status", status: 500, afterHandling: true, times: 1 });
    const daemon = await scene.start();
    await daemon.sync();
    const [spend] = (await askLedger(daemon, "?state=in-doubt")).spends;
    expect(spend).toMatchObject({ productId: clayVase, state: "in-doubt" });
    const settle = (id: number) =>
      daemon.call<SpendEntry>("POST", `/api/v1/ledger/${id}/settle`, { outcome: "confirmed" });
    expect(await settle(spend?.id ?? 0)).toMatchObject({
      state: "confirmed",
      evidence: "A person said so: the shop counted it.",
    });
    expect((await daemon.quota()).products).toMatchObject([{ spent: 1, inDoubt: 0, left: 3 }]);
    await expect(settle(spend?.id ?? 0)).rejects.toThrow(/409.*spend-not-in-doubt/);
    await expect(settle(99)).rejects.toThrow(/There is no spend 99/);
  });
});
