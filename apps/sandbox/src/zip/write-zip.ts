import { crc32 } from "node:zlib";
import type { ZipEntry } from "./zip-entries.ts";

const utf8Flag = 0x0800;
const versionNeeded = 20;
/** Unix as the host byte, so that readers take the mode from the external attributes. */
const versionMadeBy = (3 << 8) | versionNeeded;

/** A zip of the given entries, in their order, with local headers, directory and end record that agree. */
export function writeZip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, "utf8");
    const common = Buffer.alloc(26);
    common.writeUInt16LE(versionNeeded, 0);
    common.writeUInt16LE(utf8Flag, 2);
    common.writeUInt16LE(entry.method, 4);
    common.writeUInt16LE(entry.dosTime, 6);
    common.writeUInt16LE(entry.dosDate, 8);
    common.writeUInt32LE(entry.crc32, 10);
    common.writeUInt32LE(entry.data.length, 14);
    common.writeUInt32LE(entry.size, 18);
    common.writeUInt16LE(name.length, 22);
    local.push(Buffer.from("PK\u0003\u0004", "latin1"), common, name, entry.data);
    const directory = Buffer.alloc(14);
    directory.writeUInt32LE(entry.externalAttributes, 6);
    directory.writeUInt32LE(offset, 10);
    const madeBy = Buffer.alloc(2);
    madeBy.writeUInt16LE(versionMadeBy);
    central.push(Buffer.from("PK\u0001\u0002", "latin1"), madeBy, common, directory, name);
    offset += 30 + name.length + entry.data.length;
  }
  const directoryBytes = central.reduce((sum, part) => sum + part.length, 0);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", 0, "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directoryBytes, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, ...central, end]);
}

/** A stored (not compressed) text entry. The date is fixed, so that the same text gives the same bytes. */
export function textEntry(name: string, text: string): ZipEntry {
  const data = Buffer.from(text, "utf8");
  return {
    name,
    method: 0,
    crc32: crc32(data),
    size: data.length,
    dosTime: 17 << 11,
    dosDate: ((2025 - 1980) << 9) | (6 << 5) | 28,
    externalAttributes: (0o100644 << 16) >>> 0,
    data,
  };
}
