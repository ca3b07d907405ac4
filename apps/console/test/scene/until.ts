import { setTimeout as wait } from "node:timers/promises";

/** Asks until it is so; throws what was awaited after 30 s. */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const endsAtMs = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > endsAtMs) throw new Error(`Waited in vain until ${what}`);
    await wait(50);
  }
}
