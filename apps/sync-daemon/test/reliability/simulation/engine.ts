// The order matters: what the product takes from Node must be replaced before it is loaded.
import "./injected-files.ts";
import "./injected-database.ts";
import "./injected-machine.ts";
import { join } from "node:path";
import { openArchiveStore } from "../../../src/archive/archive-store.ts";
import { createExtractor } from "../../../src/archive/extract-archive.ts";
import type { DaemonEvent } from "../../../src/domain/event.ts";
import { createLinkTrust } from "../../../src/domain/link-trust.ts";
import type { AssetSource } from "../../../src/domain/source.ts";
import { openFeedStore } from "../../../src/store/feeds.ts";
import { openStore } from "../../../src/store/open-store.ts";
import { createAcquisitionQueue } from "../../../src/sync/acquisition-queue.ts";
import { createLibrarySet, type LibrarySet } from "../../../src/sync/library-set.ts";
import type { SyncParts, SyncSettings } from "../../../src/sync/parts.ts";
import { createProgressBoard } from "../../../src/sync/progress.ts";
import { recover } from "../../../src/sync/recover.ts";
import { createCatalogBuilds } from "./catalog-builds.ts";
import type { World } from "./current-world.ts";

export const homeFolders = ["state", "archives", "partial", "feeds"] as const;

/** The parts of a running daemon, as `daemon.ts` builds them, without API, log and loop. */
export interface Engine {
  readonly parts: SyncParts;
  /** Ends the work under way, as a stop in order does. */
  readonly stopping: AbortController;
  close(): Promise<void>;
}

/** Builds the engine over what is on disk and recovers, as each start of the daemon does. */
export async function startEngine(settings: {
  world: World;
  source: AssetSource;
  settings: SyncSettings;
  publish: (event: DaemonEvent) => void;
}): Promise<Engine> {
  const { world, source, publish } = settings;
  const now = () => world.clock.now();
  const home = join(world.root, "home");
  const store = openStore({ folder: world.stateFolder, now });
  const extractor = createExtractor({ processes: 2 });
  const stopping = new AbortController();
  let libraries: LibrarySet | undefined;
  try {
    const feeds = openFeedStore({ folder: join(home, "feeds"), now });
    await feeds.discardAll();
    libraries = createLibrarySet({
      root: join(world.root, "library"),
      source: source.id,
      sourceState: store.sourceState,
      isNewHome: store.opened.state !== "rebuilt",
      publish,
    });
    const parts: SyncParts = {
      source,
      store,
      feeds,
      catalogBuilds: createCatalogBuilds({ world, source, feeds, catalogsFolder: store.catalogs.folder }),
      archives: await openArchiveStore({ folder: join(home, "archives") }),
      extractor,
      libraries,
      queue: createAcquisitionQueue({ transfers: 3 }),
      linkTrust: createLinkTrust(),
      quietHours: () => null,
      progress: createProgressBoard(),
      partialFolder: join(home, "partial"),
      settings: () => settings.settings,
      accountFingerprint: () => "account",
      hasAccount: true,
      publish,
      now,
    };
    world.trace.add(
      `opened: ${store.opened.state} ${store.opened.message} ${store.catalogs.notice ?? ""}`.replaceAll(world.root, ""),
    );
    await recover(parts, stopping.signal);
    return {
      parts,
      stopping,
      async close() {
        stopping.abort();
        await parts.queue.idle();
        await extractor.close();
        parts.libraries.close();
        store.close();
      },
    };
  } catch (error) {
    await extractor.close();
    libraries?.close();
    store.close();
    throw error;
  }
}
