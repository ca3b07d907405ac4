// For people who hunt: node --conditions=@org/source hunt.ts [first seed] [how many]. Prints each seed that breaks a promise.
import "./injected-files.ts";
import process from "node:process";
import { prepareSeeds, runSeed } from "./run-seed.ts";

const first = Number(process.argv[2] ?? 1);
const howMany = Number(process.argv[3] ?? 100);
await prepareSeeds();
const startMs = performance.now();
const fired = new Map<string, number>();
let wrong = 0;
let steps = 0;
for (let seed = first; seed < first + howMany; seed += 1) {
  const result = await runSeed(seed);
  steps += result.steps;
  for (const [what, times] of result.fired) {
    const name = what.replace(/(crash \w+ ?[a-z]*).*/, "$1");
    fired.set(name, (fired.get(name) ?? 0) + times);
  }
  if (howMany === 1) process.stdout.write(`${result.lastLines.join("\n")}\n`);
  if (result.violations.length === 0) continue;
  wrong += 1;
  process.stdout.write(`seed ${seed}: ${result.violations.slice(0, 3).join("\n   ")}\n`);
}
const ms = performance.now() - startMs;
process.stdout.write(`${howMany} seeds, ${wrong} wrong, ${steps} steps, ${(ms / howMany).toFixed(1)} ms each\n`);
process.stdout.write(`${JSON.stringify(Object.fromEntries([...fired].sort()))}\n`);
