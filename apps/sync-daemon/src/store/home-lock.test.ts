import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type HomeLock, type HomeTaken, lockHome } from "./home-lock.ts";

const now = () => Date.UTC(2026, 0, 1);
const script = fileURLToPath(new URL("./__fixtures__/lock-on-demand.ts", import.meta.url));
let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "asset-sync-lock-"));
});
afterEach(async () => {
  for (const child of children.splice(0)) await kill(child);
  rmSync(folder, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** A process that tries for the lock whenever `ask` is called. */
async function startContender() {
  const child = spawn(process.execPath, [script, folder], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  await lines.next();
  return {
    pid: child.pid,
    kill: () => kill(child),
    async ask(): Promise<HomeTaken | Pick<HomeLock, "taken">> {
      child.stdin.write("lock\n");
      return JSON.parse((await lines.next()).value ?? "null");
    },
  };
}

function demandLock(taken: HomeLock | HomeTaken): HomeLock {
  if (taken.taken) throw new Error("The lock is taken.");
  return taken;
}

test("twenty at once: exactly one gets it; after kill -9 of the holder the next one does, at once", async () => {
  let contenders = await Promise.all(Array.from({ length: 20 }, startContender));
  for (let round = 0; round < 5; round += 1) {
    const answers = await Promise.all(
      contenders.map(async (contender) => ({ contender, answer: await contender.ask() })),
    );
    const winners = answers.filter(({ answer }) => !answer.taken);
    expect(winners).toHaveLength(1);
    const [winner] = winners;
    if (winner === undefined) return;
    expect(await contenders.find((contender) => contender !== winner.contender)?.ask()).toMatchObject({
      taken: true,
      byPid: winner.contender.pid,
    });
    await winner.contender.kill();
    contenders = contenders.filter((contender) => contender !== winner.contender);
  }
});

test("within one process too there is one holder, who says who it is", () => {
  const lock = demandLock(lockHome({ folder, now }));
  expect(lockHome({ folder, now })).toEqual({ taken: true, byPid: process.pid, sinceMs: now() });
  lock.release();
  lock.release();
  demandLock(lockHome({ folder, now })).release();
});

test("somebody who only reads the lock file does not hold it", () => {
  demandLock(lockHome({ folder, now })).release();
  const reader = new DatabaseSync(join(folder, "lock.db"));
  reader.exec("BEGIN; SELECT * FROM sqlite_master");
  // A shared lock is what a contender holds for a moment, too: with an exclusive one, two could keep each other out.
  const lock = lockHome({ folder, now });
  reader.close();
  demandLock(lock).release();
});

test("a lock file that was overwritten is no obstacle, and a spoilt holder's file none either", () => {
  writeFileSync(join(folder, "lock.db"), "<html>".repeat(1_000));
  writeFileSync(join(folder, "lock.json"), "{");
  const lock = demandLock(lockHome({ folder, now }));
  writeFileSync(join(folder, "lock.json"), "{");
  expect(lockHome({ folder, now })).toEqual({ taken: true, byPid: null, sinceMs: null });
  lock.release();
});

test("a folder where the lock file should be: a failure that names it", () => {
  mkdirSync(join(folder, "lock.db"));
  expect(() => lockHome({ folder, now })).toThrow(
    expect.objectContaining({ code: "disk-failed", path: join(folder, "lock.db") }),
  );
});
