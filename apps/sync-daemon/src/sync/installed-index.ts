import type { DaemonEvent } from "../domain/event.ts";
import type { AssetSummary } from "../domain/manifest.ts";
import type { InstalledAssets } from "./installed-assets.ts";

/** What is installed, by product, as of one look at the disk. */
export interface Installed {
  /** Another number: something may have changed. */
  readonly version: number;
  readonly byProduct: ReadonlyMap<number, readonly AssetSummary[]>;
}

/** Remembers what is installed, so that lists need not read every manifest each time. The disk decides, a little later. */
export interface InstalledIndex {
  /**
   * As of the last look, if nothing was heard since that changes it: half a second ago at most in a small library, some
   * seconds in a large one, where looking is left to the background. After an event that says so it looks first.
   */
  current(): Promise<Installed>;
  /** Looks at the disk first. */
  look(): Promise<Installed>;
  /** To be told of every event. */
  note(event: { readonly type: string }): void;
}

/** So old may be what is handed out without a look. */
const trustedMs = 500;
/** A look that takes longer is not waited for, unless something is known to have changed. */
const quickLookMs = 20;
/** How often the background looks at most, while somebody asks. */
const backgroundLookEveryMs = 3_000;

const changing: ReadonlySet<string> = new Set<DaemonEvent["type"]>([
  "asset-committed",
  "asset-removed",
  "library-lost",
  "library-found",
  "library-recovered",
  "library-moved",
]);

/** `monotonicMs` only ever goes forward. */
export function createInstalledIndex(settings: {
  installedAssets: Pick<InstalledAssets, "list">;
  monotonicMs: () => number;
  signal: AbortSignal;
}): InstalledIndex {
  const { installedAssets, monotonicMs, signal } = settings;
  let installed: Installed | null = null;
  let shown = "";
  let lookedAtMs = 0;
  let tookMs = 0;
  let isOutdated = false;
  let looking: Promise<Installed> | null = null;

  async function lookNow(): Promise<Installed> {
    const startedMs = monotonicMs();
    isOutdated = false;
    const assets = await installedAssets.list(signal);
    const seen = JSON.stringify(assets.map(({ folder, manifest }) => [folder, manifest.downloadId, manifest.revision]));
    if (installed === null || seen !== shown) {
      shown = seen;
      installed = {
        version: (installed?.version ?? 0) + 1,
        byProduct: Map.groupBy(assets, ({ manifest }) => manifest.productId),
      };
    }
    lookedAtMs = monotonicMs();
    tookMs = lookedAtMs - startedMs;
    return installed;
  }

  function look(): Promise<Installed> {
    looking ??= lookNow().finally(() => {
      looking = null;
    });
    return looking;
  }

  /** One that began before is too old: what was heard may have happened behind its back. */
  async function lookAnew(): Promise<Installed> {
    if (looking !== null) await looking.catch(() => undefined);
    return look();
  }

  return {
    async current() {
      if (installed === null || isOutdated) return lookAnew();
      const ageMs = monotonicMs() - lookedAtMs;
      if (ageMs <= trustedMs) return installed;
      if (tookMs <= quickLookMs) return look();
      // Whoever asks next gets what it finds; what it cannot find is in the libraries' conditions.
      if (ageMs > backgroundLookEveryMs) void look().catch(() => undefined);
      return installed;
    },
    look: lookAnew,
    note({ type }) {
      if (changing.has(type)) isOutdated = true;
    },
  };
}

/** Is an archive of the product here in no revision but others? `revision`: what the shop offers. */
export function isUpdateWaiting(assets: readonly Pick<AssetSummary, "manifest">[], revision: string): boolean {
  const current = new Set(
    assets.flatMap(({ manifest }) => (manifest.revision === revision ? [manifest.downloadId] : [])),
  );
  return assets.some(({ manifest }) => !current.has(manifest.downloadId));
}
