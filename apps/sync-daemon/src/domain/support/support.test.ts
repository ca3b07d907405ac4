import { describe, expect, it } from "vitest";
import { formatEvidence, type SpendEvidence } from "./evidence.ts";
import { redactPerson } from "./redact-person.ts";

describe("a person in a text", () => {
  const person = { username: "ann@example.com", systemName: "ann", userFolder: "/home/ann" };
  it.each([
    ["Look at /home/ann/.config/asset-sync.", "Look at ~/.config/asset-sync."],
    ["/home/ann", "~"],
    ["/home/anna/x and /home/ann-marie", "/home/anna/x and /home/ann-marie"],
    ['"/home/ann/x"', '"~/x"'],
    ["as ANN@example.com.", "as [user name]."],
    ["?u=ann%40example.com&x", "?u=[user name]&x"],
    ["/mnt/ann/assets", "/mnt/[user]/assets"],
    ["ann@host", "[user]@host"],
    ["an annex of annual banns", "an annex of annual banns"],
  ])("%s", (text, redacted) => expect(redactPerson(text, person)).toBe(redacted));

  it("is found in Windows' spellings, and root is a word too", () => {
    const windows = { username: null, systemName: "Ann", userFolder: "C:\\Users\\Ann" };
    expect(redactPerson('C:\\Users\\Ann\\x "C:\\\\Users\\\\Ann\\\\x" c:/users/ann/x', windows)).toBe(
      '~\\x "~\\\\x" ~/x',
    );
    expect(redactPerson("library.root in /root/x", { username: null, systemName: "root", userFolder: "/root" })).toBe(
      "library.root in ~/x",
    );
  });
});

describe("evidence for the shop", () => {
  const spend: SpendEvidence = {
    productId: 7,
    title: "Table",
    downloadId: "d-1",
    state: "confirmed",
    requester: "rule",
    evidence: "The shop handed out a link.",
    reservedAtMs: Date.parse("2026-07-01T08:00:00Z"),
  };
  it("counts by product, the dearest first, with times to search for", () => {
    const later = { ...spend, reservedAtMs: spend.reservedAtMs + 1_000 };
    const spends = [
      { ...spend, productId: 1, title: null, state: "released" as const },
      { ...later, state: "in-doubt" as const, requester: "person" as const, evidence: "No answer came." },
      spend,
    ];
    expect(formatEvidence(spends, 4)).toEqual([
      "Product 7, Table",
      "  Our ledger shows 1 completed, 1 without an answer, 0 that the shop refused; it grants 4.",
      "  2026-07-01 08:00:00 UTC  completed      asked by a rule, zip d-1: The shop handed out a link.",
      "  2026-07-01 08:00:01 UTC  no answer      asked by a person, zip d-1: No answer came.",
      "Product 1",
      "  Our ledger shows 0 completed, 0 without an answer, 1 that the shop refused; it grants 4.",
      "  2026-07-01 08:00:00 UTC  not counted    asked by a rule, zip d-1: The shop handed out a link.",
    ]);
    expect(formatEvidence([], 4)).toEqual(["Nothing was spent so far."]);
  });
});
