import { toFailure } from "../../../src/domain/failure.ts";
import { cancelDownload, holdDownload, resumeDownload } from "../../../src/sync/hold-download.ts";
import type { World } from "./current-world.ts";
import type { Engine } from "./engine.ts";

/** What a person said about single downloads: hold, resume, cancel. */
export interface DownloadWishes {
  /**
   * Says something about one of the downloads that are open, if there is any, while the engine works. What is asked for
   * by name at the same time may come after it, and then it is not held or cancelled any more.
   */
  express(engine: Engine, circumstances: { isAskedForBesides: boolean }): void;
  /** Asked for by name: it may be spent on again. */
  askedFor(productIds: readonly number[]): void;
  /** The state is lost, and with it what was said. */
  forget(): void;
  /** Why no rule may spend on this version; null when it may. */
  forbids(productId: number, revision: string): string | null;
  /** Was anything ever held or cancelled of it? */
  touched(productId: number): boolean;
  /** What was said and done, and how often. */
  readonly fired: ReadonlyMap<string, number>;
}

export function createDownloadWishes(world: World, isInjected: (error: unknown) => boolean): DownloadWishes {
  const { random, trace } = world;
  const held = new Set<number>();
  const cancelled = new Map<number, string>();
  const touched = new Set<number>();
  const fired = new Map<string, number>();

  function express({ parts, stopping }: Engine, isAskedForBesides: boolean): void {
    const rows = parts.store.journal.listOpen();
    if (rows.length === 0) return;
    const { id, productId, revision } = random.pick(rows);
    const wish = random.pick(["hold", "hold", "cancel", "resume"] as const);
    trace.add(`person ${wish}s download ${id} of ${productId}`);
    touched.add(productId);
    held.delete(productId);
    const deeds = {
      hold: async () => {
        await holdDownload(parts, id);
        if (!isAskedForBesides) held.add(productId);
      },
      cancel: async () => {
        await cancelDownload(parts, id);
        if (!isAskedForBesides) cancelled.set(productId, revision);
      },
      resume: () => resumeDownload(parts, id, { wake: () => undefined, signal: stopping.signal }),
    };
    deeds[wish]().then(
      () => {
        trace.add(`${wish} of ${id} is done`);
        fired.set(`person ${wish}s a download`, (fired.get(`person ${wish}s a download`) ?? 0) + 1);
      },
      (error: unknown) => {
        // The process died over it, and nobody was told that it is done.
        if (world.gate.isDead) return;
        const { code } = toFailure(error);
        trace.add(`${wish} of ${id} failed: ${code}`);
        if (code === "unexpected" && !isInjected(error))
          world.violations.push(`I12: ${wish} ended in ${String(error)}`);
      },
    );
  }

  return {
    fired,
    express(engine, { isAskedForBesides }) {
      try {
        express(engine, isAskedForBesides);
      } catch (error) {
        // A database that fails at this moment says nothing about downloads.
        trace.add(`nothing is said: ${toFailure(error).code}`);
      }
    },
    askedFor(productIds) {
      for (const productId of productIds) {
        held.delete(productId);
        cancelled.delete(productId);
      }
    },
    forget() {
      held.clear();
      cancelled.clear();
    },
    forbids(productId, revision) {
      if (held.has(productId)) return "a person held it";
      return cancelled.get(productId) === revision ? "a person cancelled it" : null;
    },
    touched: (productId) => touched.has(productId),
  };
}
