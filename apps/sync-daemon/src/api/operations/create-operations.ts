import { createInstalledAssets } from "../../sync/installed-assets.ts";
import { createInstalledIndex } from "../../sync/installed-index.ts";
import type { Operations } from "../contract/operations.ts";
import { createActivityOperations } from "./activity-operations.ts";
import { createAssetOperations } from "./asset-operations.ts";
import { createDaemonOperations } from "./daemon-operations.ts";
import { createDownloadOperations } from "./download-operations.ts";
import { createLedgerOperations } from "./ledger-operations.ts";
import { createLibraryOperations } from "./library-operations.ts";
import type { OperationsSettings } from "./operations-settings.ts";
import { createPlanOperations } from "./plan-operations.ts";
import { createProductOperations } from "./product-operations.ts";
import { createSettingsOperations } from "./settings-operations.ts";

/** What the API's routes call: the daemon's verbs, with their answers in the contract's shape. */
export function createOperations(settings: OperationsSettings): Partial<Operations> {
  const { parts, events, signal } = settings;
  const installedAssets = createInstalledAssets(parts);
  const installedIndex = createInstalledIndex({ installedAssets, monotonicMs: () => performance.now(), signal });
  events.subscribe(installedIndex.note);
  return {
    ...createActivityOperations(settings),
    ...createDaemonOperations(settings),
    ...createProductOperations(settings, installedIndex),
    ...createDownloadOperations(settings),
    ...createPlanOperations(settings),
    ...createLedgerOperations(settings),
    ...createLibraryOperations(settings),
    ...createSettingsOperations(settings),
    ...createAssetOperations(settings, installedAssets),
  };
}
