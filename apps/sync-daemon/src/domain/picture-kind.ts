/** The kinds of pictures that are handed on. SVG is none: it is a document with scripts in it. */
export type PictureKind = "image/png" | "image/jpeg" | "image/webp" | "image/gif" | "image/avif";

/** So many bytes suffice to tell a kind. */
export const pictureHeadBytes = 32;

/**
 * Tells what a picture is by its first bytes, whatever its name or a server says of it; undefined for everything that is
 * not of these kinds. Source: the formats' own signatures; for AVIF the brands of ISO 14496-12 that AV1 images carry.
 */
export function pictureKindOf(head: Uint8Array): PictureKind | undefined {
  const text = String.fromCharCode(...head.subarray(0, pictureHeadBytes));
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (text.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (/^GIF8[79]a/.test(text)) return "image/gif";
  if (text.startsWith("RIFF") && text.startsWith("WEBP", 8)) return "image/webp";
  if (text.startsWith("ftypavif", 4) || text.startsWith("ftypavis", 4)) return "image/avif";
  return undefined;
}
