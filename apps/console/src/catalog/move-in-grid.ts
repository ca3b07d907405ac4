type Direction = "left" | "right" | "up" | "down" | "page-up" | "page-down" | "first" | "last";

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  PageUp: "page-up",
  PageDown: "page-down",
  Home: "first",
  End: "last",
};

/** Where a key leads from the product at `index`; null for a key that moves nothing. */
export function moveInGrid(
  key: string,
  index: number,
  { columns, total, rowsOnScreen }: { columns: number; total: number; rowsOnScreen: number },
): number | null {
  const direction = directions[key];
  if (direction === undefined || total === 0) return null;
  const page = columns * Math.max(1, rowsOnScreen);
  const steps: Readonly<Record<Direction, number>> = {
    left: -1,
    right: 1,
    up: -columns,
    down: columns,
    "page-up": -page,
    "page-down": page,
    first: -index,
    last: total - 1 - index,
  };
  const next = index + steps[direction];
  if (direction === "up" && next < 0) return index;
  return Math.min(total - 1, Math.max(0, next));
}
