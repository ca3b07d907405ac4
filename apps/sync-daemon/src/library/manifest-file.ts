import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { manifestFileName } from "../domain/library-layout.ts";
import type { Manifest } from "../domain/manifest.ts";
import { assetTypes } from "../domain/product.ts";
import { systemErrorCode } from "./durable-rename.ts";

/** A manifest of 20,000 files takes 4 MB; what is far bigger is not ours. */
const maxManifestBytes = 64 * 1024 * 1024;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/);
const byteCountSchema = z.int().nonnegative();
const labelledSchema = z.object({ value: z.string(), label: z.string() });

/** Files are read and removed by these paths, so one that leaves the asset's folder makes the manifest unreadable. */
function isInside(path: string): boolean {
  return !/^\/|\\|\0/.test(path) && path.split("/").every((part) => part !== "" && part !== "." && part !== "..");
}

const archiveSchema = z.object({ name: z.string(), sha256: sha256Schema, bytes: byteCountSchema });

const fields = {
  source: z.string(),
  productId: z.int(),
  slug: z.string(),
  title: z.string(),
  assetType: z.enum(assetTypes),
  revision: z.string(),
  downloadId: z.string(),
  licence: labelledSchema,
  blenderVersion: labelledSchema,
  files: z.array(
    z.object({
      path: z.string().refine(isInside, "leaves the asset's folder"),
      bytes: byteCountSchema,
      sha256: sha256Schema,
    }),
  ),
  installedAt: z.string(),
};

const manifestSchema = z.discriminatedUnion("format", [
  z.object({ format: z.literal(1), ...fields, archive: archiveSchema }),
  z.object({ format: z.literal(2), ...fields, archive: archiveSchema.nullable(), adopted: z.literal(true) }),
]);

/** A manifest that is there but cannot be used: the rest of a sentence. */
export interface UnreadableManifest {
  readonly reason: string;
  /** The system would not let it be read: what is in it, and beside it, is not known. */
  readonly isUnseen?: true;
}

/** Formats a manifest as it is written to `.asset.json`. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 1)}\n`;
}

/** Reads the text of a manifest. Unknown fields are dropped; anything missing or wrong makes it unreadable. */
export function parseManifest(text: string): Manifest | UnreadableManifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return { reason: "its manifest is no JSON" };
  }
  const parsed = manifestSchema.safeParse(content);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  return {
    reason: `its manifest is of no format that is known: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`.trim(),
  };
}

/** Reads `.asset.json` in `path`; null where there is none. Never follows a link and never waits on a pipe. */
export async function readManifestIn(path: string): Promise<Manifest | UnreadableManifest | null> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    const handle = await open(join(path, manifestFileName), flags);
    try {
      const stats = await handle.stat();
      if (!stats.isFile()) return { reason: "its manifest is no file" };
      if (stats.size > maxManifestBytes) return { reason: "its manifest is too large" };
      return parseManifest(await handle.readFile("utf8"));
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR") return null;
    if (code === "ELOOP") return { reason: "its manifest is a link" };
    return { reason: `its manifest cannot be read (${code ?? String(error)})`, isUnseen: true };
  }
}

/** Are both the same download of the same product, whatever the revision? */
export function isSameDownload(
  one: Pick<Manifest, "source" | "productId" | "downloadId">,
  other: Pick<Manifest, "source" | "productId" | "downloadId">,
): boolean {
  return one.source === other.source && one.productId === other.productId && one.downloadId === other.downloadId;
}
