import fs, { type PathLike } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { currentWorld, placeOf, type World } from "./current-world.ts";
import { closeFile, InjectedHandle, noteFlushed, noteUnflushed } from "./injected-handle.ts";
import { isOwnCall, real } from "./real-calls.ts";

// Replaces the file functions of Node itself, for paths below the root of the current world, so that the product needs no
// switch for it. Imported before the product: some of it takes `fsync` away at once (promisify).

const { constants } = fs;

interface Place {
  readonly world: World;
  readonly path: string;
}

function place(path: unknown): Place | null {
  const world = isOwnCall() ? null : currentWorld();
  if (world === null || typeof path !== "string") return null;
  const below = placeOf(world, path);
  return below === null ? null : { world, path: below };
}

function placeOfFile(fd: unknown): Place | null {
  const world = isOwnCall() ? null : currentWorld();
  const path = world === null || typeof fd !== "number" ? undefined : world.openFiles.get(fd);
  return world === null || path === undefined ? null : { world, path: path.slice(world.root.length + 1) };
}

interface Doing {
  readonly name: string;
  readonly isChange: boolean;
  readonly tear?: (() => void) | undefined;
}

/** In its turn, as a promise; a dead process hears no answer. */
function later<T>({ world, path }: Place, doing: Doing, act: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    if (world.gate.isDead) return;
    world.scheduler.add(() => {
      try {
        resolve(world.gate.perform({ ...doing, path }, act));
      } catch (error) {
        if (!world.gate.isDead) reject(error);
      }
    });
  });
}

function now<T>({ world, path }: Place, doing: Doing, act: () => T): T {
  return world.gate.perform({ ...doing, path }, act);
}

function creates(flags: unknown): boolean {
  return typeof flags === "number"
    ? (flags & constants.O_CREAT) !== 0
    : typeof flags === "string" && flags !== "r" && flags !== "r+";
}

function openAt(world: World, path: string, flags: string | number | undefined, mode: number | undefined): number {
  const fd = real.openSync(path, flags ?? "r", mode);
  world.openFiles.set(fd, join(world.root, placeOf(world, path) ?? ""));
  return fd;
}

const look = (name: string): Doing => ({ name, isChange: false });
const change = (name: string): Doing => ({ name, isChange: true });

type Anything = (...parameters: never[]) => unknown;
const files = fs as unknown as Record<string, Anything>;
const promised = fs.promises as unknown as Record<string, Anything>;

/** A function of one path that has a synchronous twin, in both its forms. */
function replace(name: string, doing: Doing): void {
  const act = (real as unknown as Record<string, (...parameters: unknown[]) => unknown>)[`${name}Sync`];
  const original = promised[name] as unknown as (...parameters: unknown[]) => unknown;
  if (act === undefined) throw new Error(`Node has no ${name}Sync.`);
  const plain = act;
  promised[name] = ((path: unknown, ...rest: unknown[]) => {
    const at = place(path);
    return at === null ? original(path, ...rest) : later(at, doing, () => plain(path, ...rest));
  }) as Anything;
  if (!doing.isChange) return;
  files[`${name}Sync`] = ((path: unknown, ...rest: unknown[]) => {
    const at = place(path);
    return at === null ? plain(path, ...rest) : now(at, doing, () => plain(path, ...rest));
  }) as Anything;
}

for (const name of ["stat", "lstat", "realpath", "readFile"])
  replace(name, look(name === "readFile" ? "read" : "stat"));
for (const name of ["mkdir", "rmdir", "unlink", "chmod", "truncate"]) replace(name, change(name));

function replaceRename(): void {
  const original = promised.rename as unknown as (...parameters: unknown[]) => unknown;
  const both = (from: string, to: string): Place | null => {
    const [source, target] = [place(from), place(to)];
    return source === null ? null : { world: source.world, path: `${source.path} > ${target?.path ?? to}` };
  };
  promised.rename = ((from: string, to: string) => {
    const at = both(from, to);
    return at === null ? original(from, to) : later(at, change("rename"), () => real.renameSync(from, to));
  }) as Anything;
  files.renameSync = ((from: string, to: string) => {
    const at = both(from, to);
    return at === null ? real.renameSync(from, to) : now(at, change("rename"), () => real.renameSync(from, to));
  }) as Anything;
}

function replaceReaddir(): void {
  const original = promised.readdir as unknown as (...parameters: unknown[]) => unknown;
  const nameOf = (entry: unknown) => (typeof entry === "string" ? entry : (entry as { name: string }).name);
  promised.readdir = ((path: string, options?: object) => {
    const at = place(path);
    if (at === null) return original(path, options);
    return later(at, look("readdir"), () =>
      (real.readdirSync(path, options as never) as unknown[]).sort((one, other) =>
        nameOf(one) < nameOf(other) ? -1 : 1,
      ),
    );
  }) as Anything;
}

function replaceCopyFile(): void {
  const original = promised.copyFile as unknown as (...parameters: unknown[]) => unknown;
  promised.copyFile = ((from: string, to: string, mode?: number) => {
    const at = place(to);
    if (at === null) return original(from, to, mode);
    const tear = () => real.writeFileSync(to, real.readFileSync(from).subarray(0, 1));
    return later(at, { name: "copy", isChange: true, tear }, () => {
      real.copyFileSync(from, to, mode);
      at.world.unflushed.add(real.statSync(to).ino);
    });
  }) as Anything;
}

/** One removal is one crash point, however deep the tree is. */
function replaceRm(): void {
  const original = promised.rm as unknown as (...parameters: unknown[]) => unknown;
  async function remove(at: Place, path: string, options: { recursive?: boolean; force?: boolean }): Promise<void> {
    const stats = await later(at, look("stat"), () => real.lstatSync(path, { throwIfNoEntry: false }));
    if (stats === undefined && options.force === true) return;
    if (stats?.isDirectory() !== true || options.recursive !== true) {
      await later(at, change("unlink"), () => real.unlinkSync(path));
      return;
    }
    for (const name of await later(at, look("readdir"), () => real.readdirSync(path).sort())) {
      const inner = place(`${path}/${name}`);
      if (inner !== null) await remove(inner, `${path}/${name}`, options);
    }
    await later(at, change("rmdir"), () => real.rmdirSync(path));
  }
  promised.rm = ((path: string, options: object = {}) => {
    const at = place(path);
    return at === null ? original(path, options) : remove(at, path, options);
  }) as Anything;
  files.rmSync = ((path: string, options: { recursive?: boolean; force?: boolean } = {}) => {
    const at = place(path);
    return at === null ? real.rmSync(path, options) : now(at, change("unlink"), () => real.rmSync(path, options));
  }) as Anything;
}

function replaceOpen(): void {
  const original = promised.open as unknown as (...parameters: unknown[]) => unknown;
  promised.open = ((path: string, flags?: string | number, mode?: number) => {
    const at = place(path);
    if (at === null) return original(path, flags, mode);
    const { world } = at;
    const doing = creates(flags) ? change("create") : look("open");
    return later(at, doing, () => {
      const fd = openAt(world, path, flags, mode);
      return new InjectedHandle({
        fd,
        world,
        later: (what, act) => later({ world, path: placeOfFile(fd)?.path ?? at.path }, what, act),
      });
    });
  }) as Anything;
  files.openSync = ((path: PathLike, flags?: string | number, mode?: number) => {
    const at = place(path);
    if (at === null) return real.openSync(path, flags ?? "r", mode);
    return now(at, creates(flags) ? change("create") : look("open"), () => openAt(at.world, String(path), flags, mode));
  }) as Anything;
  files.closeSync = ((fd: number) => {
    const at = placeOfFile(fd);
    if (at === null) real.closeSync(fd);
    // A process that is dead closes nothing twice: its files were closed with it.
    else if (!at.world.gate.isDead) closeFile(at.world, fd);
  }) as Anything;
}

function replaceWrites(): void {
  files.writeSync = ((fd: number, data: Buffer | string, ...rest: never[]) => {
    const at = placeOfFile(fd);
    const write = () => (real.writeSync as unknown as (...parameters: unknown[]) => number)(fd, data, ...rest);
    if (at === null) return write();
    const half = Buffer.from(data as Buffer).subarray(0, Math.floor(data.length / 2));
    const tear = () => void real.writeSync(fd, half);
    return now(at, { name: "write", isChange: true, tear }, () => {
      noteUnflushed(at.world, fd);
      return write();
    });
  }) as Anything;
  files.writeFileSync = ((file: number | string, data: string, options?: never) => {
    const at = typeof file === "number" ? placeOfFile(file) : place(file);
    if (at === null) return real.writeFileSync(file, data, options);
    const tear = () => real.writeFileSync(file, data.slice(0, Math.floor(data.length / 2)));
    return now(at, { name: "write", isChange: true, tear }, () => {
      real.writeFileSync(file, data, options);
      if (typeof file === "number") noteUnflushed(at.world, file);
    });
  }) as Anything;
  files.ftruncateSync = ((fd: number, length: number) => {
    const at = placeOfFile(fd);
    return at === null
      ? real.ftruncateSync(fd, length)
      : now(at, change("truncate"), () => real.ftruncateSync(fd, length));
  }) as Anything;
  files.fsyncSync = ((fd: number) => {
    const at = placeOfFile(fd);
    return at === null ? real.fsyncSync(fd) : now(at, change("fsync"), () => noteFlushed(at.world, fd));
  }) as Anything;
  const originalFsync = real.fsync;
  files.fsync = ((fd: number, done: (error: Error | null) => void) => {
    const at = placeOfFile(fd);
    if (at === null) return originalFsync(fd, done);
    return later(at, change("fsync"), () => noteFlushed(at.world, fd)).then(() => done(null), done);
  }) as Anything;
  const originalWriteFile = promised.writeFile as unknown as (...parameters: unknown[]) => unknown;
  promised.writeFile = ((file: unknown, data: string, ...rest: unknown[]) =>
    file instanceof InjectedHandle ? file.writeFile(data) : originalWriteFile(file, data, ...rest)) as Anything;
}

function replaceStatfs(): void {
  const original = promised.statfs as unknown as (...parameters: unknown[]) => unknown;
  promised.statfs = ((path: string) => {
    const at = place(path);
    return at === null ? original(path) : later(at, look("statfs"), () => ({ bavail: at.world.freeBytes, bsize: 1 }));
  }) as Anything;
}

replaceRename();
replaceReaddir();
replaceCopyFile();
replaceRm();
replaceOpen();
replaceWrites();
replaceStatfs();
syncBuiltinESMExports();
