import { crc32, deflateRawSync } from "node:zlib";

export interface ZipMember {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  readonly stored?: boolean;
  /** Without it: deflated unless `stored` or empty. */
  readonly method?: number;
  readonly flags?: number;
  /** "Version made by"; 0x031e is Unix. */
  readonly madeBy?: number;
  /** Unix mode, put where Unix puts it. */
  readonly mode?: number;
  readonly centralExtra?: Buffer;
  readonly localExtra?: Buffer;
  /** Sizes and sum only in the central directory and in a descriptor behind the data. */
  readonly streamed?: boolean;
  /** Packed bytes instead of those that `data` gives. */
  readonly packed?: Buffer;
  readonly claimedBytes?: number;
}

function fields(...parts: readonly (readonly [bytes: 2 | 4, value: number])[]): Buffer {
  const buffer = Buffer.alloc(parts.reduce((sum, [bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [bytes, value] of parts) at = buffer.writeUIntLE(value, at, bytes);
  return buffer;
}

/** An extra field of a zip entry. */
export function extraField(id: number, data: Buffer): Buffer {
  return Buffer.concat([fields([2, id], [2, data.length]), data]);
}

/** A small honest zip writer, with ways to lie. `lead` is put before the first entry, offsets
 * included; `listSlack` behind the last line of the list of files, as part of it. */
export function makeZip(members: readonly ZipMember[], options: { lead?: string; comment?: string; listSlack?: Buffer } = {}): Buffer {
  const lead = Buffer.from(options.lead ?? "", "latin1");
  const body: Buffer[] = [lead];
  const directory: Buffer[] = [];
  let offset = lead.length;
  for (const member of members) {
    const name = Buffer.isBuffer(member.name) ? member.name : Buffer.from(member.name);
    const data = Buffer.from(member.data ?? "");
    const method = member.method ?? (member.stored === true || data.length === 0 ? 0 : 8);
    const packed = member.packed ?? (method === 8 ? deflateRawSync(data) : data);
    const isAscii = name.every((byte) => byte < 0x80);
    const flags = (member.flags ?? (isAscii ? 0 : 0x800)) | (member.streamed === true ? 8 : 0);
    const sizes = [
      [4, crc32(data)],
      [4, packed.length],
      [4, member.claimedBytes ?? data.length],
    ] as const;
    const localSizes = member.streamed === true ? ([[4, 0], [4, 0], [4, 0]] as const) : sizes;
    const localExtra = member.localExtra ?? Buffer.alloc(0);
    const centralExtra = member.centralExtra ?? Buffer.alloc(0);
    const common = [[2, 20], [2, flags], [2, method], [2, 0], [2, 0x5a21]] as const;
    const local = Buffer.concat([
      fields([4, 0x04034b50], ...common, ...localSizes, [2, name.length], [2, localExtra.length]),
      name,
      localExtra,
      packed,
      member.streamed === true ? fields([4, 0x08074b50], ...sizes) : Buffer.alloc(0),
    ]);
    const madeBy = member.madeBy ?? (member.mode === undefined ? 20 : 0x031e);
    const attributes = ((member.mode ?? 0) * 0x10000) >>> 0;
    directory.push(
      fields([4, 0x02014b50], [2, madeBy], ...common, ...sizes, [2, name.length], [2, centralExtra.length]),
      fields([2, 0], [2, 0], [2, 0], [4, attributes], [4, offset]),
      name,
      centralExtra,
    );
    body.push(local);
    offset += local.length;
  }
  const list = Buffer.concat([...directory, options.listSlack ?? Buffer.alloc(0)]);
  const comment = Buffer.from(options.comment ?? "");
  const counts = [[2, 0], [2, 0], [2, members.length], [2, members.length]] as const;
  const end = fields([4, 0x06054b50], ...counts, [4, list.length], [4, offset], [2, comment.length]);
  return Buffer.concat([...body, list, end, comment]);
}
