import { getFileNameLowLevel } from "yauzl";

/** An entry's name as bytes, with what decides how to read them. */
export interface RawEntryName {
  readonly bytes: Buffer;
  /** The general purpose flags; bit 11 says that the name is UTF-8. */
  readonly flags: number;
  /** "Version made by": its upper byte is the system. */
  readonly versionMadeBy: number;
  readonly extraFields: readonly { readonly id: number; readonly data: Buffer }[];
}

const utf8Flag = 0x800;
// Hosts whose zip programs wrote UTF-8 names long before they set the flag. Source: APPNOTE 4.4.2.
const unixHost = 3;
const macHost = 19;
const unicodePathField = 0x7075;

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return null;
  }
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

/** The bytes of a Unicode path field (0x7075) that belongs to this name; WinRAR and Info-ZIP write it. */
function findUnicodePath(name: RawEntryName, crc32: (bytes: Buffer) => number): Buffer | null {
  for (const { id, data } of name.extraFields) {
    if (id !== unicodePathField || data.length < 6 || data[0] !== 1) continue;
    if (data.readUInt32LE(1) === crc32(name.bytes)) return data.subarray(5);
  }
  return null;
}

/**
 * The name every check is made on, with `\` turned into `/`; `null` if it claims to be UTF-8 and is not. The Unicode
 * path field wins over the header; unflagged names are UTF-8 if they come from Unix or macOS and are valid, else CP437.
 */
export function decodeEntryName(name: RawEntryName, crc32: (bytes: Buffer) => number): string | null {
  const unicodePath = findUnicodePath(name, crc32);
  let decoded: string | null;
  if (unicodePath !== null) decoded = decodeUtf8(unicodePath);
  else if ((name.flags & utf8Flag) !== 0) decoded = decodeUtf8(name.bytes);
  else decoded = decodeUnflagged(name);
  return decoded === null ? null : decoded.replaceAll("\\", "/");
}

function decodeUnflagged(name: RawEntryName): string {
  const host = name.versionMadeBy >>> 8;
  if (isAscii(name.bytes)) return name.bytes.toString("latin1");
  if (host === unixHost || host === macHost) {
    const text = decodeUtf8(name.bytes);
    if (text !== null) return text;
  }
  return getFileNameLowLevel(0, name.bytes, [], true);
}
