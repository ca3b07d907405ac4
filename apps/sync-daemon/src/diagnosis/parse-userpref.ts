/** A row of Blender's File Paths > Asset Libraries. */
export interface PreferredLibrary {
  readonly name: string;
  readonly folder: string;
}

interface Block {
  readonly code: string;
  readonly structIndex: number;
  readonly count: number;
  readonly data: Buffer;
}

interface Layout {
  readonly pointerBytes: 4 | 8;
  readonly isLittle: boolean;
  /** Blender 5.0 and newer write longer block headers. */
  readonly isLarge: boolean;
  readonly headerBytes: number;
}

/**
 * Finds the asset libraries in the bytes of a `userpref.blend`. A .blend describes its own structures (its `DNA1` block),
 * so this holds for every version that has `bUserAssetLibrary` (3.0 and newer). Nothing in the file is run. Undefined
 * where the bytes are no such file.
 */
export function parseUserpref(bytes: Buffer): PreferredLibrary[] | undefined {
  const layout = readLayout(bytes);
  if (layout === undefined) return undefined;
  const blocks = readBlocks(bytes, layout);
  const description = blocks.find(({ code }) => code === "DNA1");
  if (description === undefined) return undefined;
  const structure = findStructure(description.data, layout);
  if (structure === undefined) return [];
  const { index, sizeBytes, fields } = structure;
  const name = fields.get("name");
  // `path` until its new name `dirpath`, which some versions write.
  const folder = fields.get("path") ?? fields.get("dirpath");
  if (name === undefined || folder === undefined || sizeBytes === 0) return undefined;
  return blocks
    .filter(({ structIndex, code }) => structIndex === index && code !== "DNA1")
    .flatMap(({ data, count }) =>
      Array.from({ length: Math.min(count, Math.floor(data.length / sizeBytes)) }, (_, item) =>
        data.subarray(item * sizeBytes, (item + 1) * sizeBytes),
      ),
    )
    .map((item) => ({ name: textOf(item, name), folder: textOf(item, folder) }))
    .filter((library) => library.folder !== "");
}

function readLayout(bytes: Buffer): Layout | undefined {
  const start = bytes.toString("latin1", 0, 17);
  const [, pointer, endian] = /^BLENDER([-_])([vV])\d{3}/.exec(start) ?? [];
  if (pointer !== undefined)
    return { pointerBytes: pointer === "-" ? 8 : 4, isLittle: endian === "v", isLarge: false, headerBytes: 12 };
  if (/^BLENDER17-01v\d{4}/.test(start)) return { pointerBytes: 8, isLittle: true, isLarge: true, headerBytes: 17 };
  return undefined;
}

function readBlocks(bytes: Buffer, layout: Layout): Block[] {
  const { pointerBytes, isLittle, isLarge, headerBytes } = layout;
  const int = (at: number) => (isLittle ? bytes.readInt32LE(at) : bytes.readInt32BE(at));
  const blockHeaderBytes = isLarge ? 32 : 16 + pointerBytes;
  const blocks: Block[] = [];
  let at = headerBytes;
  while (at + blockHeaderBytes <= bytes.length) {
    const code = bytes.toString("latin1", at, at + 4).replace(/\0+$/, "");
    if (code === "ENDB") break;
    const [structIndex, lengthBytes, count] = isLarge
      ? [int(at + 4), Number(bytes.readBigInt64LE(at + 16)), Number(bytes.readBigInt64LE(at + 24))]
      : [int(at + 8 + pointerBytes), int(at + 4), int(at + 12 + pointerBytes)];
    const from = at + blockHeaderBytes;
    // Cut short, or no block at all: nothing behind it can be trusted.
    if (lengthBytes < 0 || from + lengthBytes > bytes.length) break;
    blocks.push({
      code,
      structIndex,
      count: Math.max(0, count),
      data: bytes.subarray(from, from + lengthBytes),
    });
    at = from + lengthBytes;
  }
  return blocks;
}

interface Field {
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Where the fields of `bUserAssetLibrary` lie; undefined where this Blender has no such structure. */
function findStructure(data: Buffer, { pointerBytes, isLittle }: Layout) {
  const int = (at: number) => (isLittle ? data.readInt32LE(at) : data.readInt32BE(at));
  const short = (at: number) => (isLittle ? data.readUInt16LE(at) : data.readUInt16BE(at));
  let at = 4;
  const skipTo = (mark: string) => {
    at = Math.ceil(at / 4) * 4;
    if (data.toString("latin1", at, at + 4) !== mark) throw new RangeError(`No ${mark} where it belongs.`);
    at += 4;
  };
  const readTexts = () => {
    const count = int(at);
    at += 4;
    // Each takes a byte at least: a damaged count must not be believed.
    if (count > data.length) throw new RangeError("More texts than bytes.");
    return Array.from({ length: count }, () => {
      const end = data.indexOf(0, at);
      if (end === -1) throw new RangeError("A text without an end.");
      const text = data.toString("latin1", at, end);
      at = end + 1;
      return text;
    });
  };
  try {
    skipTo("NAME");
    const names = readTexts();
    skipTo("TYPE");
    const types = readTexts();
    skipTo("TLEN");
    const sizes = types.map((_, index) => short(at + 2 * index));
    at += 2 * types.length;
    skipTo("STRC");
    const count = int(at);
    at += 4;
    for (let index = 0; index < count; index += 1) {
      const type = short(at);
      const fieldCount = short(at + 2);
      if (types[type] === "bUserAssetLibrary") {
        const fields = new Map<string, Field>();
        let offset = 0;
        for (let field = 0; field < fieldCount; field += 1) {
          const written = names[short(at + 6 + 4 * field)] ?? "";
          const oneBytes = /^[*(]/.test(written) ? pointerBytes : (sizes[short(at + 4 + 4 * field)] ?? 0);
          const items = [...written.matchAll(/\[(\d+)\]/g)].reduce((product, [, size]) => product * Number(size), 1);
          fields.set(written.replace(/\[.*$/, ""), { offset, sizeBytes: oneBytes * items });
          offset += oneBytes * items;
        }
        return { index, sizeBytes: sizes[type] ?? offset, fields };
      }
      at += 4 + 4 * fieldCount;
    }
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function textOf(item: Buffer, { offset, sizeBytes }: Field): string {
  const bytes = item.subarray(offset, offset + sizeBytes);
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}
