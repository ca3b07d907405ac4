/** Milliseconds that a `Retry-After` asks to wait, `undefined` for one that is absent, past, negative or garbage. */
export function parseRetryAfter(_value: string | undefined, _now: number): number | undefined {
  throw new Error("not written yet");
}
