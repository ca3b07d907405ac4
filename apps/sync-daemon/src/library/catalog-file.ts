import { createCatalogId, parseCatalogId } from "./catalog-id.ts";
import { decodeCatalogText } from "./catalog-text.ts";

/** One of Blender's catalogs: a folder in the Asset Browser's tree. Assets name it by `id`. */
export interface Catalog {
  readonly id: string;
  /** Cleaned, parts joined by `/`, never empty. */
  readonly path: string;
  readonly simpleName: string;
}

/** Why Blender ignores a whole file. It then shows no catalogs, and its next save overwrites the file. */
export type CatalogFileRefusal = "byte-order-mark" | "utf-16" | "version-missing" | "version-unknown";

export interface CatalogFileProblem {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

/** A line that is no catalog. Blender drops these when it saves; we keep them. */
export interface KeptLine {
  readonly text: string;
  /** The catalog that a comment stands directly above; null: kept at the end. */
  readonly aboveId: string | null;
}

export interface CatalogFile {
  /** Set: Blender holds none of `catalogs`, which are then what a person meant. Null: it holds exactly these. */
  readonly refusal: CatalogFileRefusal | null;
  /** In the file's order. Of several lines with one id the first counts, as when Blender loads the file. */
  readonly catalogs: readonly Catalog[];
  /** Lines that give an id a second time: Blender takes the first on load and the last on its next save. */
  readonly duplicates: number;
  readonly problems: readonly CatalogFileProblem[];
  /** Comment lines above the version. */
  readonly header: readonly string[];
  readonly keptLines: readonly KeptLine[];
}

/** Blender has no limits here. Without ours one line of a hostile file would name millions of parents. */
const maxPathDepth = 64;
const maxPathLength = 4096;

const keptPrefix = "# kept, not a catalog: ";
const defaultHeader = [
  "# Blender asset catalogs. The shop's are kept current by asset-sync; your own are left as they are.",
];

/** Trims what Blender trims, no other white space. */
function trim(text: string): string {
  return text.replace(/^[ \t\r\n]+/, "").replace(/[ \t\r\n]+$/, "");
}

/** A path as Blender cleans it: `\` is `/`, parts trimmed, empty ones dropped. `.` and `..` are ordinary names. */
export function cleanCatalogPath(path: string): string {
  return path
    .split(/[/\\]/)
    .map(trim)
    .filter((part) => part !== "")
    .join("/");
}

/** C's `atoi` after `VERSION `: blanks, sign, digits; the rest does not matter. */
function readVersion(line: string): number {
  return Number(/^\s*([+-]?\d+)/.exec(line.slice("VERSION ".length))?.[1] ?? 0);
}

type ReadLine = { readonly catalog: Catalog } | { readonly problem: string; readonly keepAs: string };

function readCatalogLine(line: string): ReadLine {
  const idEnd = line.indexOf(":");
  if (idEnd === -1) return { problem: "is no catalog: it has no colon", keepAs: line };
  const id = parseCatalogId(trim(line.slice(0, idEnd)));
  if (id === null) return { problem: "does not begin with an id", keepAs: line };
  const rest = line.slice(idEnd + 1);
  const pathEnd = rest.indexOf(":");
  if (pathEnd === 0) return { problem: "has no path", keepAs: line };
  const path = cleanCatalogPath(pathEnd === -1 ? rest : rest.slice(0, pathEnd));
  // Blender takes this line, saves it as `ID::NAME` and skips it at the next start: not a catalog that lasts.
  if (path === "") return { problem: "has no path", keepAs: keptPrefix + line };
  if (path.length > maxPathLength || path.split("/").length > maxPathDepth) {
    return {
      problem: `has a path over ${maxPathLength} characters or ${maxPathDepth} levels`,
      keepAs: keptPrefix + line,
    };
  }
  return { catalog: { id, path, simpleName: pathEnd === -1 ? "" : trim(rest.slice(pathEnd + 1)) } };
}

/**
 * Reads `blender_assets.cats.txt` by the rules Blender follows (design notes: blender/asset-libraries.md A.1, seen with
 * Blender 3.4.1) and says what it would stumble over. Never throws. Knowing deviations: a lone CR also ends a line, and
 * lines whose path is empty or absurdly long are kept as lines instead of becoming catalogs.
 */
export function parseCatalogFile(content: string | Uint8Array): CatalogFile {
  const { text, byteOrderMark } = decodeCatalogText(content);
  const problems: CatalogFileProblem[] = [];
  const header: string[] = [];
  const keptLines: KeptLine[] = [];
  const catalogs = new Map<string, Catalog>();
  let comments: string[] = [];
  let version: number | "missing" | "not-read" = "not-read";
  let duplicates = 0;
  const keepComments = (aboveId: string | null): void => {
    for (const comment of comments) keptLines.push({ text: comment, aboveId });
    comments = [];
  };

  for (const [index, rawLine] of text.split(/\r\n|\n|\r/).entries()) {
    const line = trim(rawLine);
    const report = (message: string): number =>
      problems.push({ line: index + 1, message: `Line ${index + 1} ${message}.` });
    if (line === "") {
      keepComments(null);
      continue;
    }
    if (line.startsWith("#")) {
      (version === "not-read" ? header : comments).push(line);
      continue;
    }
    if (version === "not-read") {
      version = line.startsWith("VERSION ") ? readVersion(line) : "missing";
      if (version === 1) continue;
      report(version === "missing" ? "should be VERSION 1" : `says "${line}", which is not VERSION 1`);
      if (version !== "missing") break;
    }
    const read = readCatalogLine(line);
    if (!("catalog" in read)) {
      report(read.problem);
      keepComments(null);
      keptLines.push({ text: read.keepAs, aboveId: null });
    } else if (catalogs.has(read.catalog.id)) {
      report(`gives the id ${read.catalog.id} a second time`);
      keepComments(null);
      keptLines.push({ text: keptPrefix + line, aboveId: null });
      duplicates += 1;
    } else {
      keepComments(read.catalog.id);
      catalogs.set(read.catalog.id, read.catalog);
    }
  }
  keepComments(null);

  const refusal = decideRefusal(byteOrderMark, version);
  return { refusal, catalogs: [...catalogs.values()], duplicates, problems, header, keptLines };
}

function decideRefusal(
  byteOrderMark: "none" | "utf-8" | "utf-16",
  version: number | "missing" | "not-read",
): CatalogFileRefusal | null {
  if (typeof version === "number" && version !== 1) return "version-unknown";
  if (byteOrderMark !== "none") return byteOrderMark === "utf-16" ? "utf-16" : "byte-order-mark";
  return version === 1 ? null : "version-missing";
}

/** `a/b/c` lies below `a` and `a/b`. Nearest last. */
export function listParentPaths(path: string): string[] {
  const parents: string[] = [];
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) parents.push(path.slice(0, at));
  return parents;
}

/** The simple name Blender gives a new catalog: the path with `-`, or `...` and its last 60 bytes where it is longer than 63. */
function toSimpleName(path: string): string {
  const name = path.replaceAll("/", "-");
  if (Buffer.byteLength(name) <= 63) return name;
  let tail = "";
  for (const character of [...name].reverse()) {
    if (Buffer.byteLength(character + tail) > 60) break;
    tail = character + tail;
  }
  return `...${tail}`;
}

/**
 * The catalogs and one for each parent path that has none. Blender would invent those with random ids at its next save,
 * so the file would change under us and differ per machine. Taken from `preferred` where that has one for the path and
 * its id is free; otherwise made from `scope` and path.
 */
export function addMissingParents(listed: {
  catalogs: readonly Catalog[];
  /** Names the kind of library, for ids: the same on every machine. */
  scope: string;
  preferred?: readonly Catalog[];
}): Catalog[] {
  const complete = [...listed.catalogs];
  const ids = new Set(complete.map(({ id }) => id));
  const paths = new Set(complete.map(({ path }) => path));
  const preferred = Map.groupBy(listed.preferred ?? [], ({ path }) => path);
  const create = (path: string): Catalog => {
    for (let attempt = 1; ; attempt += 1) {
      const id = createCatalogId({ scope: listed.scope, path, attempt });
      if (!ids.has(id)) return { id, path, simpleName: toSimpleName(path) };
    }
  };
  const missing = new Set(
    listed.catalogs.flatMap(({ path }) => listParentPaths(path)).filter((path) => !paths.has(path)),
  );
  for (const path of missing) {
    const parent = preferred.get(path)?.find(({ id }) => !ids.has(id)) ?? create(path);
    complete.push(parent);
    ids.add(parent.id);
  }
  return complete;
}

function toOneLine(text: string): string {
  return trim(text.replaceAll(/[\r\n]+/g, " "));
}

/**
 * The text of a catalog file as Blender would lay it out: `VERSION 1` as the first real line, sorted by the bytes of the
 * path, then by id, each parent path explicit, no id twice (the first counts), LF, no byte order mark (see
 * `encodeCatalogText`). A colon in a path cannot be expressed and becomes `-`, as when it is typed into Blender.
 */
export function formatCatalogFile(file: {
  catalogs: readonly Catalog[];
  scope: string;
  header?: readonly string[];
  keptLines?: readonly KeptLine[];
}): string {
  const unique = new Map<string, Catalog>();
  for (const { id, path, simpleName } of file.catalogs) {
    const cleanPath = cleanCatalogPath(toOneLine(path).replaceAll(":", "-"));
    if (cleanPath !== "" && !unique.has(id)) unique.set(id, { id, path: cleanPath, simpleName: toOneLine(simpleName) });
  }
  const complete = addMissingParents({ catalogs: [...unique.values()], scope: file.scope });
  const sortable = complete.map((catalog) => ({ catalog, key: Buffer.from(`${catalog.path}\0${catalog.id}`) }));
  sortable.sort((one, other) => Buffer.compare(one.key, other.key));

  const comments = Map.groupBy(file.keptLines ?? [], ({ aboveId }) => aboveId);
  const lines = [...(file.header?.length ? file.header : defaultHeader), "", "VERSION 1", ""];
  const tail = [...(comments.get(null) ?? [])];
  comments.delete(null);
  for (const { catalog } of sortable) {
    for (const comment of comments.get(catalog.id) ?? []) lines.push(comment.text);
    comments.delete(catalog.id);
    lines.push(`${catalog.id}:${catalog.path}:${catalog.simpleName}`);
  }
  for (const orphaned of comments.values()) tail.push(...orphaned);
  if (tail.length > 0) lines.push("", ...tail.map((line) => line.text));
  return `${lines.join("\n")}\n`;
}
