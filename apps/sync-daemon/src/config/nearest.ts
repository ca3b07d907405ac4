/** Number of letters to add, drop, change or swap with their neighbour to make one word of the other. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let cost = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (swapped) cost = Math.min(cost, (beforeLast[column - 2] ?? cost) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}

/** The known word that somebody who wrote `written` most likely meant; undefined when none is near. Case does not count. */
export function findNearest(written: string, known: Iterable<string>): string | undefined {
  const folded = written.toLowerCase();
  let nearest: { word: string; distance: number } | undefined;
  for (const word of known) {
    const candidate = word.toLowerCase();
    const isPart =
      folded.length >= 3 &&
      (candidate.startsWith(folded) || candidate.endsWith(folded) || folded.startsWith(candidate));
    const distance = Math.min(editDistance(folded, candidate), isPart ? 2 : Number.POSITIVE_INFINITY);
    const tolerated = Math.max(isPart ? 2 : 1, Math.floor(Math.max(folded.length, candidate.length) / 3));
    if (distance <= tolerated && (nearest === undefined || distance < nearest.distance)) nearest = { word, distance };
  }
  return nearest?.word;
}
