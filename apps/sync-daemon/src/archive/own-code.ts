import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Failure } from "../domain/failure.ts";

/**
 * What the process that unpacks must be allowed to read to run at all: as it is published, the one file that it is; from
 * source this folder, `domain/`, and the zip reader.
 */
export function listOwnCode(program: string): string[] {
  if (program.endsWith(".js")) return [program];
  const yauzl = findPackage(import.meta.url, "yauzl");
  const pend = findPackage(join(realpathSync(yauzl), "index.js"), "pend");
  const folders = [".", "../domain"].map((folder) => fileURLToPath(new URL(`${folder}/`, import.meta.url)));
  const packages = [yauzl, pend].flatMap((found) => [found, realpathSync(found), ...listLinks(found)]);
  return [...new Set([...folders, ...packages])];
}

/** Where Node finds the package that `importer` means; may be a link, as with pnpm. */
function findPackage(importer: string, name: string): string {
  const candidates = (createRequire(importer).resolve.paths(name) ?? []).map((folder) => join(folder, name));
  const found = candidates.find((folder) => existsSync(folder));
  if (found === undefined)
    throw new Failure("unexpected", `The package "${name}" is not installed beside this program.`);
  return found;
}

/** Each link that Node follows on its way to `path`: it needs the permission for each of them, under the name it meets. */
function listLinks(path: string): string[] {
  const links: string[] = [];
  let pending = path;
  for (;;) {
    const link = listAncestors(pending).find((ancestor) => lstatSync(ancestor).isSymbolicLink());
    if (link === undefined) return links;
    links.push(link);
    pending = join(resolve(dirname(link), readlinkSync(link)), relative(link, pending));
  }
}

/** `path` and the folders above it, the topmost first. */
function listAncestors(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [path] : [...listAncestors(parent), path];
}
