/**
 * Products are asked for in windows of this many: three or four screens of most people. Each is read and checked while
 * somebody waits for the first of them. Policy figure.
 */
export const windowSize = 60;

/** The offsets of the windows that hold the products from `first` to `last`, both counted from 0. */
export function windowsOf(first: number, last: number, total: number): number[] {
  if (total <= 0 || last < first) return [];
  const end = Math.min(last, total - 1);
  const offsets: number[] = [];
  for (let at = Math.max(0, first - (first % windowSize)); at <= end; at += windowSize) offsets.push(at);
  return offsets;
}
