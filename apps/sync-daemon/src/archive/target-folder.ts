import { statSync } from "node:fs";
import process from "node:process";
import { Failure } from "../domain/failure.ts";

/** Which folder it is, whatever its path: device and inode. */
export interface FolderIdentity {
  readonly device: bigint;
  readonly inode: bigint;
}

/** A folder that is written into. */
export interface TargetFolder {
  /**
   * What a system call made right now must use for `path` (relative, with `/`; empty for the folder itself). Throws
   * `library-unsafe-path` if a link on the way leads somewhere else.
   */
  reach(path: string): string;
}

function identityOf(path: string): FolderIdentity {
  const { dev, ino } = statSync(path, { bigint: true });
  return { device: dev, inode: ino };
}

const isSame = (one: FolderIdentity, other: FolderIdentity): boolean =>
  one.device === other.device && one.inode === other.inode;

/**
 * Takes the working folder of this process as the target, and goes into the folders below it: what it returns is a bare
 * name. A working folder stays the same folder when somebody renames it or puts a link in its place, so what is written
 * by a bare name cannot land anywhere else. Throws `library-unsafe-path` unless the working folder is `expected`.
 */
export function enterTargetFolder(expected: FolderIdentity): TargetFolder {
  const root = process.cwd();
  let current: string | undefined;

  const leadElsewhere = (folder: string): Failure =>
    new Failure(
      "library-unsafe-path",
      `"${folder === "" ? root : `${root}/${folder}`}" was exchanged while it was written into; nothing was written through it.`,
      { path: root },
    );
  const enterRoot = (): void => {
    process.chdir(root);
    current = "";
    if (!isSame(identityOf("."), expected)) throw leadElsewhere("");
  };
  enterRoot();

  const enter = (folder: string): void => {
    if (folder === current) return;
    enterRoot();
    if (folder === "") return;
    let parent = expected;
    for (const segment of folder.split("/")) {
      current = undefined;
      process.chdir(segment);
      // Behind a link the parent is another folder.
      if (!isSame(identityOf(".."), parent)) throw leadElsewhere(folder);
      parent = identityOf(".");
    }
    current = folder;
  };

  return {
    reach(path) {
      const slash = path.lastIndexOf("/");
      enter(slash < 0 ? "" : path.slice(0, slash));
      return path === "" ? "." : path.slice(slash + 1);
    },
  };
}
