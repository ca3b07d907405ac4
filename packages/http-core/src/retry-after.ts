/**
 * Milliseconds that a `Retry-After` asks to wait, in seconds or as an HTTP date; `undefined` for one that is absent,
 * past, negative or garbage. Not capped: that is the retry policy's business.
 */
export function parseRetryAfter(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? "";
  if (/^\d{1,15}$/.test(text)) return Number(text) * 1000;
  // Date.parse takes "-5" and "12 apples" for years; an HTTP date begins with the name of a day (RFC 9110 §5.6.7).
  if (!/^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? /i.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) || at <= now ? undefined : at - now;
}
