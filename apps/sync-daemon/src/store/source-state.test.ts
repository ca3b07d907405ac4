import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createClock, createTemporaryHome, type TemporaryHome } from "./__fixtures__/temporary-home.ts";
import type { SourceState } from "./source-state.ts";

let home: TemporaryHome;
const startMs = Date.UTC(2026, 0, 1);
const reopened = (): SourceState => home.open().sourceState;

beforeEach(() => {
  home = createTemporaryHome(createClock(startMs));
  home.open();
});
afterEach(() => home.remove());

test("nothing is known at first", () => {
  const state = reopened();
  // Nothing was refused, so nothing is compared: a fingerprint takes a tenth of a second to make.
  const made = vi.fn(() => "account-1");
  expect(state.signInRefusal(made)).toBe(null);
  expect(made).not.toHaveBeenCalled();
  expect(state.pause()).toBe(null);
  expect(state.libraryId("fx")).toBe(null);
  expect(state.lastPollAtMs()).toBe(null);
  expect(state.lastSync()).toBe(null);
});

test("a refusal counts for the account it was made with, over restarts, until it is cleared", () => {
  reopened().setSignInRefusal("account-1", "The password is wrong.");
  expect(reopened().signInRefusal(() => "account-1")).toBe("The password is wrong.");
  expect(home.store.sourceState.signInRefusal(() => "account-2")).toBe(null);
  home.store.sourceState.clearSignInRefusal();
  expect(reopened().signInRefusal(() => "account-1")).toBe(null);
});

test("a pause ends by itself or by a person", () => {
  reopened().setPause({ untilMs: null });
  expect(reopened().pause()).toMatchObject({ untilMs: null });
  home.store.sourceState.setPause({ untilMs: startMs + 3_600_000 });
  expect(reopened().pause()).toMatchObject({ untilMs: startMs + 3_600_000 });
  home.store.sourceState.setPause({ untilMs: startMs });
  expect(reopened().pause()).toBe(null);
  home.store.sourceState.setPause({ untilMs: null });
  home.store.sourceState.setPause(null);
  expect(reopened().pause()).toBe(null);
});

test("libraries, polls, syncs and refused feeds are remembered", () => {
  const result = {
    catalogRevision: "7",
    products: 3,
    skipped: 0,
    planned: 2,
    committed: 1,
    failed: [{ productId: 5, code: "quota-last", message: "Only one is left." }],
    spent: 1,
    durationMs: 12.5,
  };
  const state = reopened();
  state.setLibraryId("model", "one");
  state.setLibraryId("fx", "two");
  state.setLastPoll(11);
  state.setLastSync(12, result);

  const after = reopened();
  expect([after.libraryId("model"), after.libraryId("fx"), after.libraryId("material")]).toEqual(["one", "two", null]);
  expect(after.lastPollAtMs()).toBe(11);
  expect(after.lastSync()).toEqual({ atMs: 12, result });
});

test("a fact in a shape of another version is not known, and is no failure", () => {
  reopened().setLastPoll(11);
  home.close();
  const database = new DatabaseSync(home.path);
  database.exec(`UPDATE source_facts SET value = '{"at":"yesterday"}' WHERE name = 'last-poll'`);
  database.close();
  expect(reopened().lastPollAtMs()).toBe(null);
});
