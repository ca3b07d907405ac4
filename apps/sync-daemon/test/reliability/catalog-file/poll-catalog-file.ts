// Started by catalog-file.test.ts as a process of its own: reads a catalog file without a pause, as Blender may at any
// time, and says each different content once, by its hash. Ends when its input does.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import process from "node:process";

const [file = ""] = process.argv.slice(2);
const seen = new Set<string>();
let reads = 0;
let isEnding = false;

function look(): void {
  let hash: string;
  try {
    hash = createHash("sha256").update(readFileSync(file)).digest("hex");
  } catch (error) {
    hash = `error ${(error as NodeJS.ErrnoException).code}`;
  }
  reads += 1;
  if (!seen.has(hash)) process.stdout.write(`${hash}\n`);
  seen.add(hash);
  if (isEnding) process.stdout.write(`reads ${reads}\n`, () => process.exit(0));
  // Sooner than each millisecond: the gap between emptying a file and filling it is shorter.
  else setImmediate(look);
}

process.stdin.resume().once("end", () => {
  isEnding = true;
});
process.stdout.write("reading\n");
look();
