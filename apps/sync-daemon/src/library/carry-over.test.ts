import { describe, expect, it } from "vitest";
import { planCarryOver } from "./carry-over.ts";

describe("planCarryOver", () => {
  const plan = (edited: string[], foreign: string[], newFiles: string[]) =>
    Object.fromEntries(
      planCarryOver({ differences: { edited, foreign }, newFiles, date: "2026-08-01" }).map(({ from, to }) => [
        from,
        to,
      ]),
    );

  it("finds a free name for every file that fits, on any file system", () => {
    expect(
      plan(
        ["a.blend"],
        ["a.user-2026-08-01.blend", "B.png", "maps/x.png", "new"],
        ["a.blend", "b.PNG", "maps", "new/y.png"],
      ),
    ).toEqual({
      "a.blend": "a.user-2026-08-01-2.blend",
      "a.user-2026-08-01.blend": "a.user-2026-08-01.blend",
      "B.png": "B.user-2026-08-01.png",
      new: "new.user-2026-08-01",
    });
  });
});
