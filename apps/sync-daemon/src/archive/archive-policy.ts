// Bounds that no configuration changes. What a person may set is `ArchiveLimits` in domain/limits.ts.

/** Folders and file name together. Policy; real products stay below 6. */
export const maxPathDepth = 32;

/**
 * UTF-16 units of an entry's whole path. Windows allows 260 for a full path, the library's own folder included; a name
 * cannot be shortened, because .blend files refer to their textures by relative path.
 */
export const maxPathUnits = 200;

/** One extracted file: 32 GiB. Policy. */
export const maxFileBytes = 32 * 2 ** 30;

/** The list of entries at the end of a zip. 20,000 entries with long names are about 5 MB; it is held in memory. */
export const maxDirectoryBytes = 64 * 2 ** 20;

// Deflate makes at most 258 bytes of 2 bits, which is 1032:1. Source: zlib's technical notes. Every lower limit would
// refuse the flat textures of real products.
const maxDeflateRatio = 1032;
const deflateSlackBytes = 1024;

/** Can `compressedBytes` of deflate data hold so many bytes? If not, the zip lies about one of the two. */
export function exceedsDeflateBound(entry: { bytes: number; compressedBytes: number }): boolean {
  return entry.bytes > entry.compressedBytes * maxDeflateRatio + deflateSlackBytes;
}
