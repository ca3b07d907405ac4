import { createHash } from "node:crypto";

/** Assets that carry this id have no catalog, whatever the file says. */
export const nilCatalogId = "00000000-0000-0000-0000-000000000000";

/** Our own namespace for ids made from names (RFC 9562, version 5). Random once, fixed for ever. */
const namespaceBytes = Buffer.from("7c1f0b0e5d6a4b0c9a3e2f4d8e61c5a7", "hex");

/** Digits per field of an id as Blender scans it, and the `-` that follows some: 8-4-4-4-12, the last two in pairs. */
const fields: readonly { readonly width: number; readonly dashAfter: boolean }[] = [
  { width: 8, dashAfter: true },
  { width: 4, dashAfter: true },
  { width: 4, dashAfter: true },
  { width: 2, dashAfter: false },
  { width: 2, dashAfter: true },
  ...Array.from({ length: 6 }, () => ({ width: 2, dashAfter: false })),
];

// C's scanf skips blanks before a number and takes a sign and `0x` as part of it, all within the field's width.
const numberField = /^([+-]?)(?:0x(?=[0-9a-f]))?([0-9a-f]+)/i;

function scanField(text: string, width: number): { value: bigint; length: number } | null {
  const blanks = /^[ \t\n\v\f\r]*/.exec(text)?.[0].length ?? 0;
  const found = numberField.exec(text.slice(blanks, blanks + width));
  if (found === null) return null;
  const magnitude = BigInt(`0x${found[2]}`);
  return { value: found[1] === "-" ? -magnitude : magnitude, length: blanks + found[0].length };
}

/**
 * Reads a catalog's id as Blender does, and returns it in the one spelling Blender writes; null where Blender says
 * "Invalid UUID". Short fields, upper case and anything after a complete id are accepted.
 */
export function parseCatalogId(text: string): string | null {
  let rest = text;
  let digits = "";
  for (const [index, { width, dashAfter }] of fields.entries()) {
    const field = scanField(rest, width);
    if (field === null) return null;
    digits += BigInt.asUintN(width * 4, field.value)
      .toString(16)
      .padStart(width, "0");
    rest = rest.slice(field.length);
    if (!dashAfter || index === fields.length - 1) continue;
    if (!rest.startsWith("-")) return null;
    rest = rest.slice(1);
  }
  return toDashed(digits);
}

function toDashed(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/**
 * The id we give to a parent path nobody gave one: made from the library's kind and the path, so every machine makes
 * the same. `attempt` counts from 1 where the id before is taken by a catalog elsewhere.
 */
export function createCatalogId(named: { scope: string; path: string; attempt: number }): string {
  const name = `${named.scope}\n${named.path}${named.attempt === 1 ? "" : `\n${named.attempt}`}`;
  const hash = createHash("sha1").update(namespaceBytes).update(name, "utf8").digest().subarray(0, 16);
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50;
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80;
  return toDashed(hash.toString("hex"));
}
