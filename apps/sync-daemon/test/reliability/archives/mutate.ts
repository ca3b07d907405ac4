import type { SeededRandom } from "./seeded-random.ts";

/** What can be done to an archive. The last six know where a zip keeps its numbers; the others are blind. */
export const mutations = [
  "bit",
  "byte",
  "insert",
  "delete",
  "truncate",
  "repeat",
  "splice",
  "number-of-local-header",
  "number-of-directory",
  "number-of-end",
  "number-of-zip64-end",
  "swap-headers",
  "swap-sizes",
] as const;

export type Mutation = (typeof mutations)[number];

interface Field {
  readonly at: number;
  readonly bytes: 2 | 4 | 8;
}

// Offset and width of each number. PKWARE APPNOTE 4.3.7, 4.3.12, 4.3.14, 4.3.16.
const layouts = {
  local: {
    signature: "PK\x03\x04",
    bytes: 30,
    fields: [
      [4, 2],
      [6, 2],
      [8, 2],
      [10, 4],
      [14, 4],
      [18, 4],
      [22, 4],
      [26, 2],
      [28, 2],
    ],
  },
  directory: {
    signature: "PK\x01\x02",
    bytes: 46,
    fields: [
      [4, 2],
      [6, 2],
      [8, 2],
      [10, 2],
      [16, 4],
      [20, 4],
      [24, 4],
      [28, 2],
      [30, 2],
      [32, 2],
      [34, 2],
      [36, 2],
      [38, 4],
      [42, 4],
    ],
  },
  end: {
    signature: "PK\x05\x06",
    bytes: 22,
    fields: [
      [4, 2],
      [6, 2],
      [8, 2],
      [10, 2],
      [12, 4],
      [16, 4],
      [20, 2],
    ],
  },
  zip64End: {
    signature: "PK\x06\x06",
    bytes: 56,
    fields: [
      [4, 8],
      [16, 4],
      [20, 4],
      [24, 8],
      [32, 8],
      [40, 8],
      [48, 8],
    ],
  },
} as const;

function findAll(archive: Buffer, layout: (typeof layouts)[keyof typeof layouts]): number[] {
  const found: number[] = [];
  for (
    let at = archive.indexOf(layout.signature, 0, "latin1");
    at >= 0;
    at = archive.indexOf(layout.signature, at + 1, "latin1")
  ) {
    if (at + layout.bytes <= archive.length) found.push(at);
  }
  return found;
}

// Numbers at which programs change their mind: zero, one off, signs, and what means "see zip64".
const notable = [
  0n,
  1n,
  0x7fn,
  0xffn,
  0x7fffn,
  0xffffn,
  0x7fffffffn,
  0xfffffffen,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 64n - 1n,
];

function changeNumber(archive: Buffer, field: Field, random: SeededRandom): void {
  const modulus = 1n << BigInt(field.bytes * 8);
  const read =
    field.bytes === 8 ? archive.readBigUInt64LE(field.at) : BigInt(archive.readUIntLE(field.at, field.bytes));
  const near = [
    read + 1n,
    read - 1n,
    read + BigInt(random.below(64)),
    read - BigInt(random.below(64)),
    read * 2n,
    read ^ (1n << BigInt(random.below(field.bytes * 8))),
  ];
  const value = BigInt.asUintN(field.bytes * 8, random.pick([...near, ...near, ...notable])) % modulus;
  if (field.bytes === 8) archive.writeBigUInt64LE(value, field.at);
  else archive.writeUIntLE(Number(value), field.at, field.bytes);
}

function changeNumberOf(archive: Buffer, kind: keyof typeof layouts, random: SeededRandom): Buffer {
  const layout = layouts[kind];
  const places = findAll(archive, layout);
  if (places.length === 0) return changeBit(archive, random);
  const changed = Buffer.from(archive);
  const [offset, bytes] = random.pick<readonly [number, 2 | 4 | 8]>(layout.fields);
  changeNumber(changed, { at: random.pick(places) + offset, bytes }, random);
  return changed;
}

function changeBit(archive: Buffer, random: SeededRandom): Buffer {
  const changed = Buffer.from(archive);
  if (archive.length === 0) return changed;
  const at = random.below(archive.length);
  changed.writeUInt8((changed[at] ?? 0) ^ (1 << random.below(8)), at);
  return changed;
}

/** Exchanges the fixed parts of two headers of one kind, or one number of the two. */
function swapHeaders(archive: Buffer, random: SeededRandom, what: "all" | "sizes"): Buffer {
  const layout = layouts[random.pick(["local", "directory"] as const)];
  const places = findAll(archive, layout);
  if (places.length < 2) return changeBit(archive, random);
  const [one, other] = [random.pick(places), random.pick(places)];
  const changed = Buffer.from(archive);
  const [start, end] = what === "all" ? [4, layout.bytes - 4] : layout.bytes === 30 ? [18, 26] : [20, 28];
  archive.copy(changed, one + start, other + start, other + end);
  archive.copy(changed, other + start, one + start, one + end);
  return changed;
}

const noise = (random: SeededRandom, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.below(256)));

/** Damages a copy of `archive`. `other` is a second archive, to join halves with. */
export function mutate(archive: Buffer, other: Buffer, mutation: Mutation, random: SeededRandom): Buffer {
  const at = random.below(archive.length + 1);
  const length = 1 + random.below(random.pick([4, 64, 1024]));
  const before = archive.subarray(0, at);
  const after = archive.subarray(at);
  switch (mutation) {
    case "bit":
      return changeBit(archive, random);
    case "byte":
      return Buffer.concat([before, noise(random, Math.min(1, after.length)), after.subarray(1)]);
    case "insert":
      return Buffer.concat([before, noise(random, length), after]);
    case "delete":
      return Buffer.concat([before, after.subarray(length)]);
    case "truncate":
      return before;
    case "repeat":
      return Buffer.concat([before, after.subarray(0, length), after]);
    case "splice":
      return Buffer.concat([before, other.subarray(random.below(other.length + 1))]);
    case "number-of-local-header":
      return changeNumberOf(archive, "local", random);
    case "number-of-directory":
      return changeNumberOf(archive, "directory", random);
    case "number-of-end":
      return changeNumberOf(archive, "end", random);
    case "number-of-zip64-end":
      return changeNumberOf(archive, "zip64End", random);
    case "swap-headers":
      return swapHeaders(archive, random, "all");
    case "swap-sizes":
      return swapHeaders(archive, random, "sizes");
  }
}

/** One damaged archive: which seed, what was done to it, one to three times. The same number gives the same bytes. */
export function makeMutant(
  seeds: readonly Buffer[],
  random: SeededRandom,
): { bytes: Buffer; seed: number; done: Mutation[] } {
  const seed = random.below(seeds.length);
  const original = seeds[seed] ?? Buffer.alloc(0);
  const done: Mutation[] = [];
  let bytes = original;
  for (let times = random.pick([1, 1, 1, 2, 3]); times > 0; times--) {
    const mutation = random.pick(mutations);
    bytes = mutate(bytes, random.pick(seeds), mutation, random);
    done.push(mutation);
  }
  return { bytes, seed, done };
}
