import { basename, dirname, join } from "node:path";
import type { World } from "./current-world.ts";
import { type SeenAsset, seeLibrary } from "./library-view.ts";
import { real } from "./real-calls.ts";
import { listFiles } from "./world.ts";

/** A person at work in the libraries, with a hand for everything that tools must not break. */
export interface Person {
  /** Does something, if there is anything to do it to. Returns what. */
  act(): string | null;
  /** Lets go of what is open. */
  close(): void;
  /** Everything a person has written and not thrown away: each text must be somewhere in the library. */
  readonly works: ReadonlySet<string>;
  /** Everything a person ever wrote. */
  readonly everWritten: ReadonlySet<string>;
  /** Per product, what was done to its asset. */
  readonly deeds: ReadonlyMap<number, ReadonlySet<string>>;
  /** Lines of a person's in the catalog files, by library folder. */
  readonly catalogLines: ReadonlyMap<string, readonly string[]>;
}

type Deed = (asset: SeenAsset) => void;

export function createPerson(world: World): Person {
  const { random, root, trace } = world;
  const libraryRoot = join(root, "library");
  const works = new Set<string>();
  const everWritten = new Set<string>();
  const deeds = new Map<number, Set<string>>();
  const catalogLines = new Map<string, string[]>();
  let count = 0;
  /** A file that some program of the person's has open, wherever it is moved to. */
  let held: number | null = null;

  function newWork(): string {
    count += 1;
    const text = `a person's work ${count} ${"x".repeat(count % 7)}`;
    works.add(text);
    everWritten.add(text);
    return text;
  }

  /** What a person throws away is no loss, unless another copy of it exists. */
  function throwAway(paths: readonly string[]): void {
    const gone = paths.map((path) => real.readFileSync(path, "utf8")).filter((text) => works.has(text));
    for (const path of paths) real.rmSync(path, { force: true });
    for (const text of gone) works.delete(text);
  }

  function pickFile({ folder, manifest }: SeenAsset): string | null {
    const there = manifest.files.map(({ path }) => join(folder, path)).filter((path) => real.existsSync(path));
    return there.length === 0 ? null : random.pick(there);
  }

  /** Overwriting one's own work is throwing the older away. */
  function write(path: string, text: string): void {
    if (real.existsSync(path)) works.delete(real.readFileSync(path, "utf8"));
    real.writeFileSync(path, text);
  }

  const assetDeeds: Record<string, Deed> = {
    edits(asset) {
      const path = pickFile(asset);
      if (path !== null) write(path, newWork());
    },
    "saves over"(asset) {
      // As most programs save: a new file in the place of the old one.
      const path = pickFile(asset);
      if (path === null) return;
      const text = newWork();
      works.delete(real.readFileSync(path, "utf8"));
      real.writeFileSync(`${path}~new`, text);
      real.renameSync(`${path}~new`, path);
    },
    adds({ folder }) {
      const path = join(folder, random.pick(["mine.txt", "textures/mine.png", "notes-3.txt"]));
      real.mkdirSync(dirname(path), { recursive: true });
      write(path, newWork());
    },
    "deletes a file of"(asset) {
      const path = pickFile(asset);
      if (path !== null) throwAway([path]);
    },
    removes({ folder }) {
      throwAway(listFiles(folder));
      real.rmSync(folder, { recursive: true });
    },
    moves({ folder }) {
      const to = join(dirname(folder), `My_${count}_${basename(folder)}`);
      count += 1;
      if (!real.existsSync(to)) real.renameSync(folder, to);
    },
    "keeps open"(asset) {
      const path = pickFile(asset);
      if (path === null) return;
      if (held !== null) real.closeSync(held);
      held = real.openSync(path, "r+");
    },
    "changes the mode of"(asset) {
      const path = pickFile(asset);
      if (path !== null) real.chmodSync(path, random.pick([0o444, 0o600, 0o755]));
    },
    "puts a link in place of"({ folder }) {
      const to = join(dirname(folder), `Real_${count}_${basename(folder)}`);
      count += 1;
      if (real.existsSync(to)) return;
      real.renameSync(folder, to);
      real.symlinkSync(join(root, "canary"), folder);
    },
  };

  /** Saves into the open file, as programs do that never let go of it. */
  function writeHeld(): string | null {
    if (held === null) return null;
    works.delete(real.readFileSync(`/proc/self/fd/${held}`, "utf8"));
    const text = newWork();
    real.ftruncateSync(held, 0);
    real.writeSync(held, text, 0);
    // One that is in no folder any more was deleted before it was written to.
    if (real.fstatSync(held).nlink === 0) works.delete(text);
    else for (const { manifest } of seeLibrary(libraryRoot).assets) note(manifest.productId, "edits");
    return "saves a file that was open";
  }

  function note(productId: number, deed: string): void {
    deeds.set(productId, (deeds.get(productId) ?? new Set()).add(deed));
  }

  function addCatalog(): string | null {
    const folder = join(libraryRoot, random.pick(["iMeshh-Models", "iMeshh-Materials"]));
    const path = join(folder, "blender_assets.cats.txt");
    if (!real.existsSync(path)) return null;
    count += 1;
    const line = `99999999-0000-4000-8000-${String(count).padStart(12, "0")}:Mine/Number${count}:Mine-${count}`;
    const text = real.readFileSync(path, "utf8");
    real.writeFileSync(`${path}~new`, `${text}${text.endsWith("\n") ? "" : "\n"}${line}\n`);
    real.renameSync(`${path}~new`, path);
    catalogLines.set(basename(folder), [...(catalogLines.get(basename(folder)) ?? []), line]);
    return `adds a catalog to ${basename(folder)}`;
  }

  function takeFolder(): string | null {
    const parent = join(libraryRoot, random.pick(["iMeshh-Models", "iMeshh-Materials"]), "Decor", "Vases");
    const folder = join(parent, `Thing_${1 + random.below(3)}`);
    if (!real.existsSync(libraryRoot) || real.existsSync(folder)) return null;
    real.mkdirSync(folder, { recursive: true });
    write(join(folder, "own.txt"), newWork());
    return `makes an own folder ${basename(folder)}`;
  }

  function touchAsset(): string | null {
    const { assets } = seeLibrary(libraryRoot);
    if (assets.length === 0) return null;
    const asset = random.pick(assets);
    const { productId } = asset.manifest;
    const name = random.pick(Object.keys(assetDeeds));
    assetDeeds[name]?.(asset);
    note(productId, name);
    return `${name} ${productId}`;
  }

  return {
    works,
    everWritten,
    deeds,
    catalogLines,
    close() {
      if (held !== null) real.closeSync(held);
      held = null;
    },
    act() {
      const done = random.chance(0.15)
        ? writeHeld()
        : random.chance(0.2)
          ? addCatalog()
          : random.chance(0.06)
            ? takeFolder()
            : touchAsset();
      if (done !== null) trace.add(`person ${done}`);
      return done;
    },
  };
}
