import type { Clock } from "@org/http-core";
import type { Sandbox } from "@org/sandbox";

/** A clock on which waits are over at once: the sandbox's time moves on instead. */
export function createSandboxClock(sandbox: Sandbox): Clock & { readonly waits: readonly number[] } {
  let ahead = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => Date.now() + ahead,
    monotonicMs: () => performance.now() + ahead,
    async sleep(ms, signal) {
      signal?.throwIfAborted();
      waits.push(ms);
      ahead += ms;
      sandbox.advanceClock(ms);
    },
  };
}
