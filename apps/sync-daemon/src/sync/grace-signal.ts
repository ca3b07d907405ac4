/** A signal that follows another one later, for work that should be given a moment to end by itself. */
export interface GraceSignal {
  readonly signal: AbortSignal;
  /** Lets go of the other signal; to be called when the work ended. */
  release(): void;
}

/** Aborts `graceMs` after `signal` does, at once if that was aborted already. */
export function createGraceSignal(signal: AbortSignal, graceMs: number): GraceSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => controller.abort(signal.reason), graceMs);
  };
  if (signal.aborted) controller.abort(signal.reason);
  else signal.addEventListener("abort", begin, { once: true });
  return {
    signal: controller.signal,
    release() {
      signal.removeEventListener("abort", begin);
      clearTimeout(timer);
    },
  };
}
