import { foldForCollision } from "../domain/path-segment.ts";

interface Taken {
  readonly path: string;
  readonly kind: "file" | "folder";
}

/**
 * Two entries that would be one file on some system, or `null`. Looks at folders too, also at those that are named only
 * as part of a path: `Maps/a` and `maps/b` are two folders on Linux and one on Windows.
 */
export function findCollision(entries: Iterable<Taken>): { readonly first: string; readonly second: string } | null {
  const taken = new Map<string, Taken>();
  const knownFolders = new Set<string>();
  for (const entry of entries) {
    for (let slash = entry.path.indexOf("/"); slash >= 0; slash = entry.path.indexOf("/", slash + 1)) {
      const folder = entry.path.slice(0, slash);
      if (knownFolders.has(folder)) continue;
      const other = take(taken, { path: folder, kind: "folder" });
      if (other !== null) return { first: other, second: folder };
      knownFolders.add(folder);
    }
    const other = take(taken, entry);
    if (other !== null) return { first: other, second: entry.path };
  }
  return null;
}

/** The path that is in the way, or `null`. The same folder may be named as often as the archive likes. */
function take(taken: Map<string, Taken>, wanted: Taken): string | null {
  const key = foldForCollision(wanted.path);
  const other = taken.get(key);
  if (other === undefined) {
    taken.set(key, wanted);
    return null;
  }
  const isSameFolder = other.path === wanted.path && other.kind === "folder" && wanted.kind === "folder";
  return isSameFolder ? null : other.path;
}
