import { z } from "zod";
import { isFailureCode } from "../domain/failure.ts";
import type { ImeshhSourceSettings } from "../sources/imeshh-source.ts";

/** What the process is asked for, once. It comes by IPC: arguments and environments can be seen by others. */
export interface CatalogTask {
  /** Null: from the feeds that are kept, without a network. */
  readonly fetch: ({ readonly catalogRevision: string } & Pick<ImeshhSourceSettings, "origins" | "network">) | null;
  readonly feedsFolder: string;
  readonly stagingName: string;
  /** Where the database is built. */
  readonly path: string;
  /** The database in use, to compare with. */
  readonly previous: string | null;
  readonly nowMs: number;
}

/** What it says: any number of log lines, then one of the others. It has read hostile input, so its words are checked. */
export const catalogMessage = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("log"),
    level: z.enum(["debug", "warn"]),
    fields: z.record(z.string(), z.unknown()),
    message: z.string(),
  }),
  z.object({
    kind: z.literal("built"),
    built: z.object({
      file: z.string().regex(/^[a-z0-9-]+\.db$/),
      catalogRevision: z.string(),
      products: z.int().nonnegative(),
      skipped: z.int().nonnegative(),
      added: z.int().nonnegative(),
      changed: z.int().nonnegative(),
      removed: z.int().nonnegative(),
    }),
  }),
  z.object({ kind: z.literal("no-feeds") }),
  z.object({
    kind: z.literal("failed"),
    code: z.string().refine(isFailureCode),
    message: z.string(),
    path: z.string().optional(),
    retryAfterMs: z.number().optional(),
    cause: z.string().optional(),
  }),
]);
export type CatalogMessage = z.infer<typeof catalogMessage>;
