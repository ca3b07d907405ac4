// Tries mutants in a process of its own, so that one that crashes or hangs it is seen from outside.
// argv: scratch folder, seed of the run, number of the first mutant, number of mutants. Says one line per mutant before
// it begins (its number) and one JSON line at the end. What was used is kept in `used/` with what came of it.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { makeMutant } from "./mutate.ts";
import { collectSeedArchives } from "./seed-archives.ts";
import { createSeededRandom } from "./seeded-random.ts";
import { createSurroundings } from "./try-archive.ts";

const [scratch = "", runSeed = "0", first = "0", many = "0"] = process.argv.slice(2);
const used = join(scratch, "used");
mkdirSync(used, { recursive: true });
const seeds = collectSeedArchives(scratch);
const surroundings = createSurroundings(join(scratch, "try"));
const refused: Record<string, number> = {};
const done: Record<string, number> = {};
const wrong: string[] = [];
let usedCount = 0;

const maxCpuMs = 5000;

for (let number = Number(first); number < Number(first) + Number(many); number++) {
  process.stdout.write(`${number}\n`);
  // Each mutant has a seed of its own, so that one can be made again without those before it.
  const random = createSeededRandom(Number(runSeed) + Math.imul(number, 0x9e3779b1));
  const mutant = makeMutant(seeds, random);
  for (const mutation of mutant.done) done[mutation] = (done[mutation] ?? 0) + 1;
  const before = process.cpuUsage();
  const tried = await surroundings.tryArchive(mutant.bytes);
  const { user, system } = process.cpuUsage(before);
  const about = `mutant ${number} (${mutant.done.join(", ")} of seed ${mutant.seed})`;
  if ((user + system) / 1000 > maxCpuMs) wrong.push(`${about} took ${(user + system) / 1000} ms of work`);
  if (tried.outcome === "wrong") wrong.push(`${about} ${tried.what}`);
  if (tried.outcome === "refused") refused[tried.code] = (refused[tried.code] ?? 0) + 1;
  if (tried.outcome === "used") {
    usedCount += 1;
    writeFileSync(join(used, `${number}.zip`), mutant.bytes);
    writeFileSync(join(used, `${number}.json`), JSON.stringify({ about, files: tried.files }));
  }
}
process.stdout.write(`${JSON.stringify({ refused, done, wrong, used: usedCount })}\n`);
