import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Feed } from "../domain/source.ts";
import { formatTimeForName, toDiskFailure } from "./durable-file.ts";

/** The source's feeds as they were received: those in use, for evidence and for use without a network, and refused ones. */
export interface FeedStore {
  /** Keeps the feeds of a catalog that was found good. Each file is the old or the new one, whole, at every instant. */
  saveFeeds(catalogRevision: string, feeds: readonly Feed[]): Promise<void>;
  /**
   * Keeps refused feeds aside for a person to look at, the last five refusals. Refused again for the same reason, they
   * replace the earlier ones. Returns the folder.
   */
  quarantine(catalogRevision: string, feeds: readonly Feed[], reason: string): Promise<string>;
  /** The text of a feed in use. */
  readFeed(name: string): Promise<string | undefined>;
}

const keptQuarantines = 5;
const quarantineName = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z(-[0-9a-f]{4})?$/;
const reasonFile = "reason.json";
const reasonSchema = z.object({ catalogRevision: z.string(), reason: z.string() });

/** Throws `disk-full` or `disk-failed` where the folder cannot be written. */
export function openFeedStore(settings: { folder: string; now?: () => number }): FeedStore {
  const { folder, now = Date.now } = settings;
  const incomingFolder = join(folder, "incoming");
  const quarantineFolder = join(folder, "quarantine");

  async function listQuarantines(): Promise<string[]> {
    const names = await readdir(quarantineFolder).catch(emptyIfMissing);
    return names.filter((name) => quarantineName.test(name)).sort();
  }

  async function saveFeeds(catalogRevision: string, feeds: readonly Feed[]): Promise<void> {
    const names = feeds.map(({ name }) => demandPlainName(name));
    await mkdir(incomingFolder, { recursive: true });
    for (const { name, text } of feeds) await writeDurably(join(incomingFolder, name), text);
    await writeDurably(
      join(incomingFolder, "revision.json"),
      toJson({ catalogRevision, savedAt: new Date(now()).toISOString() }),
    );
    // All are on the disk before the first replaces its predecessor; the revision's file last, so it never promises too much.
    for (const name of [...names, "revision.json"]) await rename(join(incomingFolder, name), join(folder, name));
    await syncDirectory(folder);
    await rm(incomingFolder, { recursive: true, force: true });
  }

  async function quarantine(catalogRevision: string, feeds: readonly Feed[], reason: string): Promise<string> {
    for (const { name } of feeds) demandPlainName(name);
    const earlier = await listQuarantines();
    const name = `${formatTimeForName(now())}-${randomBytes(2).toString("hex")}`;
    const unfinished = join(quarantineFolder, `${name}.new`);
    await mkdir(unfinished, { recursive: true });
    for (const feed of feeds) await writeDurably(join(unfinished, feed.name), feed.text);
    await writeDurably(
      join(unfinished, reasonFile),
      toJson({ catalogRevision, reason, feeds: feeds.map((feed) => feed.name) }),
    );
    const kept = join(quarantineFolder, name);
    await rename(unfinished, kept);
    await syncDirectory(quarantineFolder);

    const superseded: string[] = [];
    for (const old of earlier) {
      if (await isAbout(join(quarantineFolder, old), { catalogRevision, reason })) superseded.push(old);
    }
    const others = earlier.filter((old) => !superseded.includes(old));
    const surplus = others.slice(0, Math.max(0, others.length + 1 - keptQuarantines));
    for (const old of [...superseded, ...surplus]) {
      await rm(join(quarantineFolder, old), { recursive: true, force: true });
    }
    return kept;
  }

  const failing = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw toDiskFailure(error, folder);
    }
  };
  // One change after the other: they share the folder of what is not whole yet.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = failing(last.then(work));
    // Whoever asked for it hears of the failure; the next one only waits for the end.
    last = result.catch(() => undefined);
    return result;
  };
  return {
    saveFeeds: (catalogRevision, feeds) => inTurn(() => saveFeeds(catalogRevision, feeds)),
    quarantine: (catalogRevision, feeds, reason) => inTurn(() => quarantine(catalogRevision, feeds, reason)),
    readFeed: (name) => failing(readFile(join(folder, demandPlainName(name)), "utf8").catch(undefinedIfMissing)),
  };
}

/** Feed names come from sources, that is from us; a name with a path in it is a defect and must not be followed. */
function demandPlainName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && name !== "incoming" && name !== "quarantine") return name;
  throw new Error(`A feed cannot be kept under the name ${JSON.stringify(name)}.`);
}

const toJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

async function isAbout(folder: string, wanted: z.infer<typeof reasonSchema>): Promise<boolean> {
  const text = await readFile(join(folder, reasonFile), "utf8").catch(undefinedIfMissing);
  const found = reasonSchema.safeParse(text === undefined ? undefined : JSON.parse(text));
  return found.success && found.data.catalogRevision === wanted.catalogRevision && found.data.reason === wanted.reason;
}

async function writeDurably(path: string, text: string): Promise<void> {
  const handle = await open(path, "w", 0o600);
  try {
    await writeFile(handle, text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle: FileHandle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
function emptyIfMissing(error: unknown): string[] {
  if (isMissing(error)) return [];
  throw error;
}
function undefinedIfMissing(error: unknown): undefined {
  if (isMissing(error)) return undefined;
  throw error;
}
