import type { Setting } from "@org/sync-daemon/contract/settings";

export const groupNames = ["fetching", "folders", "limits", "shop", "network", "other"] as const;
export type GroupName = (typeof groupNames)[number];

const groupOfKey: Readonly<Record<string, GroupName>> = {
  "imeshh.wanted": "fetching",
  "imeshh.updates": "fetching",
  "imeshh.keepInReserve": "fetching",
  "imeshh.pollMinutes": "fetching",
  "imeshh.downloadLimit": "fetching",
  "limits.quietHours": "fetching",
};

const groupOfSection: Readonly<Record<string, GroupName>> = {
  library: "folders",
  limits: "limits",
  imeshh: "shop",
  network: "network",
};

/** The user name belongs to the account, which tests it; the schema's own key says nothing to a person. */
const hidden: ReadonlySet<string> = new Set(["$schema", "imeshh.username"]);

export const groupOf = (key: string): GroupName =>
  groupOfKey[key] ?? groupOfSection[key.split(".", 1)[0] ?? ""] ?? "other";

/** The settings of each group, in the order in which they stand in the file. Unknown ones are shown too. */
export function groupSettings(settings: readonly Setting[]): readonly (readonly [GroupName, readonly Setting[]])[] {
  const shown = settings.filter(({ key }) => !hidden.has(key));
  return groupNames
    .map((group) => [group, shown.filter(({ key }) => groupOf(key) === group)] as const)
    .filter(([, members]) => members.length > 0);
}
