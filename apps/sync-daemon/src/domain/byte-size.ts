const thousand = 1_000;
const million = 1_000_000;

/** Sizes as people read them: `40 kB`, `0.4 MB`, `260 MB`, `1.2 GB` (1 MB is a million bytes, as shops and disks count). */
export function formatBytes(bytes: number): string {
  if (bytes >= 1_000 * million) return `${(bytes / (1_000 * million)).toFixed(1)} GB`;
  if (bytes > 0 && bytes < 100 * thousand) return `${Math.ceil(bytes / thousand)} kB`;
  const megabytes = bytes / million;
  return `${megabytes >= 100 || megabytes === 0 ? Math.round(megabytes) : megabytes.toFixed(1)} MB`;
}
