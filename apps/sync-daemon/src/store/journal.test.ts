import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Download, DownloadState } from "../domain/download.ts";
import { createTemporaryHome, planFor, type TemporaryHome } from "./__fixtures__/temporary-home.ts";
import type { Journal } from "./journal.ts";

let home: TemporaryHome;
let journal: Journal;

beforeEach(() => {
  home = createTemporaryHome();
  journal = home.open().journal;
});
afterEach(() => home.remove());

const link = { url: "https://r2.example/1.zip?signature=abc", expiresAtMs: 1_767_312_000_000 };
const archive = { archiveSha256: "ab".repeat(32), archiveBytes: 4_711 };
const place = { folder: "Furniture/Tables/Oak Table" };
const failure = {
  code: "download-interrupted",
  message: "The connection was cut.",
  attempt: 2,
  retryAtMs: 99,
} as const;

/** A row in each state, on the ways that lead there. */
const bringTo: Record<DownloadState, () => Download> = {
  planned: () => planFor(home.store, 1),
  linked: () => journal.markLinked(bringTo.planned().id, link),
  fetched: () => journal.markFetched(bringTo.linked().id, archive),
  committed: () => journal.markCommitted(bringTo.fetched().id, place),
  abandoned: () => journal.abandon(bringTo.planned().id),
};

const steps: Record<string, { from: DownloadState[]; to: DownloadState | "same"; run: (id: number) => Download }> = {
  markLinked: { from: ["planned"], to: "linked", run: (id) => journal.markLinked(id, link) },
  markFetched: { from: ["planned", "linked"], to: "fetched", run: (id) => journal.markFetched(id, archive) },
  markCommitted: { from: ["fetched"], to: "committed", run: (id) => journal.markCommitted(id, place) },
  markFailed: { from: ["planned", "linked", "fetched"], to: "same", run: (id) => journal.markFailed(id, failure) },
  clearFailure: { from: ["planned", "linked", "fetched"], to: "same", run: (id) => journal.clearFailure(id) },
  abandon: { from: ["planned", "linked", "fetched"], to: "abandoned", run: (id) => journal.abandon(id) },
  hold: { from: ["planned", "linked", "fetched"], to: "same", run: (id) => journal.hold(id) },
  resume: { from: ["planned", "linked", "fetched"], to: "same", run: (id) => journal.resume(id) },
  cancel: { from: ["planned", "linked", "fetched"], to: "abandoned", run: (id) => journal.cancel(id) },
  replan: { from: ["planned", "linked", "fetched"], to: "planned", run: (id) => journal.replan(id) },
  markArchiveMissing: { from: ["fetched"], to: "linked", run: (id) => journal.markArchiveMissing(id) },
};

describe("every step is possible from its own states only", () => {
  const states = Object.keys(bringTo) as DownloadState[];
  test.each(Object.entries(steps).flatMap(([name, step]) => states.map((state) => ({ name, step, state }))))(
    "$name from $state",
    ({ name, step, state }) => {
      const before = bringTo[state]();
      if (!step.from.includes(state)) {
        expect(() => step.run(before.id)).toThrow(`is ${state}, so it cannot be changed by ${name}`);
        expect(journal.find(before.id)).toEqual(before);
        return;
      }
      const after = step.run(before.id);
      expect(after.state).toBe(step.to === "same" ? state : step.to);
      expect(after.updatedAtMs).toBeGreaterThan(before.updatedAtMs);
      expect(journal.find(before.id)).toEqual(after);
    },
  );

  test("and for rows that exist", () => {
    expect(() => journal.markLinked(7, link)).toThrow("There is no download 7");
  });
});

test("a row keeps what each step adds, over a restart, and forgets the link when it is done", () => {
  const { id, createdAtMs } = bringTo.planned();
  journal.markLinked(id, link);
  expect(home.open().journal.find(id)).toMatchObject({ state: "linked", link, createdAtMs, failure: null });
  journal = home.store.journal;
  journal.markFailed(id, failure);
  expect(journal.find(id)?.failure).toMatchObject(failure);
  expect(journal.markFetched(id, archive)).toMatchObject({ state: "fetched", link, ...archive, failure: null });
  expect(journal.markCommitted(id, place)).toMatchObject({ state: "committed", link: null, ...archive, ...place });
});

test("a lost archive falls back to its link, or to the plan if it never had one", () => {
  const linked = bringTo.fetched();
  expect(journal.markArchiveMissing(linked.id)).toMatchObject({ state: "linked", link, archiveSha256: null });
  const kept = journal.markFetched(planFor(home.store, 2).id, archive);
  expect(journal.markArchiveMissing(kept.id)).toMatchObject({ state: "planned", link: null, archiveBytes: null });
});

test("one open row per revision: planning again finds it, and a person's wish makes it theirs for good", () => {
  const row = planFor(home.store, 1);
  expect(planFor(home.store, 1)).toEqual(row);
  const asked = { productId: 1, downloadId: "zip", revision: "1", assetType: "model", archiveName: "a.zip" } as const;
  expect(journal.planDownload({ ...asked, requester: "person" })).toMatchObject({ id: row.id, requester: "person" });
  expect(planFor(home.store, 1)).toMatchObject({ id: row.id, requester: "person" });

  expect(planFor(home.store, 1, { revision: "2" }).id).not.toBe(row.id);
  expect(planFor(home.store, 1, { downloadId: "other" }).id).not.toBe(row.id);
  journal.abandon(row.id);
  expect(planFor(home.store, 1).id).not.toBe(row.id);
});

test("lists: open rows by age, the last committed one of each archive", () => {
  const commit = (id: number, folder: string) => journal.markCommitted(journal.markFetched(id, archive).id, { folder });
  const old = commit(planFor(home.store, 1).id, "old");
  const current = commit(planFor(home.store, 1, { revision: "2" }).id, "current");
  const otherZip = commit(planFor(home.store, 1, { downloadId: "other" }).id, "other");
  const first = planFor(home.store, 1, { revision: "3" });
  const second = planFor(home.store, 1, { revision: "4" });
  const gone = journal.abandon(planFor(home.store, 2).id);

  expect(journal.listOpen()).toEqual([first, second]);
  expect(journal.listCommitted()).toEqual([current, otherZip]);
  expect(journal.find(old.id)?.folder).toBe("old");
  expect(journal.find(gone.id)?.state).toBe("abandoned");
});

test("what is asked of the open rows without reading all of them", () => {
  expect([journal.hasWork(), journal.nextRetryAtMs(0)]).toEqual([false, null]);
  const linked = bringTo.linked();
  const held = planFor(home.store, 1, { revision: "2" });
  const other = planFor(home.store, 2);
  const done = journal.markCommitted(journal.markFetched(planFor(home.store, 3).id, archive).id, place);
  expect(journal.listOpenOf(1)).toEqual([linked, held]);
  expect(journal.listOpenOf(done.productId)).toEqual([]);
  expect(journal.listLinked()).toEqual([linked]);

  for (const [id, retryAtMs] of [
    [linked.id, 700],
    [held.id, 300],
    [other.id, null],
  ] as const) {
    journal.markFailed(id, { ...failure, retryAtMs });
  }
  expect(journal.nextRetryAtMs(100)).toBe(300);
  journal.hold(held.id);
  expect(journal.nextRetryAtMs(100)).toBe(700);
  expect(journal.nextRetryAtMs(700)).toBeNull();
  expect(journal.hasWork()).toBe(true);
  journal.hold(linked.id);
  journal.hold(other.id);
  expect(journal.hasWork()).toBe(false);
});

describe("held and cancelled", () => {
  const asked = { productId: 1, downloadId: "zip", revision: "1", assetType: "model", archiveName: "a.zip" } as const;

  test("a hold lasts over a restart, until it is resumed or the row ends", () => {
    const { id } = bringTo.linked();
    const { heldAtMs } = journal.hold(id);
    expect(heldAtMs).not.toBeNull();
    expect(journal.hold(id).heldAtMs).toBe(heldAtMs);
    journal = home.open().journal;
    expect(journal.find(id)).toMatchObject({ state: "linked", link, heldAtMs });
    expect(journal.resume(id).heldAtMs).toBeNull();
    journal.hold(id);
    journal.markFetched(id, archive);
    expect(journal.markCommitted(id, place).heldAtMs).toBeNull();
  });

  test.each(["planned", "linked", "fetched"] as const)(
    "one cancelled at %s is opened again there, for a person",
    (state) => {
      const before = bringTo[state]();
      journal.hold(before.id);
      const cancelled = journal.cancel(before.id);
      expect(cancelled).toMatchObject({ state: "abandoned", heldAtMs: null, link: before.link });
      expect(journal.listOpen()).toEqual([]);
      expect(journal.findCancelled(before)).toEqual(cancelled);
      const opened = journal.planDownload({ ...asked, ...keyOf(before), requester: "person" });
      const { updatedAtMs } = opened;
      expect(opened).toEqual({ ...before, requester: "person", updatedAtMs });
      expect(journal.findCancelled(before)).toBeUndefined();
    },
  );

  test("a rule does not open it again, and its link goes when another row of the archive is committed", () => {
    const cancelled = journal.cancel(bringTo.linked().id);
    const other = journal.planDownload({ ...asked, ...keyOf(cancelled), requester: "rule" });
    expect(other.id).not.toBe(cancelled.id);
    expect(journal.listCancelledLinks()).toHaveLength(1);
    journal.markCommitted(journal.markFetched(other.id, archive).id, place);
    expect(journal.find(cancelled.id)).toMatchObject({ state: "abandoned", link: null });
    expect(journal.listCancelledLinks()).toEqual([]);
  });

  test("lists are bounded: open ones without a failure first, ended ones newest first", () => {
    const [failed, open, other] = [1, 2, 3].map((id) => planFor(home.store, id));
    if (failed === undefined || open === undefined || other === undefined) throw new Error("no rows");
    journal.markFailed(failed.id, failure);
    expect(journal.listSomeOpen(2).map(({ id }) => id)).toEqual([open.id, other.id]);
    expect(journal.listSomeOpen(9).map(({ id }) => id)).toEqual([open.id, other.id, failed.id]);
    expect(journal.countOpen()).toBe(3);
    journal.cancel(other.id);
    journal.abandon(open.id);
    expect(journal.listEnded(9).map(({ id }) => id)).toEqual([open.id, other.id]);
    expect(journal.listEnded(1).map(({ id }) => id)).toEqual([open.id]);
    expect(journal.isNewest(other)).toBe(true);
    expect(planFor(home.store, 3).id).not.toBe(other.id);
    expect(journal.isNewest(other)).toBe(false);
  });
});

const keyOf = ({ productId, downloadId, revision }: Download) => ({ productId, downloadId, revision });
