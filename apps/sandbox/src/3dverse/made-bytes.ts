import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { Content } from "../http/content.ts";
import type { Asset, SourceFile } from "./records.ts";

/** Bytes in place of a source file that was counted and not kept: as many, and always the same. */
export function patternContent(file: Pick<SourceFile, "sourceFileId" | "size" | "createdAtMs">): Content {
  const seed = createHash("sha256").update(file.sourceFileId).digest();
  const chunk = Buffer.alloc(64 * 1024, seed);
  const read = async function* (start: number, end: number): AsyncIterable<Buffer> {
    for (let position = start; position < end; ) {
      const offset = position % chunk.length;
      const part = chunk.subarray(offset, Math.min(chunk.length, offset + end - position));
      yield part;
      position += part.length;
    }
  };
  return {
    length: file.size,
    etag: `"${seed.toString("hex").slice(0, 32)}"`,
    lastModifiedMs: file.createdAtMs,
    read,
    async bytes() {
      const parts: Buffer[] = [];
      for await (const part of read(0, file.size)) parts.push(part);
      return Buffer.concat(parts);
    },
  };
}

/** The payload of an asset, or of a part of it: 256 bytes that depend on its id, its last change and the part alone. */
export function payloadBytes({ assetId, lastEditedAtMs }: Asset, subResource: string | undefined): Buffer {
  const seed = createHash("sha256")
    .update(`${assetId}/${lastEditedAtMs}/${subResource ?? ""}`)
    .digest();
  return Buffer.alloc(256, seed);
}

/** A picture of one colour that depends on the asset. */
export function madeThumbnail({ assetId }: Pick<Asset, "assetId">, pixels: number): Buffer {
  const colour = createHash("sha256").update(assetId).digest().subarray(0, 3);
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(3 * pixels, colour)]);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  // Eight bits per channel, red, green and blue.
  header.writeUInt8(8, 8);
  header.writeUInt8(2, 9);
  const rows = Buffer.concat(Array.from({ length: pixels }, () => row));
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(rows)),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** One triangle of the asked size, as text: Wavefront OBJ or ASCII STL. */
export function exportedMesh(name: string, format: "obj" | "stl", scale: number): Buffer {
  const corners = [
    [0, 0, 0],
    [scale, 0, 0],
    [0, scale, 0],
  ].map((corner) => corner.join(" "));
  const text =
    format === "obj"
      ? `o ${name}\n${corners.map((corner) => `v ${corner}\n`).join("")}f 1 2 3\n`
      : `solid ${name}\nfacet normal 0 0 1\nouter loop\n${corners.map((corner) => `vertex ${corner}\n`).join("")}endloop\nendfacet\nendsolid ${name}\n`;
  return Buffer.from(text);
}
