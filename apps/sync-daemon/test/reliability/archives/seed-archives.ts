import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { extraField, makeZip, type ZipMember } from "../../../src/archive/__fixtures__/make-zip.ts";

const hostileGenerator = join(import.meta.dirname, "../../hostile-archives/generate.mjs");
const shopArchives = join(import.meta.dirname, "../../../../sandbox/sample-shop/archives");
// Larger ones say nothing that these do not, and each case would take longer.
const maxHostileBytes = 70_000;
const maxShopArchives = 4;

const noise = (text: string, blocks: number): Buffer =>
  Buffer.concat(Array.from({ length: blocks }, (_, block) => createHash("sha512").update(`${text}${block}`).digest()));
const text = "A line of text that deflate can pack, again and again. ".repeat(30);

/** Small archives as programs write them: stored, deflated, streamed, aligned, zip64, with comments and odd names. */
function makeGoodArchives(): Buffer[] {
  const zip64 = (sizes: readonly number[]): Buffer => {
    const data = Buffer.alloc(sizes.length * 8);
    for (const [number, size] of sizes.entries()) data.writeBigUInt64LE(BigInt(size), number * 8);
    return extraField(1, data);
  };
  const asset: ZipMember[] = [
    { name: "Chair/Chair.blend", data: text, mode: 0o100644 },
    { name: "Chair/textures/", mode: 0o040755 },
    { name: "Chair/textures/wood.png", data: noise("wood", 12), stored: true },
    { name: "Chair/textures/flat.exr", data: Buffer.alloc(9000) },
    { name: "Chair/notes.txt", data: "short" },
  ];
  return [
    makeZip(asset),
    makeZip(asset.map((member) => ({ ...member, streamed: member.data !== undefined }))),
    makeZip(asset, { comment: "made for a test" }),
    makeZip(asset, { lead: "PK00" }),
    makeZip(asset.map((member) => ({ ...member, localExtra: extraField(0xd935, Buffer.alloc(6)) }))),
    makeZip(asset.map((member) => ({ ...member, localExtra: Buffer.alloc(3), stored: true }))),
    makeZip([{ name: "a.txt", data: text, localExtra: zip64([1, 2]), centralExtra: zip64([]) }]),
    makeZip([
      { name: "back\\slash\\x.png", data: noise("x", 3) },
      { name: "Étagère.blend", data: text },
    ]),
    makeZip(
      Array.from({ length: 60 }, (_, number) => ({
        name: `many/${number % 7}/${number}.json`,
        data: `{"n":${number}}`,
      })),
    ),
    makeZip([
      { name: "__MACOSX/._a", data: "x" },
      { name: ".DS_Store", data: "x" },
      { name: "a.blend", data: text },
    ]),
    makeZip([
      { name: "empty.txt" },
      { name: "pipe", data: "x", mode: 0o010644 },
      { name: "twice.bin", data: Buffer.concat([noise("t", 2), noise("t", 2)]) },
    ]),
  ];
}

/** Every archive that mutants are made of, in an order that is the same everywhere. Makes the hostile ones in `scratch`. */
export function collectSeedArchives(scratch: string): Buffer[] {
  execFileSync(process.execPath, [hostileGenerator, join(scratch, "cases")], { stdio: "ignore" });
  const read = (folder: string, maxBytes: number): Buffer[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".zip"))
      .sort()
      .map((name) => join(folder, name))
      .filter((path) => statSync(path).size <= maxBytes)
      .map((path) => readFileSync(path));
  const good = makeGoodArchives();
  const shop = read(shopArchives, Number.POSITIVE_INFINITY).slice(0, maxShopArchives);
  const hostile = read(join(scratch, "cases"), maxHostileBytes);
  // Half of them good ones: damage to an archive that was refused anyway says less.
  return [
    ...Array.from({ length: hostile.length }, (_, number) => good[number % good.length] ?? Buffer.alloc(0)),
    ...shop,
    ...hostile,
  ];
}
