import type { World } from "./current-world.ts";
import { real } from "./real-calls.ts";

type Later = <T>(call: { name: string; isChange: boolean; tear?: () => void }, act: () => T) => Promise<T>;

/** What `open` of node:fs/promises gives in the simulation: the calls of a FileHandle that the engine uses. */
export class InjectedHandle {
  readonly fd: number;
  readonly #world: World;
  readonly #later: Later;
  #isClosed = false;

  constructor(opened: { fd: number; world: World; later: Later }) {
    this.fd = opened.fd;
    this.#world = opened.world;
    this.#later = opened.later;
  }

  read(buffer: Buffer, offset: number, length: number, position: number | null = null) {
    return this.#later({ name: "read", isChange: false }, () => ({
      bytesRead: real.readSync(this.fd, buffer, offset, length, position),
      buffer,
    }));
  }

  readFile(encoding?: BufferEncoding) {
    return this.#later({ name: "read", isChange: false }, () => {
      const bytes = real.readFileSync(this.fd);
      return encoding === undefined ? bytes : bytes.toString(encoding);
    });
  }

  write(buffer: Buffer, offset = 0, length = buffer.length - offset, position: number | null = null) {
    const part = Math.floor(length / 2);
    const tear = () => void real.writeSync(this.fd, buffer, offset, part, position);
    return this.#later({ name: "write", isChange: true, tear }, () => {
      noteUnflushed(this.#world, this.fd);
      return { bytesWritten: real.writeSync(this.fd, buffer, offset, length, position), buffer };
    });
  }

  async writeFile(data: string | Uint8Array) {
    const bytes = Buffer.from(data as Uint8Array);
    await this.write(bytes, 0, bytes.length);
  }

  sync() {
    return this.#later({ name: "fsync", isChange: true }, () => noteFlushed(this.#world, this.fd));
  }

  datasync() {
    return this.sync();
  }

  truncate(length = 0) {
    return this.#later({ name: "truncate", isChange: true }, () => real.ftruncateSync(this.fd, length));
  }

  stat(options?: { bigint?: boolean }) {
    return this.#later({ name: "stat", isChange: false }, () => real.fstatSync(this.fd, options as object));
  }

  chmod(mode: number) {
    return this.#later({ name: "chmod", isChange: true }, () => real.fchmodSync(this.fd, mode));
  }

  utimes(accessed: Date, modified: Date) {
    return this.#later({ name: "utimes", isChange: true }, () => real.futimesSync(this.fd, accessed, modified));
  }

  /** Always succeeds: a descriptor that stays open would be the simulation's leak. */
  async close() {
    if (this.#isClosed || this.#world.gate.isDead) return;
    this.#isClosed = true;
    await this.#later({ name: "close", isChange: false }, () => closeFile(this.#world, this.fd));
  }

  [Symbol.asyncDispose]() {
    return this.close();
  }
}

export function closeFile(world: World, fd: number): void {
  world.openFiles.delete(fd);
  real.closeSync(fd);
}

export function noteUnflushed(world: World, fd: number): void {
  world.unflushed.add(real.fstatSync(fd).ino);
}

export function noteFlushed(world: World, fd: number): void {
  world.unflushed.delete(real.fstatSync(fd).ino);
}
