import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "vitest";
import { overwrite, positionOf } from "../../../src/store/__fixtures__/damage.ts";
import { startCommand } from "../../scene/command.ts";
import { count, runSeed } from "../level.ts";
import { record } from "../record.ts";
import { type FilledHome, fillHome } from "./filled-home.ts";

const pageBytes = 4_096;
const pageWith = (path: string, text: string) => Math.floor(positionOf(path, text) / pageBytes) * pageBytes;

function execute(path: string, sql: string): void {
  const connection = new DatabaseSync(path);
  connection.exec(sql);
  connection.close();
}

/** How the daemon must meet a shape: set it aside and build anew, open it as it is, or refuse to start. */
type Meeting = "rebuilt" | "opened" | "refused";

interface Shape {
  readonly name: string;
  readonly meeting: Meeting;
  /** Puts a home in place and damages it. Returns what takes it back, where something must be. */
  damage(home: FilledHome): (() => void) | undefined;
  /** The download under way is not in what is left: nothing may be paid for it without a person. */
  readonly forgetsDownloads?: true;
}

const spoil = (change: (path: string) => void) => (home: FilledHome) => {
  home.restore();
  change(home.statePath);
  return undefined;
};

/** T14 of the reliability plan. */
const shapes: readonly Shape[] = [
  { name: "0 bytes", meeting: "rebuilt", damage: spoil((path) => truncateSync(path, 0)) },
  { name: "deleted", meeting: "rebuilt", damage: spoil((path) => rmSync(path)) },
  { name: "garbage in the header", meeting: "rebuilt", damage: spoil((path) => overwrite(path, 0, () => 0xaa, 100)) },
  {
    name: "half of it",
    meeting: "rebuilt",
    damage: spoil((path) => truncateSync(path, Math.floor(statSync(path).size / 2 / pageBytes) * pageBytes)),
  },
  { name: "odd length", meeting: "rebuilt", damage: spoil((path) => truncateSync(path, statSync(path).size - 1_000)) },
  {
    name: "a zeroed page",
    meeting: "rebuilt",
    damage: spoil((path) => overwrite(path, pageWith(path, "Decor_Bowl_Glazed_02_Blender.zip"), () => 0, pageBytes)),
  },
  {
    name: "one flipped bit",
    meeting: "rebuilt",
    damage: spoil((path) => overwrite(path, positionOf(path, keyOfSpend(path)), (byte) => byte ^ 1)),
  },
  {
    name: "a folder in its place",
    meeting: "rebuilt",
    damage: spoil((path) => {
      rmSync(path);
      mkdirSync(path);
    }),
  },
  {
    name: "HTML",
    meeting: "rebuilt",
    damage: spoil((path) => writeFileSync(path, "<!doctype html><title>404</title>")),
  },
  { name: "schema 9999", meeting: "refused", damage: spoil((path) => execute(path, "PRAGMA user_version = 9999")) },
  {
    name: "garbage for a log",
    meeting: "opened",
    damage: spoil((path) => writeFileSync(`${path}-wal`, Buffer.alloc(32_768, 0x55))),
  },
  {
    name: "a torn log",
    meeting: "opened",
    damage(home) {
      home.restoreAsAfterKill();
      truncateSync(`${home.statePath}-wal`, statSync(`${home.statePath}-wal`).size - 100);
      return undefined;
    },
  },
  {
    name: "a deleted log",
    meeting: "opened",
    damage(home) {
      home.restoreAsAfterKill();
      expect(statSync(`${home.statePath}-wal`).size).toBeGreaterThan(0);
      rmSync(`${home.statePath}-wal`);
      return undefined;
    },
  },
  {
    name: "read-only",
    meeting: "refused",
    damage(home) {
      home.restore();
      execFileSync("mount", ["--bind", home.statePath, home.statePath]);
      execFileSync("mount", ["-o", "remount,bind,ro", home.statePath]);
      return () => execFileSync("umount", [home.statePath]);
    },
  },
  {
    name: "locked by another program",
    meeting: "refused",
    damage(home) {
      home.restore();
      const other = new DatabaseSync(home.statePath);
      other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE held (id INTEGER)");
      return () => other.close();
    },
  },
  {
    name: "from an older backup",
    meeting: "opened",
    damage(home) {
      home.restoreOlderDatabase();
      return undefined;
    },
  },
  {
    name: "the whole home from an older backup",
    meeting: "opened",
    // Nothing on this machine knows of the download under way any more, so it is asked for anew.
    forgetsDownloads: true,
    damage(home) {
      home.restoreOlderHome();
      return undefined;
    },
  },
];

function keyOfSpend(path: string): string {
  const database = new DatabaseSync(path, { readOnly: true });
  const key = String(database.prepare("SELECT key FROM spends ORDER BY id LIMIT 1").get()?.key);
  database.close();
  return key;
}

const isRoot = process.getuid?.() === 0 && process.platform === "linux";
const setAside = (home: FilledHome) =>
  readdirSync(home.scene.home).filter((name) => /^state\.db\.corrupt-[^/]*Z(-\d+)?$/.test(name));
const linksAskedFor = (home: FilledHome) =>
  home.scene.sandbox.requests({ path: "/wp-json/imeshh/product-information/download-link" }).length;

/** Starts the daemon, syncs, and says what is wrong: an empty list, or sentences. */
async function meet(home: FilledHome): Promise<{ meeting: Meeting; notice: string | null; problems: string[] }> {
  const { scene } = home;
  const linksBefore = linksAskedFor(home);
  const problems: string[] = [];
  let daemon: Awaited<ReturnType<typeof scene.start>>;
  try {
    daemon = await scene.start();
  } catch (error) {
    if (linksAskedFor(home) !== linksBefore) problems.push("asked for a link although it refused to start");
    const message = error instanceof Error ? error.message : String(error);
    if ((error as { code?: unknown }).code === undefined)
      problems.push(`ended with an error without a code: ${message}`);
    return { meeting: "refused", notice: message, problems };
  }
  const notice = daemon.daemon.stateNotice;
  try {
    await daemon.sync();
    for (const before of home.quota) {
      const now = (await daemon.quota()).products.find(({ productId }) => productId === before.productId);
      const spent = (now?.spent ?? 0) + (now?.inDoubt ?? 0);
      if (spent < before.spent + before.inDoubt) problems.push(`forgot what was spent on ${before.productId}`);
    }
    const { damaged } = await daemon.verify();
    if (damaged.length > 0) problems.push(`${damaged.length} assets are damaged`);
  } catch (error) {
    problems.push(`did not answer: ${String(error)}`);
  } finally {
    await daemon.stop();
  }
  if (linksAskedFor(home) !== linksBefore) problems.push("asked for a link");
  if (scene.spentAtShop() !== home.spentAtShop) problems.push("spent a download");
  if ((await scene.assets()).join() !== home.assets.join()) problems.push("changed the library");
  return { meeting: setAside(home).length > 0 || notice !== null ? "rebuilt" : "opened", notice, problems };
}

describe("a damaged database costs no download (T14)", {
  timeout: count({ commit: 300_000, nightly: 1_200_000, release: 3_600_000 }),
}, () => {
  it("in sixteen shapes", async () => {
    const startedMs = performance.now();
    const home = await fillHome({ transfer: "breaks-off" });
    expect(home.quota.length).toBeGreaterThan(4);
    let wrong = 0;
    let met = 0;
    const skipped: string[] = [];
    for (const shape of shapes) {
      if (shape.name === "read-only" && !isRoot) {
        skipped.push(shape.name);
        continue;
      }
      const undo = shape.damage(home);
      let outcome: Awaited<ReturnType<typeof meet>>;
      const before = statSync(home.statePath, { throwIfNoEntry: false })?.isFile()
        ? readFileSync(home.statePath)
        : null;
      try {
        outcome = await meet(home);
      } finally {
        undo?.();
      }
      met += 1;
      const { meeting, notice } = outcome;
      const problems = outcome.problems.filter((problem) => !(shape.forgetsDownloads && /link|spent/.test(problem)));
      if (meeting !== shape.meeting) problems.push(`was ${meeting}, should be ${shape.meeting}: ${notice}`);
      if (shape.meeting === "rebuilt") {
        const [aside = ""] = setAside(home);
        if (shape.name !== "deleted") {
          if (!notice?.includes(aside) || aside === "") problems.push(`does not say where the old one is: ${notice}`);
          const path = join(home.scene.home, aside);
          if (before !== null && !readFileSync(path).equals(before)) problems.push("changed what it set aside");
        }
      }
      if (shape.meeting === "refused" && before !== null && !readFileSync(home.statePath).equals(before))
        problems.push("changed a database that it refused");
      wrong += problems.length > 0 ? 1 : 0;
      expect.soft({ shape: shape.name, problems }).toEqual({ shape: shape.name, problems: [] });
    }
    const second = home.scene.spentAtShop() - home.spentAtShop;
    record({
      test: "T14",
      what: "damaged database, 16 shapes and an old home",
      injections: met,
      wrong,
      secondSpends: second,
      seed: null,
      ms: performance.now() - startedMs,
      ...(skipped.length > 0 ? { note: `not as root, so not: ${skipped.join(", ")}` } : {}),
    });
  });

  it("of a newer version: the command says so and changes nothing", async () => {
    const home = await fillHome({ transfer: "refused" });
    execute(home.statePath, "PRAGMA user_version = 9999");
    const before = readFileSync(home.statePath);
    const { code, stderr } = await startCommand(home.scene, ["sync"]).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/newer asset-sync \(schema 9999/)]);
    expect(readFileSync(home.statePath).equals(before)).toBe(true);
    expect(home.scene.spentAtShop()).toBe(home.spentAtShop);
  });

  it("with bytes changed anywhere in the database, the ledger's file or the catalog", async () => {
    const seed = runSeed();
    const random = createRandom(seed);
    const startedMs = performance.now();
    const home = await fillHome({ transfer: "refused" });
    const rounds = count({ commit: 6, nightly: 100, release: 1_000 });
    let wrong = 0;
    for (let round = 0; round < rounds; round += 1) {
      home.restore();
      const files = filesOf(home.scene.home).filter((path) =>
        /(?:state\.db|ledger\.jsonl|[/\\]catalogs?[/\\][^/\\]+\.db)$/.test(path),
      );
      // All three kinds are there to be hit.
      expect(files.length).toBeGreaterThan(2);
      const file = files[Math.floor(random() * files.length)] ?? home.statePath;
      const at = Math.floor(random() * statSync(file).size);
      const flip = 1 + Math.floor(random() * 255);
      overwrite(file, at, (byte) => byte ^ flip);
      const { problems, meeting, notice } = await meet(home);
      const isVersion = file === home.statePath && at >= 60 && at < 64;
      if (meeting === "refused" && !isVersion) problems.push(`refused to start: ${notice}`);
      wrong += problems.length > 0 ? 1 : 0;
      const where = `seed ${seed}, round ${round}: byte ${at} of ${file.slice(home.scene.home.length + 1)} ^ ${flip}`;
      expect.soft({ where, problems }).toEqual({ where, problems: [] });
    }
    record({
      test: "T14",
      what: "random bytes changed in state.db, ledger.jsonl or the catalog",
      injections: rounds,
      wrong,
      secondSpends: home.scene.spentAtShop() - home.spentAtShop,
      seed,
      ms: performance.now() - startedMs,
    });
  });
});

/** Mulberry32: small, and the same numbers for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}
