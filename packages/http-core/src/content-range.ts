/** `bytes 5-9/10` as numbers; `total` is missing for `*`. */
export interface ContentRange {
  start: number;
  /** The last byte, inclusive, as in the header. */
  end: number;
  total?: number;
}

/** Parses the `Content-Range` of a 206; `undefined` for anything that does not make sense (RFC 9110 §14.4). */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const found = /^bytes\s+(\d{1,15})-(\d{1,15})\/(\d{1,15}|\*)$/i.exec(value?.trim() ?? "");
  if (found === null) return undefined;
  const start = Number(found[1]);
  const end = Number(found[2]);
  if (end < start) return undefined;
  if (found[3] === "*") return { start, end };
  const total = Number(found[3]);
  return end < total ? { start, end, total } : undefined;
}

/** The total in the `Content-Range` of a 416, `bytes *\/10`. */
export function parseUnsatisfiedRange(value: string | undefined): number | undefined {
  const found = /^bytes\s+\*\/(\d{1,15})$/i.exec(value?.trim() ?? "");
  return found === null ? undefined : Number(found[1]);
}
