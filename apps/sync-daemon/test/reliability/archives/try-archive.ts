import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { Failure } from "../../../src/domain/failure.ts";
import { extractInProcess } from "../../hostile-archives/extract-in-process.ts";

/** What came of one archive, by the functions that the daemon's own processes call. */
export type Tried =
  | { readonly outcome: "refused"; readonly code: string }
  | { readonly outcome: "used"; readonly files: readonly UsedFile[] }
  | { readonly outcome: "wrong"; readonly what: string };

export interface UsedFile {
  /** As the archive spells it, but for `\`. */
  readonly name: string;
  readonly bytes: number;
  /** Of what is on the disk. */
  readonly crc32: number;
}

const limits = { maxArchiveBytes: 1e8, maxExtractedBytes: 32e6, maxEntries: 20_000 };

/** A place to extract in, deep inside a folder that nothing else may change. */
export interface Surroundings {
  tryArchive(bytes: Buffer): Promise<Tried>;
}

export function createSurroundings(root: string): Surroundings {
  const into = join(root, "around", "a", "b", "target");
  mkdirSync(into, { recursive: true });
  writeFileSync(join(root, "around", "a", "canary"), "untouched");
  const path = join(root, "archive.zip");
  const listOutside = (): string =>
    readdirSync(root, { recursive: true })
      .map(String)
      .filter((name) => !name.startsWith(join("around", "a", "b", "target", "/")))
      .sort()
      .join("\n");
  writeFileSync(path, "");
  const before = listOutside();

  return {
    async tryArchive(bytes) {
      writeFileSync(path, bytes);
      const tried = await extract({ path, into });
      if (tried.outcome === "refused" && readdirSync(into).length > 0) {
        return { outcome: "wrong", what: "left something behind after it was refused" };
      }
      rmSync(into, { recursive: true });
      mkdirSync(into);
      if (listOutside() !== before) return { outcome: "wrong", what: "wrote outside its folder" };
      if (readFileSync(join(root, "around", "a", "canary"), "utf8") !== "untouched") {
        return { outcome: "wrong", what: "changed a file outside its folder" };
      }
      return tried;
    },
  };
}

async function extract({ path, into }: { path: string; into: string }): Promise<Tried> {
  try {
    const { contents, files: written } = await extractInProcess({ path, into, limits });
    const { topFolder } = contents;
    const files = written.map((file) => ({ file, content: readFileSync(join(into, file.path)) }));
    const onDisk = readdirSync(into, { recursive: true, withFileTypes: true }).filter((found) => !found.isDirectory());
    if (onDisk.length !== files.length) return { outcome: "wrong", what: "wrote other files than it says" };
    return {
      outcome: "used",
      files: files.map(({ file, content }) => ({
        name: topFolder === null ? file.path : `${topFolder}/${file.path}`,
        bytes: content.length,
        crc32: crc32(content),
      })),
    };
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith("archive-")) return { outcome: "refused", code: error.code };
    return {
      outcome: "wrong",
      what: `threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    };
  }
}
