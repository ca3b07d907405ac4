import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { makeZip } from "../../src/archive/__fixtures__/make-zip.ts";
import { createExtractor, type Extractor } from "../../src/archive/extract-archive.ts";
import { verifyArchive } from "../../src/archive/verify-archive.ts";
import { Failure } from "../../src/domain/failure.ts";

/** The nightly run sets more; a failing run prints its seed. */
const runs = Number(process.env.ARCHIVE_MUTATIONS ?? 400);
const limits = { maxArchiveBytes: 1e9, maxExtractedBytes: 1e9, maxEntries: 20_000 };
const text = "A line of text that deflate can pack, again and again. ".repeat(40);

const members = [
  { name: "Chair/Chair.blend", data: text, mode: 0o100644 },
  { name: "Chair/textures/stored.png", data: createHash("sha512").update("noise").digest(), stored: true },
  { name: "Chair/textures/streamed.exr", data: `${text}streamed`, streamed: true },
  { name: "Chair/notes.txt", data: "short" },
];
const original = makeZip(members, { comment: "made for a test" });
const hashOf = (data: string | Buffer): string => createHash("sha256").update(data).digest("hex");
const expected = new Map(members.map(({ name, data }) => [name.slice("Chair/".length), hashOf(data)]));

interface Damage {
  readonly kind: "flip" | "overwrite" | "cut" | "insert" | "repeat";
  readonly at: number;
  readonly value: number;
  readonly length: number;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  // Most of them single bits: larger damage is found by the first check already.
  kind: fc.constantFrom("flip", "flip", "flip", "flip", "overwrite", "cut", "insert", "repeat"),
  at: fc.nat(original.length - 1),
  value: fc.nat(255),
  length: fc.integer({ min: 1, max: 64 }),
});

function apply(archive: Buffer, { kind, at, value, length }: Damage): Buffer {
  const position = Math.min(at, archive.length);
  const before = archive.subarray(0, position);
  const after = archive.subarray(position);
  switch (kind) {
    case "flip": {
      const changed = Buffer.from(archive);
      const place = Math.min(at, archive.length - 1);
      if (place >= 0) changed.writeUInt8((changed[place] ?? 0) ^ (1 << (value & 7)), place);
      return changed;
    }
    case "overwrite":
      return Buffer.concat([before, Buffer.alloc(Math.min(length, after.length), value), after.subarray(length)]);
    case "cut":
      return Buffer.concat([before, after.subarray(length)]);
    case "insert":
      return Buffer.concat([before, Buffer.alloc(length, value), after]);
    case "repeat":
      return Buffer.concat([before, after.subarray(0, length), after]);
  }
}

let folder: string;
let extractor: Extractor;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "mutations-"));
  extractor = createExtractor();
});

afterAll(async () => {
  await extractor.close();
  await rm(folder, { recursive: true, force: true });
});

/** Extracts; returns what is on disk afterwards, or `null` if the archive was refused. Anything else is an error. */
async function tryBytes(bytes: Buffer): Promise<Map<string, string> | null> {
  const path = join(folder, "archive.zip");
  const into = join(folder, "into");
  await writeFile(path, bytes);
  await rm(into, { recursive: true, force: true });
  await mkdir(into, { mode: 0o700 });
  // Longer than any of these needs: reaching it means that something hangs, and fails as "stopped".
  const signal = AbortSignal.timeout(5_000);
  try {
    await verifyArchive({ path, expectedBytes: null, signal });
    const contents = await extractor.inspectArchive({ path, limits, signal });
    const files = await extractor.extractArchive({ path, contents, into, signal, durable: false });
    const found = new Map<string, string>();
    for (const file of files) {
      const onDisk = hashOf(await readFile(join(into, file.path)));
      expect(onDisk).toBe(file.sha256);
      found.set(file.path, onDisk);
    }
    return found;
  } catch (error) {
    if (error instanceof Failure && error.code.startsWith("archive-")) return null;
    throw error;
  }
}

it("extracts the undamaged archive", async () => {
  expect(await tryBytes(original)).toEqual(expected);
});

it(`refuses ${runs} damaged archives or extracts exactly the original files, and never anything in between`, async () => {
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(damage, { minLength: 1, maxLength: 3 }), async (damages) => {
      const found = await tryBytes(damages.reduce(apply, original));
      if (found === null) refused += 1;
      else expect(found).toEqual(expected);
    }),
    { numRuns: runs },
  );
  // Flips in dates, comments and unused fields are harmless and not refused; most others are.
  expect(refused).toBeGreaterThan(runs / 4);
  expect(refused).toBeLessThan(runs);
}, 3_600_000);
