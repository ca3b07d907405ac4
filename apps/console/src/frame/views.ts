import {
  IconActivity,
  IconBox,
  IconDownload,
  IconLayoutGrid,
  IconListCheck,
  IconSettings,
  type TablerIcon,
} from "@tabler/icons-react";
import { type ComponentType, lazy } from "react";

export interface View {
  readonly name: "catalog" | "downloads" | "library" | "plan" | "activity" | "settings";
  readonly path: string;
  /** Goes there after `g`. */
  readonly letter: string;
  readonly icon: TablerIcon;
  readonly component: ComponentType;
}

const load = {
  catalog: async () => ({ default: (await import("../catalog/catalog-view.tsx")).CatalogView }),
  downloads: async () => ({ default: (await import("../downloads/downloads-view.tsx")).DownloadsView }),
  library: async () => ({ default: (await import("../library/library-view.tsx")).LibraryView }),
  plan: async () => ({ default: (await import("../plan/plan-view.tsx")).PlanView }),
  activity: async () => ({ default: (await import("../activity/activity-view.tsx")).ActivityView }),
  settings: async () => ({ default: (await import("../settings/settings-view.tsx")).SettingsView }),
} as const;

/**
 * Fetches the files of every view, after the first one is shown: while the daemon starts anew or is stopped, a view that
 * was never seen could not be fetched any more.
 */
export async function fetchViews(): Promise<void> {
  // One that does not come now is asked for again, and complained about, when a person goes there.
  await Promise.allSettled(Object.values(load).map((one) => one()));
}

/** In the order of the navigation. Each view is a file of its own, so that the first one is there soon. */
export const views: readonly View[] = [
  {
    name: "catalog",
    path: "/",
    letter: "c",
    icon: IconLayoutGrid,
    component: lazy(load.catalog),
  },
  {
    name: "downloads",
    path: "/downloads",
    letter: "d",
    icon: IconDownload,
    component: lazy(load.downloads),
  },
  {
    name: "library",
    path: "/library",
    letter: "l",
    icon: IconBox,
    component: lazy(load.library),
  },
  {
    name: "plan",
    path: "/plan",
    letter: "p",
    icon: IconListCheck,
    component: lazy(load.plan),
  },
  {
    name: "activity",
    path: "/activity",
    letter: "a",
    icon: IconActivity,
    component: lazy(load.activity),
  },
  {
    name: "settings",
    path: "/settings",
    letter: "s",
    icon: IconSettings,
    component: lazy(load.settings),
  },
];
