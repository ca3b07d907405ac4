/** What a `Range` header asks of a body of known length (RFC 9110, section 14). */
export type RangeDecision =
  /** No range, one that cannot be read, several, or one that `If-Range` made void: the whole body, 200. */
  | { kind: "whole" }
  /** 206; `end` is not included. */
  | { kind: "part"; start: number; end: number }
  /** 416. */
  | { kind: "unsatisfiable" };

export function decideRange(request: {
  range: string | undefined;
  ifRange: string | undefined;
  length: number;
  etag: string;
  lastModifiedMs: number;
}): RangeDecision {
  const { range, ifRange, length, etag, lastModifiedMs } = request;
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/.exec(range ?? "");
  if (match === null) return { kind: "whole" };
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return { kind: "whole" };
  if (first !== "" && last !== "" && Number(last) < Number(first)) return { kind: "whole" };
  if (ifRange !== undefined && !stillSame(ifRange, etag, lastModifiedMs)) return { kind: "whole" };
  if (first === "") {
    const suffix = Math.min(Number(last), length);
    return suffix === 0 ? { kind: "unsatisfiable" } : { kind: "part", start: length - suffix, end: length };
  }
  const start = Number(first);
  if (start >= length) return { kind: "unsatisfiable" };
  return { kind: "part", start, end: last === "" ? length : Math.min(Number(last) + 1, length) };
}

/** `If-Range` holds for the same strong tag, or for exactly the same date; a weak tag never holds. */
function stillSame(ifRange: string, etag: string, lastModifiedMs: number): boolean {
  if (ifRange.startsWith('"')) return ifRange === etag;
  if (ifRange.startsWith("W/")) return false;
  return Date.parse(ifRange) === Math.floor(lastModifiedMs / 1000) * 1000;
}
