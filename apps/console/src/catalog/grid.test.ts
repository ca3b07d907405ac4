import { describe, expect, it } from "vitest";
import { gapPx, layOutGrid } from "./grid-layout.ts";
import { moveInGrid } from "./move-in-grid.ts";
import { windowSize, windowsOf } from "./windows.ts";

describe("layOutGrid", () => {
  it("fits its cards into any width, two beside each other at least", () => {
    for (const width of [320, 336, 700, 1_012, 1_440, 3_600]) {
      const { columns, cardWidth, rows } = layOutGrid(width, 100_000);
      expect(columns).toBeGreaterThanOrEqual(2);
      expect(columns * cardWidth + (columns - 1) * gapPx).toBeLessThanOrEqual(width);
      expect(rows).toBe(Math.ceil(100_000 / columns));
    }
  });
});

describe("windowsOf", () => {
  it("names the windows that hold what is seen, and none beyond the end", () => {
    expect(windowsOf(0, 10, 100_000)).toEqual([0]);
    expect(windowsOf(windowSize - 1, windowSize, 100_000)).toEqual([0, windowSize]);
    expect(windowsOf(50_000, 50_045, 100_000)).toEqual([49_980, 50_040]);
    expect(windowsOf(0, 500, 30)).toEqual([0]);
    expect(windowsOf(0, 10, 0)).toEqual([]);
  });
});

describe("moveInGrid", () => {
  const grid = { columns: 4, total: 10, rowsOnScreen: 2 };
  it("moves by one, by a row, by a screen, and to both ends", () => {
    expect(moveInGrid("ArrowRight", 1, grid)).toBe(2);
    expect(moveInGrid("ArrowDown", 1, grid)).toBe(5);
    expect(moveInGrid("PageDown", 1, grid)).toBe(9);
    expect(moveInGrid("End", 1, grid)).toBe(9);
    expect(moveInGrid("Home", 7, grid)).toBe(0);
  });
  it("stays where there is nothing further", () => {
    expect(moveInGrid("ArrowLeft", 0, grid)).toBe(0);
    expect(moveInGrid("ArrowUp", 2, grid)).toBe(2);
    expect(moveInGrid("ArrowRight", 9, grid)).toBe(9);
    expect(moveInGrid("a", 3, grid)).toBeNull();
  });
});
