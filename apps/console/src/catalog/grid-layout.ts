export interface GridLayout {
  readonly columns: number;
  readonly cardWidth: number;
  readonly cardHeight: number;
  readonly rows: number;
}

export const gapPx = 12;
/** Title, place and what is left below the picture; the same for every card, so that nothing moves. */
export const captionPx = 86;

/** As many columns as fit with cards that are wide enough for a name; two at least, on a phone too. */
export function layOutGrid(widthPx: number, total: number): GridLayout {
  const leastPx = widthPx < 700 ? 150 : 208;
  const columns = Math.max(2, Math.floor((widthPx + gapPx) / (leastPx + gapPx)));
  const cardWidth = Math.floor((widthPx - gapPx * (columns - 1)) / columns);
  return { columns, cardWidth, cardHeight: cardWidth + captionPx, rows: Math.ceil(total / columns) };
}
