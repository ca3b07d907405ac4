import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Feed } from "../domain/source.ts";
import { formatTimeForName, toDiskFailure } from "./durable-file.ts";

/** The source's feeds as they were received: those in use, for evidence and for use without a network, and refused ones. */
export interface FeedStore {
  /** Lays feeds down that nobody has judged yet, whole and on the disk, under a name of the caller's. */
  stageFeeds(stagingName: string, feeds: readonly Feed[]): Promise<void>;
  /** Puts staged feeds of a catalog that was found good to use. Each file is the old or the new one, whole, at every instant. */
  saveFeeds(catalogRevision: string, stagingName: string): Promise<void>;
  /**
   * Keeps refused feeds aside for a person to look at, the last five refusals. Refused again for the same reason, they
   * replace the earlier ones. Returns the folder.
   */
  quarantine(catalogRevision: string, stagingName: string, reason: string): Promise<string>;
  /** Removes staged feeds; does nothing if there are none. */
  discard(stagingName: string): Promise<void>;
  /** Removes what builds that ended early have staged. Only while none is under way. */
  discardAll(): Promise<void>;
  /** The feeds in use and the revision they came with; undefined if they are not all there. */
  readFeeds(): Promise<{ catalogRevision: string; feeds: Feed[] } | undefined>;
}

const keptQuarantines = 5;
const quarantineName = /^\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}\.\d{3}Z(-[0-9a-f]{4})?$/;
const reasonFile = "reason.json";
const reasonSchema = z.object({ catalogRevision: z.string(), reason: z.string() });
const revisionFile = "revision.json";
const revisionSchema = z.object({ catalogRevision: z.string(), feeds: z.array(z.string()) });

/** Throws `disk-full` or `disk-failed` where the folder cannot be written. */
export function openFeedStore(settings: { folder: string; now?: () => number }): FeedStore {
  const { folder, now = Date.now } = settings;
  const incomingFolder = join(folder, "incoming");
  const quarantineFolder = join(folder, "quarantine");

  async function listQuarantines(): Promise<string[]> {
    const names = await readdir(quarantineFolder).catch(emptyIfMissing);
    return names.filter((name) => quarantineName.test(name)).sort();
  }

  async function stageFeeds(stagingName: string, feeds: readonly Feed[]): Promise<void> {
    const staging = join(incomingFolder, demandPlainName(stagingName));
    for (const { name } of feeds) demandPlainName(name);
    await mkdir(staging, { recursive: true, mode: 0o700 });
    for (const { name, text } of feeds) await writeDurably(join(staging, name), text);
  }

  async function saveFeeds(catalogRevision: string, stagingName: string): Promise<void> {
    const staging = join(incomingFolder, demandPlainName(stagingName));
    const names = (await readdir(staging)).map(demandPlainName);
    await writeDurably(
      join(staging, revisionFile),
      toJson({ catalogRevision, savedAt: new Date(now()).toISOString(), feeds: names }),
    );
    // All are on the disk before the first replaces its predecessor; the revision's file last, so it never promises too much.
    for (const name of [...names, revisionFile]) await rename(join(staging, name), join(folder, name));
    await syncDirectory(folder);
    await rm(staging, { recursive: true, force: true });
  }

  async function quarantine(catalogRevision: string, stagingName: string, reason: string): Promise<string> {
    const staging = join(incomingFolder, demandPlainName(stagingName));
    const feeds = await readdir(staging);
    const earlier = await listQuarantines();
    const name = `${formatTimeForName(now())}-${randomBytes(2).toString("hex")}`;
    await mkdir(quarantineFolder, { recursive: true, mode: 0o700 });
    await writeDurably(join(staging, reasonFile), toJson({ catalogRevision, reason, feeds }));
    const kept = join(quarantineFolder, name);
    await rename(staging, kept);
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
  async function readFeeds(): Promise<{ catalogRevision: string; feeds: Feed[] } | undefined> {
    const text = await readFile(join(folder, revisionFile), "utf8").catch(undefinedIfMissing);
    const saved = revisionSchema.safeParse(text === undefined ? undefined : parseJson(text));
    if (!saved.success) return undefined;
    const feeds: Feed[] = [];
    for (const name of saved.data.feeds) {
      const feed = await readFile(join(folder, demandPlainName(name)), "utf8").catch(undefinedIfMissing);
      if (feed === undefined) return undefined;
      feeds.push({ name, text: feed });
    }
    return { catalogRevision: saved.data.catalogRevision, feeds };
  }

  return {
    stageFeeds: (stagingName, feeds) => inTurn(() => stageFeeds(stagingName, feeds)),
    saveFeeds: (catalogRevision, stagingName) => inTurn(() => saveFeeds(catalogRevision, stagingName)),
    quarantine: (catalogRevision, stagingName, reason) =>
      inTurn(() => quarantine(catalogRevision, stagingName, reason)),
    discard: (stagingName) =>
      inTurn(() => rm(join(incomingFolder, demandPlainName(stagingName)), { recursive: true, force: true })),
    discardAll: () => inTurn(() => rm(incomingFolder, { recursive: true, force: true })),
    readFeeds: () => inTurn(readFeeds),
  };
}

/** Feed names come from sources, that is from us; a name with a path in it is a defect and must not be followed. */
function demandPlainName(name: string): string {
  if (/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name) && name !== "incoming" && name !== "quarantine") return name;
  throw new Error(`A feed cannot be kept under the name ${JSON.stringify(name)}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
