import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { z } from "zod";
import { isSecretQueryName, redactUrl } from "./redact.ts";

/** What must be known to go on with a part after a restart; lies beside it as `PATH.part.json`. */
export interface DownloadRecord {
  version: 1;
  /** For people; secrets are gone from it. */
  url: string;
  /** Tells one remote file from another: see `resourceKey`. */
  resource: string;
  totalBytes: number;
  /** Strong ones only. */
  etag?: string | undefined;
  /** Only where it was old enough when it was sent: see `validatorOf`. */
  lastModified?: string | undefined;
  /** So many bytes of the part are known to be on the disk itself. */
  syncedBytes: number;
  /** The boot of the machine during which the part was written, where the system tells. */
  boot?: string | undefined;
}

const recordSchema: z.ZodType<DownloadRecord> = z.object({
  version: z.literal(1),
  url: z.string(),
  resource: z.string(),
  totalBytes: z.number().int().nonnegative(),
  etag: z.string().optional(),
  lastModified: z.string().optional(),
  syncedBytes: z.number().int().nonnegative(),
  boot: z.string().optional(),
});

/**
 * The same for two links to one file that differ in their signature only, so that a part survives a renewed link;
 * different for `?file=1` and `?file=2`.
 */
export function resourceKey(url: URL): string {
  const meaning = [...url.searchParams].filter(
    ([name]) => !isSecretQueryName(name) && !/^(expires|exp|x-id)$/i.test(name),
  );
  const text = `${url.origin}${url.pathname}?${meaning
    .map((pair) => pair.join("="))
    .sort()
    .join("&")}`;
  return createHash("sha256").update(text).digest("hex");
}

/** Proves that the bytes to come belong to the bytes that are here. */
export interface Validator {
  etag?: string | undefined;
  lastModified?: string | undefined;
}

/** How old a date must be before it proves anything: within the same second, or a skewed one, two versions share it. */
const oldEnoughMs = 60_000;

/**
 * What `If-Range` may be asked with: a strong ETag, or a Last-Modified that was at least 60 s old when it was sent
 * (RFC 9110 §8.8.2.2, reliability plan "Resume rules"). `undefined`: this answer cannot be resumed.
 */
export function validatorOf(headers: Record<string, string>, now: number): Validator | undefined {
  const etag = headers.etag?.trim();
  if (etag !== undefined && /^"[^"]+"$/.test(etag)) return { etag };
  const lastModified = headers["last-modified"];
  if (lastModified === undefined) return undefined;
  const sentAt = Date.parse(headers.date ?? "");
  const age = (Number.isNaN(sentAt) ? now : sentAt) - Date.parse(lastModified);
  return age >= oldEnoughMs ? { lastModified } : undefined;
}

/**
 * How many bytes of a part may be kept. Within one boot of the machine every byte that was written is there, whatever
 * became of the process; after a power cut only those that were synced.
 */
export function bytesToKeep(facts: {
  record: DownloadRecord | undefined;
  resource: string;
  partBytes: number;
  boot: string | undefined;
  expectedBytes: number | undefined;
  maxBytes: number;
}): number {
  const { record, partBytes } = facts;
  if (record === undefined || record.resource !== facts.resource) return 0;
  if (record.etag === undefined && record.lastModified === undefined) return 0;
  if (facts.expectedBytes !== undefined && facts.expectedBytes !== record.totalBytes) return 0;
  if (record.totalBytes > facts.maxBytes) return 0;
  // More than there should be: this is not the part that the record speaks of.
  if (partBytes > record.totalBytes) return 0;
  const sameBoot = record.boot !== undefined && record.boot === facts.boot;
  return sameBoot ? partBytes : Math.min(partBytes, record.syncedBytes);
}

/** Linux names each boot; elsewhere `undefined`, and only synced bytes are kept. */
export function currentBoot(): string | undefined {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Not Linux, or /proc is hidden: then nothing is known, which is the careful answer.
    return undefined;
  }
}

/** Reads a record; `undefined` for one that is missing or damaged. */
export async function readRecord(path: string): Promise<DownloadRecord | undefined> {
  try {
    return recordSchema.safeParse(JSON.parse(await readFile(path, "utf8"))).data;
  } catch {
    // Without a readable record the part is of no use, and the download begins anew.
    return undefined;
  }
}

/** Replaces a record as a whole. */
export async function writeRecord(path: string, record: DownloadRecord): Promise<void> {
  const temporary = `${path}.new`;
  await writeFile(temporary, `${JSON.stringify({ ...record, url: redactUrl(record.url) })}\n`, { mode: 0o600 });
  await rename(temporary, path);
}

export async function removeRecord(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(`${path}.new`, { force: true });
}
