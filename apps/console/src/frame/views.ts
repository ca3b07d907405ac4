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

/** In the order of the navigation. Each view comes as a file of its own, when it is first shown. */
export const views: readonly View[] = [
  {
    name: "catalog",
    path: "/",
    letter: "c",
    icon: IconLayoutGrid,
    component: lazy(async () => ({ default: (await import("../catalog/catalog-view.tsx")).CatalogView })),
  },
  {
    name: "downloads",
    path: "/downloads",
    letter: "d",
    icon: IconDownload,
    component: lazy(async () => ({ default: (await import("../downloads/downloads-view.tsx")).DownloadsView })),
  },
  {
    name: "library",
    path: "/library",
    letter: "l",
    icon: IconBox,
    component: lazy(async () => ({ default: (await import("../library/library-view.tsx")).LibraryView })),
  },
  {
    name: "plan",
    path: "/plan",
    letter: "p",
    icon: IconListCheck,
    component: lazy(async () => ({ default: (await import("../plan/plan-view.tsx")).PlanView })),
  },
  {
    name: "activity",
    path: "/activity",
    letter: "a",
    icon: IconActivity,
    component: lazy(async () => ({ default: (await import("../activity/activity-view.tsx")).ActivityView })),
  },
  {
    name: "settings",
    path: "/settings",
    letter: "s",
    icon: IconSettings,
    component: lazy(async () => ({ default: (await import("../settings/settings-view.tsx")).SettingsView })),
  },
];
