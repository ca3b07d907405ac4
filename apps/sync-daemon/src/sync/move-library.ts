import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure, toFailure } from "../domain/failure.ts";
import { libraryFolders, markerFileName } from "../domain/library-layout.ts";
import { type CopiedFile, checkCopies, copyChanges } from "../library/copy-library.ts";
import { listLibraryTree } from "../library/library-tree.ts";
import {
  checkMoveTarget,
  findExistingFolder,
  forgetMoveTarget,
  isMoveTarget,
  type MoveTarget,
  openMoveTarget,
} from "../library/move-target.ts";
import { checkLibrary, type Library } from "../library/open-library.ts";
import { writeFileAtomic } from "../library/write-file-atomic.ts";
import { requireRoom } from "./disk-room.ts";
import type { SyncParts } from "./parts.ts";

/** How far a move is, or how the last one ended. */
export interface MoveState {
  readonly from: string;
  readonly to: string;
  readonly state: "copying" | "checking" | "done" | "failed";
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly message: string | null;
}

/** Where `library.root` is written down. */
export interface LibraryPlace {
  /** Folders of our own, which no library may lie in. */
  readonly ownFolders: readonly string[];
  /** Throws where the configuration cannot be changed to this root. */
  check(root: string): Promise<void>;
  /** Changes it, on the disk when it resolves. From then on the next start uses the new root. */
  change(root: string): Promise<void>;
}

export interface LibraryMove {
  state(): MoveState | null;
  /** Resolves when the move has begun; it goes on by itself and tells how in `state` and events. */
  start(to: string): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/** Looks at the old library again this often while somebody changes it; then the move is given up. */
const maxRounds = 5;
const betweenEventsMs = 500;

/** Built once. Says at once what a move that was cut off has left. */
export async function createLibraryMove(
  parts: SyncParts,
  { place, signal }: { place: LibraryPlace; signal: AbortSignal },
): Promise<LibraryMove> {
  const { libraries, store, publish } = parts;
  let state: MoveState | null = null;
  let running: Promise<void> = Promise.resolve();
  let toldAtMs = 0;

  function tell(change: Partial<MoveState>): void {
    if (state === null) return;
    const isNews = change.state !== undefined && change.state !== state.state;
    state = { ...state, ...change };
    if (!isNews && parts.now() - toldAtMs < betweenEventsMs) return;
    toldAtMs = parts.now();
    const { state: now, doneBytes, totalBytes, message } = state;
    publish({ type: "library-moved", state: now, doneBytes, totalBytes, message });
  }

  async function move(to: string, isContinued: boolean): Promise<void> {
    const from = libraries.root;
    const letOthersGoOn = await parts.queue.hold(signal);
    try {
      await libraries.hold(async ({ switchTo }) => {
        const old = libraries.ready();
        requireAll(old);
        const ids = old.map(({ id }) => id);
        const target = await openMoveTarget({ from, to, libraryIds: ids, isContinued });
        await copyAll({ old, target, signal, tell });
        for (const library of old) await copyMarker(library, target);
        // From here on the new root counts, whatever happens to us.
        await place.change(to);
        await switchTo(to);
        await target.finish();
      }, signal);
    } finally {
      letOthersGoOn();
    }
    store.sourceState.setLibraryMove(null);
    tell({
      state: "done",
      message: `The libraries are in "${to}" now. The old ones are whole in "${from}"; delete them when you have looked.`,
    });
  }

  const left = store.sourceState.libraryMove();
  if (left !== null && left.from === libraries.root && (await isMoveTarget(left.to, left.from))) {
    state = { ...left, state: "failed", doneBytes: 0, totalBytes: 0, message: describeLeft(left) };
    publish({ type: "library-moved", state: "failed", doneBytes: 0, totalBytes: 0, message: describeLeft(left) });
  } else if (left !== null) {
    if (left.to === libraries.root) await forgetMoveTarget(left.to);
    store.sourceState.setLibraryMove(null);
  }

  return {
    state: () => state,
    idle: () => running,
    async start(to) {
      const from = libraries.root;
      if (state !== null && (state.state === "copying" || state.state === "checking")) {
        if (state.to === to) return;
        throw new Failure("library-moving", `The libraries are moving to "${state.to}" already.`, { path: state.to });
      }
      await libraries.refresh();
      const old = libraries.ready();
      requireAll(old);
      const libraryIds = old.map(({ id }) => id);
      const { isContinued } = await checkMoveTarget({ from, to, libraryIds, ownFolders: place.ownFolders });
      await place.check(to);
      const totalBytes = await demandRoom(parts, { old, to, signal });
      store.sourceState.setLibraryMove({ from, to });
      state = { from, to, state: "copying", doneBytes: 0, totalBytes, message: null };
      publish({ type: "library-moved", state: "copying", doneBytes: 0, totalBytes, message: null });
      running = move(to, isContinued).catch((error) => {
        const failure = toFailure(error);
        // What was begun stays marked, so that the same move can go on.
        tell({ state: "failed", message: `${failure.message} ${describeLeft({ from: libraries.root, to })}` });
      });
    },
  };
}

function describeLeft({ from, to }: { from: string; to: string }): string {
  if (from === to) return `The libraries are in "${to}" now.`;
  return `The libraries stay in use in "${from}", whole. \`asset-sync move "${to}"\` goes on with the move; the unfinished copy there may also be deleted.`;
}

/** One that cannot be read now would be missing in the new root. */
function requireAll(old: readonly Library[]): void {
  const lacking = Object.entries(libraryFolders).find(([assetType]) => !old.some((one) => one.assetType === assetType));
  if (lacking !== undefined) {
    throw new Failure("library-missing", `"${lacking[1]}" cannot be used just now, so the libraries were not moved.`);
  }
}

async function demandRoom(
  parts: SyncParts,
  { old, to, signal }: { old: readonly Library[]; to: string; signal: AbortSignal },
): Promise<number> {
  let totalBytes = 0;
  let neededBytes = 0;
  let files = 0;
  for (const library of old) {
    const there = new Map(
      (await listLibraryTree(join(to, libraryFolders[library.assetType]), signal).catch(() => [])).map((entry) => [
        entry.path,
        entry.bytes,
      ]),
    );
    for (const { path, bytes } of await listLibraryTree(library.folder, signal)) {
      totalBytes += bytes;
      if (there.get(path) === bytes) continue;
      neededBytes += bytes;
      files += 1;
    }
  }
  const needs = [{ folder: await findExistingFolder(to), bytes: neededBytes, files }];
  await requireRoom(parts, { needs, what: "the libraries" });
  return totalBytes;
}

/** Copies until the old libraries have not changed since they were read, and compares every copy with what was read. */
async function copyAll(copying: {
  old: readonly Library[];
  target: MoveTarget;
  signal: AbortSignal;
  tell: (change: Partial<MoveState>) => void;
}): Promise<void> {
  const { old, target, signal, tell } = copying;
  const known = new Map<Library, Map<string, CopiedFile>>(old.map((library) => [library, new Map()]));
  for (let round = 1; ; round += 1) {
    if (round > maxRounds) {
      throw new Failure("library-place-unfit", "Somebody keeps changing files in the libraries; close what uses them.");
    }
    let doneBytes = 0;
    const count = (bytes: number) => {
      doneBytes += bytes;
      tell({ doneBytes });
    };
    const copied: { library: Library; paths: readonly string[] }[] = [];
    for (const library of old) {
      await checkLibrary(library);
      const to = join(target.root, libraryFolders[library.assetType]);
      const files = known.get(library) ?? new Map<string, CopiedFile>();
      const onBytes = round === 1 ? count : () => undefined;
      copied.push({ library, paths: await copyChanges({ from: library.folder, to, target, signal, onBytes }, files) });
    }
    if (round > 1 && copied.every(({ paths }) => paths.length === 0)) return;
    doneBytes = 0;
    if (round === 1) tell({ state: "checking", doneBytes });
    for (const { library, paths } of copied) {
      const to = join(target.root, libraryFolders[library.assetType]);
      await checkCopies(
        { to, signal, onBytes: round === 1 ? count : () => undefined },
        known.get(library) ?? new Map(),
        paths,
      );
    }
  }
}

/** Last, since a library without its marker is none: whoever opens the unfinished copy by mistake is told so. */
async function copyMarker(library: Library, target: MoveTarget): Promise<void> {
  const text = await readFile(join(library.folder, markerFileName), "utf8");
  await writeFileAtomic({ path: join(target.root, libraryFolders[library.assetType], markerFileName), text });
}
