/**
 * The longest name of one file or folder, in bytes of UTF-8. ext4, XFS and Btrfs allow 255 bytes; NTFS and APFS allow
 * 255 UTF-16 units, which are never more than the bytes.
 */
export const maxSegmentBytes = 255;

// A safe name leaves room below the limit for what others append to it, such as `_12345` or `.part`.
const maxSafeSegmentBytes = 200;

/** Names that Windows gives to devices, with any extension. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const windowsDevice = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³])$/i;

// C0, DEL and C1 controls and the two Unicode line separators: they forge log lines and cannot be typed.
const controlCharacter = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/u;
// Embeddings, overrides and isolates turn text around, so `exe.blend` may be shown for `dnelb.exe`.
const bidiControl = /[\u202a-\u202e\u2066-\u2069]/u;
// Decoders put U+FFFD where bytes were no UTF-8: the true name is unknown.
const undecodable = /[\ufffd\p{Cs}]/u;
const windowsForbidden = /[<>:"|?*\\/]/;
const endsInDotOrSpace = /[. ]$/;

const encoder = new TextEncoder();

function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

/** Windows looks at what is before the first dot or colon, without trailing spaces: `nul .tar.gz` is a device. */
function isWindowsDevice(segment: string): boolean {
  const stem = segment.split(/[.:]/, 1)[0] ?? "";
  return windowsDevice.test(stem.trimEnd());
}

/**
 * Why `segment` must not become the name of a file or folder on Linux, macOS or Windows, as the rest of a sentence that
 * begins with the name; `null` if it may. One rule set on all systems: a library may move between them.
 */
export function explainUnsafeSegment(segment: string): string | null {
  if (segment === "") return "is empty";
  if (segment === "." || segment === "..") return "names a folder by position";
  if (segment.includes("\0")) return "holds a NUL character";
  if (controlCharacter.test(segment)) return "holds a control character";
  if (bidiControl.test(segment)) return "holds a character that reverses the reading direction";
  if (undecodable.test(segment)) return "holds bytes that are not valid text";
  const forbidden = windowsForbidden.exec(segment);
  if (forbidden !== null) return `holds ${forbidden[0]}, which Windows forbids`;
  if (endsInDotOrSpace.test(segment)) return "ends in a dot or space, which Windows drops";
  if (isWindowsDevice(segment)) return "is a device on Windows";
  if (utf8Length(segment) > maxSegmentBytes) return `is longer than ${maxSegmentBytes} bytes`;
  return null;
}

function cutToBytes(text: string, maxBytes: number): string {
  let bytes = 0;
  let cut = "";
  for (const character of text) {
    bytes += utf8Length(character);
    if (bytes > maxBytes) break;
    cut += character;
  }
  return cut;
}

/**
 * Turns any name into one that `explainUnsafeSegment` accepts and that does not begin with a dot (such names are ours).
 * Deterministic and idempotent; an ordinary name comes back unchanged. Different names may become the same, so whoever
 * needs them distinct adds an id.
 */
export function toSafeSegment(name: string): string {
  const replaceEach = (text: string, pattern: RegExp): string =>
    text.replace(new RegExp(pattern.source, `g${pattern.flags}`), "_");
  // Composed first: `<` followed by a combining stroke is one harmless character in the composed form.
  let safe = name.toWellFormed().normalize("NFC");
  for (const pattern of [controlCharacter, bidiControl, undecodable, windowsForbidden])
    safe = replaceEach(safe, pattern);
  safe = safe.replace(/^ +/, "").replace(/^\.+/, (dots) => "_".repeat(dots.length));
  if (utf8Length(safe) > maxSafeSegmentBytes) safe = cutToBytes(safe, maxSafeSegmentBytes);
  safe = safe.replace(/ +$/, "").replace(/[. ]+$/, (tail) => "_".repeat(tail.length));
  if (safe === "") return "_";
  return isWindowsDevice(safe) ? `_${safe}` : safe;
}

// What file systems skip when they compare names: zero-width characters, variation selectors and their like.
const ignorable = /\p{Default_Ignorable_Code_Point}/gu;

/**
 * A key that is equal for two relative paths whenever some file system may take them for one file: letter case (also
 * ß and SS, K and the Kelvin sign), composed and decomposed accents, zero-width characters, trailing dots and spaces,
 * `\` and `/`. Only for comparing: never a path to write to.
 */
export function foldForCollision(path: string): string {
  return (
    path
      .normalize("NFD")
      .replace(ignorable, "")
      // Lower case first: only so do K, ẞ and İ end where k, SS and i̇ do.
      .toLowerCase()
      .toUpperCase()
      .normalize("NFD")
      .split(/[/\\]/)
      .map((segment) => (segment === "." || segment === ".." ? segment : segment.replace(/[. ]+$/, "")))
      .filter((segment) => segment !== "" && segment !== ".")
      .join("/")
  );
}
