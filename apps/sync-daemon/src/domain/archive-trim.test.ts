import { describe, expect, it } from "vitest";
import { decideArchiveTrim } from "./archive-trim.ts";

const archive = (sha256: string, revision: string, changes: object = {}) => ({
  sha256,
  productId: 1,
  downloadId: "a",
  revision,
  bytes: 100,
  fetchedAt: `2026-01-0${sha256}T00:00:00Z`,
  refused: null,
  ...changes,
});
const installed = [{ productId: 1, downloadId: "a", revision: "new" }];

describe("decideArchiveTrim", () => {
  it("removes nothing below the limit", () => {
    const archives = [archive("1", "old"), archive("2", "new")];
    expect(decideArchiveTrim({ archives, installed, maxBytes: 200 })).toEqual({ remove: [], excessBytes: 0 });
  });

  it("removes replaced versions, oldest first, only as many as needed", () => {
    const archives = [archive("2", "older"), archive("1", "old"), archive("3", "new")];
    expect(decideArchiveTrim({ archives, installed, maxBytes: 200 })).toEqual({ remove: ["1"], excessBytes: 0 });
  });

  it.each([
    ["installed", archive("1", "new")],
    ["not installed", archive("1", "old", { productId: 2 })],
    ["refused", archive("1", "old", { refused: {} })],
    ["fetched, but not installed yet", archive("1", "newest")],
  ])("keeps what is %s, and says how much is too much", (_what, kept) => {
    expect(decideArchiveTrim({ archives: [kept], installed, maxBytes: 40 })).toEqual({ remove: [], excessBytes: 60 });
  });

  it("keeps a newer version that waits to be installed beside an older one that is", () => {
    const archives = [archive("1", "new"), archive("2", "newest")];
    expect(decideArchiveTrim({ archives, installed, maxBytes: 150 })).toEqual({ remove: [], excessBytes: 50 });
  });

  it("keeps a zip that another product still needs, and counts it once", () => {
    const archives = [archive("1", "old"), archive("1", "x", { productId: 2 })];
    expect(decideArchiveTrim({ archives, installed, maxBytes: 40 })).toEqual({ remove: [], excessBytes: 60 });
  });
});
