// Takes the lock at each line it is sent and answers with what it got. Keeps it until it is killed or its input ends.
import { createInterface } from "node:readline";
import { lockHome } from "../home-lock.ts";

const [folder = ""] = process.argv.slice(2);
const held: ReturnType<typeof lockHome>[] = [];
process.stdout.write("ready\n");
for await (const _ of createInterface({ input: process.stdin })) {
  const lock = lockHome({ folder, now: Date.now });
  held.push(lock);
  process.stdout.write(`${JSON.stringify(lock)}\n`);
}
