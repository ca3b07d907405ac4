import { Failure } from "../domain/failure.ts";
import {
  addMissingParents,
  type Catalog,
  formatCatalogFile,
  listParentPaths,
  parseCatalogFile,
} from "./catalog-file.ts";
import { nilCatalogId } from "./catalog-id.ts";
import { decodeCatalogText } from "./catalog-text.ts";

/** Something a person did to the catalogs that was kept although the shop serves otherwise. */
export interface KeptChoice {
  readonly id: string;
  /** Where it is now, or was. */
  readonly path: string;
  readonly choice: "added" | "changed" | "deleted" | "still-used";
}

export interface MergedCatalogFile {
  /** What should be on disk (see `encodeCatalogText`); the text of `ours` where `changed` is false. */
  readonly text: string;
  /** Is there anything to write? */
  readonly changed: boolean;
  readonly kept: readonly KeptChoice[];
  /** Why the file was left alone; one sentence. */
  readonly problem: string | null;
  /** Why Blender ignored the file until now; one sentence. */
  readonly mended: string | null;
}

/** A file that lost at least this many served catalogs, all of them, was overwritten by somebody, not edited. Policy figure. */
const minLostCatalogs = 5;

const controlCharacter = /[\u0000-\u001f\u007f]/;

type Content = string | Uint8Array;
type CatalogsById = ReadonlyMap<string, Catalog>;

function toMap(catalogs: readonly Catalog[]): CatalogsById {
  return new Map(catalogs.map((catalog) => [catalog.id, catalog]));
}

/**
 * The catalogs of a file as the shop served it, with all parents. Lines that Blender would skip are skipped, and those
 * no shop means (control characters, the nil id). Throws `feed-unreadable` where it is no catalog file of version 1.
 */
export function readServedCatalogs(content: Content, scope: string): Catalog[] {
  const file = parseCatalogFile(content);
  if (file.refusal === "version-missing" || file.refusal === "version-unknown") {
    const why = file.refusal === "version-missing" ? "it has no VERSION 1 line" : (file.problems[0]?.message ?? "");
    throw new Failure(
      "feed-unreadable",
      `The shop's catalog file for ${scope} cannot be read: ${why.replace(/\.$/, "")}.`,
    );
  }
  const usable = file.catalogs.filter(
    ({ id, path, simpleName }) =>
      id !== nilCatalogId && !controlCharacter.test(path) && !controlCharacter.test(simpleName),
  );
  return addMissingParents({ catalogs: usable, scope });
}

function isSame(one: Catalog, other: Catalog): boolean {
  return one.path === other.path && one.simpleName === other.simpleName;
}

/** Field by field: what the person changed stays, what only the shop changed arrives. */
function mergeOne(base: Catalog | undefined, ours: Catalog, theirs: Catalog): Catalog {
  if (base === undefined) return ours;
  return {
    id: ours.id,
    path: ours.path === base.path ? theirs.path : ours.path,
    simpleName: ours.simpleName === base.simpleName ? theirs.simpleName : ours.simpleName,
  };
}

interface Sides {
  readonly base: CatalogsById;
  readonly ours: CatalogsById;
  readonly theirs: CatalogsById;
}

interface Merged {
  readonly merged: ReadonlyMap<string, Catalog>;
  readonly kept: readonly KeptChoice[];
}

function mergeCatalogs({ base, ours, theirs }: Sides, options: { respectDeletions: boolean }): Merged {
  const merged = new Map<string, Catalog>();
  const kept: KeptChoice[] = [];
  const personal: Catalog[] = [];
  const withdrawn: Catalog[] = [];

  for (const mine of ours.values()) {
    const before = base.get(mine.id);
    const served = theirs.get(mine.id);
    if (served === undefined && before !== undefined && isSame(mine, before)) {
      withdrawn.push(mine);
      continue;
    }
    const result = served === undefined ? mine : mergeOne(before, mine, served);
    merged.set(mine.id, result);
    if (served !== undefined && isSame(result, served)) continue;
    // Where it ends up counts: parents it is moved away from are no longer used.
    personal.push(result);
    const isOwn = served === undefined && before === undefined;
    kept.push({ id: mine.id, path: result.path, choice: isOwn ? "added" : "changed" });
  }
  for (const served of theirs.values()) {
    if (ours.has(served.id)) continue;
    const before = base.get(served.id);
    if (options.respectDeletions && before !== undefined && isSame(before, served))
      kept.push({ id: served.id, path: served.path, choice: "deleted" });
    else merged.set(served.id, served);
  }
  const usedParents = new Set(personal.flatMap(({ path }) => listParentPaths(path)));
  for (const catalog of withdrawn) {
    if (!usedParents.has(catalog.path)) continue;
    merged.set(catalog.id, catalog);
    kept.push({ id: catalog.id, path: catalog.path, choice: "still-used" });
  }
  return { merged, kept };
}

/** Did somebody overwrite the file, rather than delete each of the catalogs that are still served by choice? */
function isLost({ base, ours, theirs }: Sides): boolean {
  const stillServed = [...base.keys()].filter((id) => theirs.has(id));
  if (stillServed.some((id) => ours.has(id))) return false;
  return ours.size === 0 || stillServed.length >= minLostCatalogs;
}

/** `mergeCatalogs`, where nothing counts as deleted in a file that was lost or would end up empty. */
function mergeUnlessLost(sides: Sides): Merged {
  const merged = mergeCatalogs(sides, { respectDeletions: !isLost(sides) });
  return merged.merged.size > 0 ? merged : mergeCatalogs(sides, { respectDeletions: false });
}

function isSameSet(one: CatalogsById, other: CatalogsById): boolean {
  if (one.size !== other.size) return false;
  for (const catalog of one.values()) {
    const counterpart = other.get(catalog.id);
    if (counterpart === undefined || !isSame(catalog, counterpart)) return false;
  }
  return true;
}

/**
 * Joins three states of one catalog file, by catalog id: `base` as last served, `ours` on disk, `theirs` newly served.
 *
 * - Only in ours: a person's. Stays.
 * - In all three: path and simple name each come from the person if the person changed them, else from the shop.
 * - Served twice but not in ours: a person deleted it. Stays deleted until the shop changes it, or something lies below
 *   its path (each parent must be explicit).
 * - No longer served: removed only if the person did not touch it and nothing of the person's lies below.
 * - Without `base` (first contact, or lost state) a difference is taken as the person's choice, and everything served
 *   that is missing arrives.
 * - `ours` is null: theirs, with parents. Ours holds no catalog (or none would be left), or lost all of at least five
 *   served ones at once (overwritten by another program or after Blender ignored it): nothing counts as deleted.
 * - Ours is not `VERSION 1` (a newer Blender), or is no catalog file: hands off. Ours is ignored by Blender for a byte
 *   order mark or a missing version line: its lines count as the person's and it is written so that Blender reads it.
 *
 * A file that already holds the right catalogs is left as it is, whatever its comments and order: Blender rewrites it
 * with its own, and nobody should fight. Comments and unreadable lines, which Blender drops at its next save, are kept
 * until then. Merging the result again changes nothing. Throws `feed-unreadable` if `theirs` is no catalog file.
 */
export function mergeCatalogFiles(sides: {
  base: Content | null;
  ours: Content | null;
  theirs: Content;
  /** Names the kind of library, for ids of parents: the same on every machine. */
  scope: string;
}): MergedCatalogFile {
  const { scope } = sides;
  const served = readServedCatalogs(sides.theirs, scope);
  const theirs = toMap(served);
  if (sides.ours === null) {
    return {
      text: formatCatalogFile({ catalogs: served, scope }),
      changed: true,
      kept: [],
      problem: null,
      mended: null,
    };
  }
  const file = parseCatalogFile(sides.ours);
  const oursText = decodeCatalogText(sides.ours).text;
  const leaveAlone = (problem: string): MergedCatalogFile => ({
    text: oursText,
    changed: false,
    kept: [],
    problem,
    mended: null,
  });
  if (file.refusal === "version-unknown") {
    return leaveAlone(`The catalog file was left alone: ${file.problems[0]?.message ?? "its version is not 1."}`);
  }
  if (file.refusal === "version-missing" && file.catalogs.length === 0 && file.problems.length > 0) {
    return leaveAlone("The catalog file was left alone: it is no catalog file. Remove it to get the shop's catalogs.");
  }

  const ours = toMap(file.catalogs);
  const base = sides.base === null ? new Map<string, Catalog>() : readBase(sides.base, scope);
  const { merged, kept } = mergeUnlessLost({ base, ours, theirs });
  const complete = addMissingParents({ catalogs: [...merged.values()], scope, preferred: served });

  if (file.refusal === null && file.duplicates === 0 && isSameSet(toMap(complete), ours)) {
    return { text: oursText, changed: false, kept, problem: null, mended: null };
  }
  const text = formatCatalogFile({ catalogs: complete, scope, header: file.header, keptLines: file.keptLines });
  return { text, changed: true, kept, problem: null, mended: describeRefusal(file.refusal) };
}

// A base that cannot be read any more is as good as none.
function readBase(content: Content, scope: string): CatalogsById {
  try {
    return toMap(readServedCatalogs(content, scope));
  } catch (error) {
    if (error instanceof Failure && error.code === "feed-unreadable") return new Map();
    throw error;
  }
}

function describeRefusal(refusal: string | null): string | null {
  if (refusal === null) return null;
  const cause = refusal === "version-missing" ? "a missing VERSION 1 line" : "a byte order mark";
  return `Blender ignored the catalog file for ${cause}; it was written again so that Blender reads it.`;
}
