/** How much of a file's beginning `describeFirstBytes` wants to see. */
export const firstBytesReach = 512;

// Beginnings of what servers send instead of a zip. Sources: the formats' specifications.
const beginnings: readonly (readonly [string, string])[] = [
  ["Rar!\x1a\x07", "a RAR archive"],
  ["7z\xbc\xaf\x27\x1c", "a 7z archive"],
  ["\x1f\x8b", "a gzip file"],
  ["%PDF", "a PDF"],
  ["\x89PNG", "a PNG picture"],
  ["\xff\xd8\xff", "a JPEG picture"],
  ["BLENDER", "a .blend file"],
  ["\x28\xb5\x2f\xfd", "a zstd file"],
  ["MZ", "a Windows program"],
  ["\x7fELF", "a Linux program"],
];

/** Does the file begin as a zip does: with an entry, which a marker of split archives may precede? */
export function beginsAsZip(first: Buffer): boolean {
  const text = first.toString("latin1", 0, 8);
  // `PK00` and `PK\7\8` come from programs that were ready to split the archive and did not need to. APPNOTE 8.5.4.
  return text.startsWith("PK\x03\x04") || text === "PK00PK\x03\x04" || text === "PK\x07\x08PK\x03\x04";
}

/** A zip that holds nothing is its end record alone. */
export function beginsAsEmptyZip(first: Buffer): boolean {
  return first.toString("latin1", 0, 4) === "PK\x05\x06";
}

/** What a file that is no zip seems to be, as the end of a sentence: "an HTML page". */
export function describeFirstBytes(first: Buffer): string {
  if (first.length === 0) return "an empty file";
  const latin = first.toString("latin1");
  for (const [beginning, what] of beginnings) if (latin.startsWith(beginning)) return what;
  const text = latin
    .replace(/^\xef\xbb\xbf/, "")
    .trimStart()
    .toLowerCase();
  if (/^(?:<!doctype html|<html|<head|<body|<title)/.test(text)) return "an HTML page";
  if (text.startsWith("<?xml") || text.startsWith("<error")) return "an XML document";
  if (text.startsWith("{") || text.startsWith("[")) return "a JSON document";
  if (first.every((byte) => byte === 0)) return "nothing but zeros";
  return /^[\t\n\r\x20-\x7e]*$/.test(latin) ? "text" : "something else";
}
