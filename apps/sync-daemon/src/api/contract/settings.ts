import { z } from "zod";
import { wantedRuleSchema } from "./plan.ts";
import { defineRoutes } from "./route.ts";

const settingSchema = z.object({
  /** As in the file, such as `limits.downloads`. */
  key: z.string(),
  value: z.json(),
  default: z.json(),
  /** What it means, a sentence; the same as in the file. */
  description: z.string(),
  /** `environment`: a variable sets it, so that a change in the file has no effect. */
  source: z.enum(["default", "file", "environment"]),
  /** Does a change wait for the daemon's restart? */
  needsRestart: z.boolean(),
  /** The API refuses to change it, since it says whom to trust or where the API listens; edit the file. */
  isOnlyInFile: z.boolean(),
});
export type Setting = z.infer<typeof settingSchema>;

export const settingsSchema = z.object({
  configFile: z.string(),
  settings: z.array(settingSchema),
  account: z.object({
    username: z.string().nullable(),
    /** Where the password lies; null where there is none. */
    passwordPlace: z.enum(["keychain", "file", "environment"]).nullable(),
  }),
  /** Keys that were changed and wait for a restart. */
  needsRestart: z.array(z.string()),
});
export type SettingsAnswer = z.infer<typeof settingsSchema>;

export const settingsRoutes = defineRoutes({
  settings: {
    method: "GET",
    path: "/api/v1/settings",
    tag: "settings",
    summary: "Each key of the configuration: its value, where that comes from, its default and meaning.",
    answer: settingsSchema,
  },
  changeSettings: {
    method: "POST",
    path: "/api/v1/settings",
    tag: "settings",
    summary: "Change keys of the configuration; written to the file with its comments kept. Null puts a default back.",
    body: z.strictObject({
      changes: z.record(z.string(), z.json()),
      /** Judge the changes and write nothing. */
      dryRun: z.boolean().default(false),
    }),
    answer: settingsSchema,
  },
  setAccount: {
    method: "POST",
    path: "/api/v1/account",
    tag: "settings",
    summary: "Sign in with another account: tested with the shop first, the password goes to the keychain.",
    body: z.strictObject({ username: z.string().min(1).max(500), password: z.string().min(1).max(2_000) }),
    answer: settingsSchema,
  },
  restart: {
    method: "POST",
    path: "/api/v1/restart",
    tag: "settings",
    summary:
      "Start the daemon anew in the same process, so that changes that wait for it count. Pages come back by themselves.",
    body: z.strictObject({}),
    status: 202,
    answer: z.object({ version: z.string() }),
  },
  setUp: {
    method: "POST",
    path: "/api/v1/setup",
    tag: "settings",
    summary: "The first run: writes the configuration of an empty home and starts with it.",
    body: z.strictObject({
      libraryRoot: z.string().min(1).max(4_000),
      /** `sample-shop`: a sandbox on this machine, to look around. */
      shop: z.enum(["imeshh", "sample-shop"]),
      account: z
        .strictObject({ username: z.string().min(1).max(500), password: z.string().min(1).max(2_000) })
        .nullable()
        .default(null),
      wanted: z.array(wantedRuleSchema).max(1_000).default([]),
    }),
    status: 202,
    answer: z.object({ configFile: z.string() }),
  },
});
