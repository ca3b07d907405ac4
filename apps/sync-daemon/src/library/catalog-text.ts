import { isUtf8 } from "node:buffer";

/** How a catalog file's bytes were read. */
export interface CatalogText {
  readonly text: string;
  /** A mark at its start that makes Blender ignore the whole file. */
  readonly byteOrderMark: "none" | "utf-8" | "utf-16";
}

// A byte that is no UTF-8 is carried as U+DC80 to U+DCFF, which no text can hold, and written back as that byte.
const escapeBase = 0xdc00;
const escapedByte = /[\udc80-\udcff]/;

function sequenceLength(firstByte: number): number {
  if (firstByte >= 0xf0) return 4;
  if (firstByte >= 0xe0) return 3;
  return firstByte >= 0xc0 ? 2 : 1;
}

function decodeDamaged(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    const sequence = Buffer.from(
      bytes.buffer,
      bytes.byteOffset + at,
      Math.min(sequenceLength(byte), bytes.length - at),
    );
    const isText = isUtf8(sequence);
    parts.push(isText ? sequence.toString("utf8") : String.fromCharCode(escapeBase + byte));
    at += isText ? sequence.length : 1;
  }
  return parts.join("");
}

/** Reads the bytes of a catalog file without losing one: `encodeCatalogText` gives the same bytes again (but no mark). */
export function decodeCatalogText(content: string | Uint8Array): CatalogText {
  if (typeof content === "string") {
    const isMarked = content.startsWith("\ufeff");
    return { text: isMarked ? content.slice(1) : content, byteOrderMark: isMarked ? "utf-8" : "none" };
  }
  const [first, second, third] = content;
  if (first === 0xff && second === 0xfe)
    return { text: new TextDecoder("utf-16le").decode(content), byteOrderMark: "utf-16" };
  if (first === 0xfe && second === 0xff)
    return { text: new TextDecoder("utf-16be").decode(content), byteOrderMark: "utf-16" };
  const isMarked = first === 0xef && second === 0xbb && third === 0xbf;
  const bytes = isMarked ? content.subarray(3) : content;
  const text = isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : decodeDamaged(bytes);
  return { text, byteOrderMark: isMarked ? "utf-8" : "none" };
}

/** The bytes of a catalog file: UTF-8 without a mark, and bytes that never were UTF-8 as they came. */
export function encodeCatalogText(text: string): Uint8Array {
  if (!escapedByte.test(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  for (const part of text.split(/([\udc80-\udcff])(?<![\ud800-\udbff][\udc80-\udcff])/)) {
    const isByte = part.length === 1 && escapedByte.test(part);
    parts.push(isByte ? Buffer.from([part.charCodeAt(0) - escapeBase]) : Buffer.from(part, "utf8"));
  }
  return Buffer.concat(parts);
}
