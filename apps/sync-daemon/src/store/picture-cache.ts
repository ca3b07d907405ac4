import { createHash, randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { toFailure } from "../domain/failure.ts";
import { type PictureKind, pictureHeadBytes, pictureKindOf } from "../domain/picture-kind.ts";
import { createTurns } from "./turns.ts";

/** A picture as it may be handed on. */
export interface KeptPicture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly kind: PictureKind;
}

/** What became of a wish for a picture: `absent` for a while, or `later`, because it is still on its way. */
export type PictureAnswer = KeptPicture | "absent" | "later";

/**
 * Pictures that were fetched because somebody looked at them. Bounded: the oldest go first. Nothing of it is dear, so
 * nothing is flushed, and a disk in trouble means that there is no picture.
 */
export interface PictureCache {
  /** Never throws. Waits a few seconds at most; what is still on its way then goes on, and is there for the next wish. */
  get(picture: { url: string; revision: string; signal: AbortSignal }): Promise<PictureAnswer>;
  /** Ends what is being fetched. */
  close(): Promise<void>;
}

type FetchPicture = (options: {
  url: string;
  path: string;
  maxPictureBytes: number;
  signal: AbortSignal;
}) => Promise<void>;

/** Policy figures. */
const defaults = {
  maxBytes: 500_000_000,
  maxPictureBytes: 20_000_000,
  /** At once: enough for a fast scroll, few enough not to look like a flood. */
  fetches: 6,
  /** A picture that takes longer is given up. */
  fetchWithinMs: 10_000,
  /** A wish waits no longer than this, so that a slow host does not use up the connections of the API. */
  waitMs: 2_500,
  /** Wishes that wait at once, of the 50 connections there are. */
  waiting: 24,
  /** What could not be had is not asked for again for so long: where the file is to blame, and where the network is. */
  absentMs: 3_600_000,
  troubleMs: 30_000,
  /** Failures of the network in a row after which nothing is asked for a while. */
  troublesInARow: 6,
};
/** Remembered at most; the oldest are forgotten and may be asked for again. */
const rememberedAbsences = 5_000;

/** `monotonicMs` only ever goes forward. */
export function createPictureCache(settings: {
  folder: string;
  fetchPicture: FetchPicture;
  monotonicMs: () => number;
  limits?: Partial<typeof defaults>;
}): PictureCache {
  const { folder, fetchPicture, monotonicMs } = settings;
  const limits = { ...defaults, ...settings.limits };
  const stopping = new AbortController();
  const turns = createTurns(limits.fetches);
  /** What is on the disk, oldest first. */
  let kept: Map<string, number> | null = null;
  let keptBytes = 0;
  const absentUntilMs = new Map<string, number>();
  const fetching = new Map<string, { wishes: number; done: Promise<void> }>();
  let waiting = 0;
  let troubles = 0;
  let troubleUntilMs = 0;

  /** Reads what an earlier run has left, once. */
  let opening: Promise<Map<string, number>> | null = null;
  const openFolder = async (): Promise<Map<string, number>> => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const files: { name: string; bytes: number; atMs: number }[] = [];
    for (const name of await readdir(folder)) {
      if (!/^[0-9a-f]{64}$/.test(name)) {
        await rm(join(folder, name), { recursive: true, force: true });
        continue;
      }
      const stats = await stat(join(folder, name)).catch(() => undefined);
      if (stats?.isFile() === true) files.push({ name, bytes: stats.size, atMs: stats.mtimeMs });
    }
    files.sort((one, other) => one.atMs - other.atMs);
    keptBytes = files.reduce((sum, { bytes }) => sum + bytes, 0);
    kept = new Map(files.map(({ name, bytes }) => [name, bytes]));
    await trim(kept);
    return kept;
  };
  const demandKept = async (): Promise<Map<string, number>> => {
    opening ??= openFolder();
    try {
      return await opening;
    } catch (error) {
      opening = null;
      throw error;
    }
  };

  async function trim(files: Map<string, number>): Promise<void> {
    for (const [name, bytes] of files) {
      if (keptBytes <= limits.maxBytes) return;
      files.delete(name);
      keptBytes -= bytes;
      await rm(join(folder, name), { force: true });
    }
  }

  async function read(name: string): Promise<KeptPicture | undefined> {
    const files = await demandKept();
    if (!files.has(name)) return undefined;
    try {
      const bytes = await readFile(join(folder, name));
      const kind = pictureKindOf(bytes);
      if (kind !== undefined) return { bytes, kind };
    } catch {
      // Somebody cleaned up, which is their right: it is fetched again.
    }
    keptBytes -= files.get(name) ?? 0;
    files.delete(name);
    return undefined;
  }

  function markAbsent(name: string, forMs: number): void {
    absentUntilMs.delete(name);
    absentUntilMs.set(name, monotonicMs() + forMs);
    for (const oldest of absentUntilMs.keys()) {
      if (absentUntilMs.size <= rememberedAbsences) break;
      absentUntilMs.delete(oldest);
    }
  }

  async function fetchInto(name: string, url: string): Promise<void> {
    const files = await demandKept();
    const incoming = join(folder, `incoming-${randomBytes(8).toString("hex")}`);
    try {
      const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(limits.fetchWithinMs)]);
      await fetchPicture({ url, path: incoming, maxPictureBytes: limits.maxPictureBytes, signal });
      troubles = 0;
      const { size } = await stat(incoming);
      if ((await readKind(incoming)) === undefined || size > limits.maxPictureBytes) {
        markAbsent(name, limits.absentMs);
        return;
      }
      await rename(incoming, join(folder, name));
      files.set(name, size);
      keptBytes += size;
      await trim(files);
    } catch (error) {
      if (!stopping.signal.aborted) noteFailure(name, error);
    } finally {
      for (const suffix of ["", ".part", ".part.json"]) await rm(incoming + suffix, { force: true });
    }
  }

  function noteFailure(name: string, error: unknown): void {
    const { code } = toFailure(error);
    const isOfNetwork = code === "provider-unreachable" || code === "download-interrupted" || code === "stopped";
    markAbsent(name, isOfNetwork ? limits.troubleMs : limits.absentMs);
    troubles = isOfNetwork ? troubles + 1 : 0;
    if (troubles >= limits.troublesInARow) troubleUntilMs = monotonicMs() + limits.troubleMs;
  }

  /** Joins the fetch that is under way, or queues one: the latest wish first, since that is what a person looks at now. */
  function demandFetch(name: string, url: string): { wishes: number; done: Promise<void> } {
    const underWay = fetching.get(name);
    if (underWay !== undefined) {
      underWay.wishes += 1;
      return underWay;
    }
    const fetch = { wishes: 1, done: Promise.resolve() };
    fetching.set(name, fetch);
    fetch.done = turns.take(async () => {
      // Whoever wished for it may have scrolled on: nothing is fetched that nobody looks at.
      const isWished = fetch.wishes > 0 && monotonicMs() >= troubleUntilMs && !stopping.signal.aborted;
      try {
        if (isWished) await fetchInto(name, url);
      } catch {
        // The folder cannot be used; then there are no pictures, and the disk's trouble is told elsewhere.
        markAbsent(name, limits.troubleMs);
      } finally {
        fetching.delete(name);
      }
    });
    return fetch;
  }

  return {
    async get({ url, revision, signal }) {
      const name = createHash("sha256").update(`${revision}\n${url}`).digest("hex");
      try {
        const here = await read(name);
        if (here !== undefined) return here;
        const nowMs = monotonicMs();
        if (nowMs < troubleUntilMs || nowMs < (absentUntilMs.get(name) ?? 0)) return "absent";
        if (waiting >= limits.waiting || stopping.signal.aborted) return "later";
        const fetch = demandFetch(name, url);
        waiting += 1;
        try {
          await settledWithin(fetch.done, { ms: limits.waitMs, signal });
        } finally {
          waiting -= 1;
          // One that waited in vain still wants it; one that went away does not.
          if (signal.aborted) fetch.wishes -= 1;
        }
        return (await read(name)) ?? (fetching.has(name) ? "later" : "absent");
      } catch {
        return "absent";
      }
    },
    async close() {
      stopping.abort();
      await Promise.allSettled([...fetching.values()].map(({ done }) => done));
    },
  };
}

async function readKind(path: string): Promise<PictureKind | undefined> {
  const handle = await open(path, "r");
  try {
    const head = new Uint8Array(pictureHeadBytes);
    const { bytesRead } = await handle.read(head, 0, pictureHeadBytes, 0);
    return pictureKindOf(head.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Resolves when `work` has ended, when the time is up, or when nobody waits any more. */
async function settledWithin(work: Promise<void>, { ms, signal }: { ms: number; signal: AbortSignal }): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  try {
    await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    resolve();
  }
}
