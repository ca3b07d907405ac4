import { catalogFileName, manifestFileName, markerFileName, syncFolderName } from "../domain/library-layout.ts";
import { explainUnsafeSegment, foldForCollision } from "../domain/path-segment.ts";
import { maxPathDepth, maxPathUnits } from "./archive-policy.ts";

/**
 * May an entry of this name be written, and where?
 * - `write`: at `path`, relative, with `/`, below the asset's folder on every system.
 * - `skip`: it is no part of an asset; the rest of the archive is used.
 * - `refuse`: no honest archive holds such a name; nothing of the archive is used.
 */
export type EntryPathDecision =
  | { readonly verdict: "write"; readonly path: string; readonly namesFolder: boolean }
  | { readonly verdict: "skip"; readonly reason: string }
  | { readonly verdict: "refuse"; readonly reason: string };

const refuse = (reason: string): EntryPathDecision => ({ verdict: "refuse", reason });
const skip = (reason: string): EntryPathDecision => ({ verdict: "skip", reason });

const ownNames: ReadonlySet<string> = new Set([manifestFileName, markerFileName, syncFolderName].map(foldForCollision));
// Blender also keeps the last version of a catalog file beside it, with `~`.
const catalogFileNames: ReadonlySet<string> = new Set([catalogFileName, `${catalogFileName}~`].map(foldForCollision));

// What macOS and Windows leave in folders. "Icon\r" is how macOS stores a folder's picture.
const junkNames: ReadonlySet<string> = new Set([".ds_store", "thumbs.db", "desktop.ini", "autorun.inf", "icon\r"]);
const junkFolder = "__macosx";
const appleDoublePrefix = "._";

// Files that a double click runs, on any system. An asset needs none of them. Policy.
const programExtensions: ReadonlySet<string> = new Set(
  "app appimage bash bat cmd com command cpl csh desktop dll dylib exe hta inf jar js jse lnk msc msi msix pif ps1 py pyc pyw pyz reg scf scr sh so sys url vbe vbs wsf wsh zsh".split(
    " ",
  ),
);

function isJunk(segments: readonly string[]): boolean {
  const names = segments.map((segment) => segment.toLowerCase());
  const last = names.at(-1) ?? "";
  return names.includes(junkFolder) || junkNames.has(last) || last.startsWith(appleDoublePrefix);
}

function isProgram(name: string): boolean {
  const dot = name.lastIndexOf(".");
  return dot >= 0 && programExtensions.has(name.slice(dot + 1).toLowerCase());
}

/** On macOS a folder with this ending is a program. */
function isApplicationFolder(name: string): boolean {
  return name.toLowerCase().endsWith(".app");
}

/** Decides on the decoded name, in which `\` was already turned into `/`. Pure; the same on every system. */
export function decideEntryPath(name: string): EntryPathDecision {
  if (name === "") return refuse("has no name");
  if (name.startsWith("/")) return refuse("has an absolute path");
  if (/^[a-z]:/i.test(name)) return refuse("names a drive");
  const namesFolder = name.endsWith("/");
  const path = namesFolder ? name.slice(0, -1) : name;
  if (path.length > maxPathUnits) return refuse(`has a path of ${path.length} characters, ${maxPathUnits} are allowed`);
  const segments = path.split("/");
  if (segments.length > maxPathDepth)
    return refuse(`lies ${segments.length} folders deep, ${maxPathDepth} are allowed`);
  if (segments.includes("..")) return refuse("leads out of its folder");
  if (segments.includes("") || segments.includes(".")) return refuse("has an empty or `.` folder in its path");

  // Junk is never written, so its characters do not matter: macOS puts a control character into "Icon\r".
  if (isJunk(segments)) return skip("is junk of the system it was packed on");
  for (const segment of segments) {
    const reason = explainUnsafeSegment(segment);
    if (reason !== null) return refuse(segments.length === 1 ? reason : `has a part that ${reason}`);
    if (ownNames.has(foldForCollision(segment)))
      return refuse("has a name that is reserved for this program's own files");
  }
  const last = segments.at(-1) ?? "";
  if (catalogFileNames.has(foldForCollision(last))) return skip("is a catalog file; those come from the shop's feed");
  if ((!namesFolder && isProgram(last)) || segments.some(isApplicationFolder))
    return skip("is a program or a shortcut, which an asset does not need");
  return { verdict: "write", path, namesFolder };
}
