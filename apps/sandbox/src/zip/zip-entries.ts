/** One entry of a zip, with its data as stored: copying it into another zip needs no inflating. */
export interface ZipEntry {
  name: string;
  /** 0 stored, 8 deflated. */
  method: number;
  crc32: number;
  /** Before compression, in bytes. */
  size: number;
  /** DOS time and date as two 16-bit numbers. */
  dosTime: number;
  dosDate: number;
  /** Unix mode in the upper 16 bits. */
  externalAttributes: number;
  data: Buffer;
}

const endRecordSignature = 0x06054b50;
const centralSignature = 0x02014b50;
const endRecordBytes = 22;
const utf8Flag = 0x0800;

/**
 * The entries of a plain zip (no zip64, no encryption): enough for the archives of the sample shop.
 * Throws where the buffer is not such a zip.
 */
export function readZipEntries(archive: Buffer): ZipEntry[] {
  let end = archive.length - endRecordBytes;
  while (end >= 0 && archive.readUInt32LE(end) !== endRecordSignature) end -= 1;
  if (end < 0) throw new Error("This file has no zip end record.");
  const count = archive.readUInt16LE(end + 10);
  let position = archive.readUInt32LE(end + 16);
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    if (archive.readUInt32LE(position) !== centralSignature)
      throw new Error(`Zip entry ${index} has no directory record.`);
    const flags = archive.readUInt16LE(position + 8);
    const storedBytes = archive.readUInt32LE(position + 20);
    const nameLength = archive.readUInt16LE(position + 28);
    const localOffset = archive.readUInt32LE(position + 42);
    const dataStart =
      localOffset + 30 + archive.readUInt16LE(localOffset + 26) + archive.readUInt16LE(localOffset + 28);
    entries.push({
      name: archive.toString((flags & utf8Flag) !== 0 ? "utf8" : "latin1", position + 46, position + 46 + nameLength),
      method: archive.readUInt16LE(position + 10),
      dosTime: archive.readUInt16LE(position + 12),
      dosDate: archive.readUInt16LE(position + 14),
      crc32: archive.readUInt32LE(position + 16),
      size: archive.readUInt32LE(position + 24),
      externalAttributes: archive.readUInt32LE(position + 38),
      data: archive.subarray(dataStart, dataStart + storedBytes),
    });
    position += 46 + nameLength + archive.readUInt16LE(position + 30) + archive.readUInt16LE(position + 32);
  }
  return entries;
}
