import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/** One entry, stored without compression. `zeros`: that many zero bytes, which take no room on our side. */
export type SparseEntry = { readonly name: string } & ({ readonly zeros: number } | { readonly text: string });

const most32 = 0xffff_ffff;
const most16 = 0xffff;

/**
 * Writes a zip whose large entries are holes in the file, so that 8 GB cost neither time nor disk to make. In zip64 where
 * sizes, places or the number of entries need it. Returns its length.
 */
export function writeSparseZip(path: string, entries: readonly SparseEntry[]): number {
  const file = openSync(path, "w");
  try {
    let at = 0;
    const write = (bytes: Buffer): void => {
      writeSync(file, bytes, 0, bytes.length, at);
      at += bytes.length;
    };
    const central: Buffer[] = [];
    for (const entry of entries) {
      const bytes = "zeros" in entry ? entry.zeros : Buffer.byteLength(entry.text);
      const sum = "zeros" in entry ? crcOfZeros(entry.zeros) : crc32(entry.text);
      const offset = at;
      write(localHeader(entry.name, bytes, sum));
      if ("zeros" in entry) at += bytes;
      else write(Buffer.from(entry.text));
      central.push(centralHeader({ name: entry.name, bytes, sum, offset }));
    }
    const start = at;
    for (let index = 0; index < central.length; index += 1_000)
      write(Buffer.concat(central.slice(index, index + 1_000)));
    write(endRecords({ count: entries.length, bytes: at - start, start }));
    ftruncateSync(file, at);
    return at;
  } finally {
    closeSync(file);
  }
}

function crcOfZeros(bytes: number): number {
  const piece = Buffer.alloc(16 << 20);
  let sum = 0;
  for (let left = bytes; left > 0; left -= piece.length)
    sum = crc32(piece.subarray(0, Math.min(left, piece.length)), sum);
  return sum;
}

function large(...values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + values.length * 8);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return field;
}

function localHeader(name: string, bytes: number, sum: number): Buffer {
  const extra = bytes >= most32 ? large(bytes, bytes) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(extra.length > 0 ? 45 : 20, 4);
  header.writeUInt16LE(0x21, 12);
  header.writeUInt32LE(sum, 14);
  header.writeUInt32LE(Math.min(bytes, most32), 18);
  header.writeUInt32LE(Math.min(bytes, most32), 22);
  header.writeUInt16LE(Buffer.byteLength(name), 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, Buffer.from(name), extra]);
}

function centralHeader(entry: { name: string; bytes: number; sum: number; offset: number }): Buffer {
  const { name, bytes, sum, offset } = entry;
  const values = [...(bytes >= most32 ? [bytes, bytes] : []), ...(offset >= most32 ? [offset] : [])];
  const extra = values.length > 0 ? large(...values) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(45, 4);
  header.writeUInt16LE(extra.length > 0 ? 45 : 20, 6);
  header.writeUInt16LE(0x21, 14);
  header.writeUInt32LE(sum, 16);
  header.writeUInt32LE(Math.min(bytes, most32), 20);
  header.writeUInt32LE(Math.min(bytes, most32), 24);
  header.writeUInt16LE(Buffer.byteLength(name), 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(Math.min(offset, most32), 42);
  return Buffer.concat([header, Buffer.from(name), extra]);
}

function endRecords(directory: { count: number; bytes: number; start: number }): Buffer {
  const { count, bytes, start } = directory;
  const isLarge = count >= most16 || bytes >= most32 || start >= most32;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Math.min(count, most16), 8);
  end.writeUInt16LE(Math.min(count, most16), 10);
  end.writeUInt32LE(Math.min(bytes, most32), 12);
  end.writeUInt32LE(Math.min(start, most32), 16);
  if (!isLarge) return end;
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(bytes), 40);
  record.writeBigUInt64LE(BigInt(start), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(start + bytes), 8);
  locator.writeUInt32LE(1, 16);
  return Buffer.concat([record, locator, end]);
}
