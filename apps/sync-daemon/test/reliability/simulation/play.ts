import { join } from "node:path";
import { toFailure } from "../../../src/domain/failure.ts";
import { getProducts } from "../../../src/sync/get-products.ts";
import type { SyncSettings } from "../../../src/sync/parts.ts";
import { repairAssets } from "../../../src/sync/repair-assets.ts";
import { restorePrevious } from "../../../src/sync/restore-previous.ts";
import { runSync } from "../../../src/sync/run-sync.ts";
import { createDownloadWishes, type DownloadWishes } from "./download-wishes.ts";
import { checkEnd } from "./end-state.ts";
import { type Engine, homeFolders, startEngine } from "./engine.ts";
import { createPerson, type Person } from "./person.ts";
import { createPromises } from "./promises.ts";
import { real } from "./real-calls.ts";
import { chargingModels, createShop, type Shop, shopLimit } from "./shop.ts";
import { createSpendWatch } from "./spend-watch.ts";
import type { LivingWorld } from "./world.ts";

/** One seed's play: rounds of work and mischief, then peace, then what must be true at the end. */
export interface Play {
  readonly shop: Shop;
  readonly person: Person;
  readonly wishes: Pick<DownloadWishes, "fired">;
  run(): Promise<void>;
  secondSpends(): number;
  charges(): number;
}

const hourMs = 60 * 60_000;

type Deed = (engine: Engine) => Promise<unknown>;

/** What kind of play: anything, or a person at work in each round while nothing else goes wrong. */
export type Manner = "anything" | "person";

export function createPlay(world: LivingWorld, manner: Manner): Play {
  const { random, clock, gate, scheduler, trace, root } = world;
  const person: Person = createPerson(world);
  const wishes = createDownloadWishes(world, isInjected);
  const watch = createSpendWatch({ world, person, wishes, servedArchives: () => shop.served });
  const shop: Shop = createShop({ world, model: random.pick(chargingModels), ears: watch });
  const promises = createPromises({ world, person, servedArchives: shop.served });
  const settings: SyncSettings = {
    wanted: [{ search: "thing" }],
    updates: random.pick(["auto", "auto", "auto", "ask"] as const),
    downloadLimit: shopLimit,
    keepInReserve: random.pick([0, 1, 1]),
    limits: {
      downloads: 3,
      bandwidthBytesPerSecond: null,
      diskFloorBytes: 1_000,
      maxArchiveBytes: 1e6,
      maxExtractedBytes: 1e6,
      maxEntries: 100,
      maxArchiveStoreBytes: random.chance(0.3) ? 900 : 1e9,
    },
  };
  /** How mischievous this seed is: some are peaceful, so that nothing excuses them. */
  const mischief = {
    shop: random.pick([0, 0.05, 0.05, 0.2]),
    disk: random.pick([0, 0.05, 0.15]),
    crash: random.pick([0, 0.3, 0.5]),
    person: random.pick([0, 0, 0.4]),
    memory: random.chance(0.1),
    wishes: random.pick([0, 0, 0.5]),
    ...(manner === "person" ? { shop: 0, disk: 0, crash: 0, person: 1, memory: false } : {}),
  };
  let engine: Engine | null = null;
  let isForgetful = false;
  let areLinksLost = false;
  /** Products whose earlier version a person brought back, which updates then leave alone. */
  const wentBack = new Set<number>();

  function prepare(): void {
    for (const folder of ["home", "canary", ...homeFolders.map((name) => `home/${name}`)])
      real.mkdirSync(join(root, folder), { mode: 0o700 });
    real.writeFileSync(join(root, "canary", "canary.txt"), "canary");
    trace.add(`plays ${JSON.stringify({ model: shop.model, mischief, goods: shop.goods, settings })}`);
    gate.watch(promises.afterChange);
  }

  /** Runs something of the engine's to its end or its crash. Undefined: it crashed. */
  async function during<T>(work: () => Promise<T>): Promise<T | undefined> {
    let outcome: { value: T } | { error: unknown } | undefined;
    const running = work().then(
      (value) => {
        outcome = { value };
      },
      (error: unknown) => {
        outcome = { error };
      },
    );
    const end = await scheduler.run(running, () => gate.isDead);
    if (end === "over" || gate.isDead) return undefined;
    if (outcome !== undefined && "value" in outcome) return outcome.value;
    throw outcome?.error;
  }

  async function afterCrash(): Promise<void> {
    engine = null;
    await world.bury({ power: random.chance(0.4) });
    promises.check("after a crash");
    gate.revive();
  }

  /** Starts it until it stands; a start may crash and fail as everything else. */
  async function start(isPeaceful: boolean): Promise<Engine> {
    for (let tries = 0; tries < 6; tries += 1) {
      const isLast = isPeaceful || tries > 3;
      armMischief(isLast ? { crash: 0, disk: 0 } : { crash: mischief.crash / 2, disk: mischief.disk / 2 });
      try {
        const started = await during(() =>
          startEngine({
            world,
            source: shop.source,
            settings,
            publish: (event) => trace.add(`event ${event.type} ${"code" in event ? event.code : ""}`),
          }),
        );
        if (started !== undefined) {
          promises.check("after a start");
          return started;
        }
        await afterCrash();
      } catch (error) {
        trace.add(`start failed: ${toFailure(error).code}`);
        if (isLast) throw error;
        await scheduler.finish(() => gate.isDead);
        if (gate.isDead) await afterCrash();
      }
    }
    throw new Error("It does not start.");
  }

  function armMischief(odds: { crash: number; disk: number }): void {
    const how = random.pick(["before", "torn", "after"] as const);
    gate.armCrash(random.chance(odds.crash) ? { atChange: 1 + random.below(random.pick([20, 150])), how } : null);
    const probability = random.pick([0.01, 0.05, 1]);
    gate.setTrouble(random.chance(odds.disk * 3) ? { probability, atMost: probability === 1 ? 1 : 3 } : null);
  }

  /** Others act while the engine works. */
  function armOthers(name: string): void {
    let personAt = random.chance(mischief.person) ? random.below(120) : -1;
    let stopAt = random.chance(0.05) ? random.below(150) : -1;
    let changeAt = random.chance(0.1) ? random.below(150) : -1;
    let wishAt = random.chance(mischief.wishes) ? random.below(100) : -1;
    world.setBetween(() => {
      if (personAt-- === 0) person.act();
      if (changeAt-- === 0) shop.change();
      if (wishAt-- === 0 && engine !== null) wishes.express(engine, { isAskedForBesides: name.includes("get") });
      if (stopAt-- === 0) engine?.stopping.abort();
    });
  }

  function passTime(): void {
    clock.advance(random.pick([1_000, 70_000, hourMs, 7 * hourMs, 30 * hourMs]));
    if (!random.chance(0.1)) return;
    const jumps = [
      clock.now() + 48 * hourMs,
      clock.now() - 24 * hourMs,
      0,
      Date.UTC(2038, 0, 20),
      Date.UTC(2100, 0, 1),
    ];
    clock.set(random.pick(jumps));
    trace.add(`clock is set to ${new Date(clock.now()).toISOString()}`);
  }

  const ids = shop.goods.map(({ id }) => id);
  const signalOf = ({ stopping }: Engine) => stopping.signal;
  const deeds: Record<string, Deed> = {
    sync: (on) => runSync(on.parts, { acceptFeed: false, onlyOnNews: random.chance(0.3), signal: signalOf(on) }),
    get: (on) => {
      const products = [random.pick(ids)];
      wishes.askedFor(products);
      return getProducts(on.parts, { products, spendLast: random.chance(0.2), signal: signalOf(on) });
    },
    "sync and get": (on) => {
      wishes.askedFor(ids);
      return Promise.all([
        runSync(on.parts, { acceptFeed: false, onlyOnNews: false, signal: signalOf(on) }),
        getProducts(on.parts, { products: ids, spendLast: false, signal: signalOf(on) }),
      ]);
    },
    repair: (on) => repairAssets(on.parts, { products: [], signal: signalOf(on) }),
    restore: (on) => {
      const id = random.pick(ids);
      wentBack.add(id);
      return restorePrevious(on.parts, { products: [id], signal: signalOf(on) });
    },
  };
  const usual = ["sync", "sync", "sync", "sync", "sync", "get", "sync and get", "repair", "restore"];

  /** One deed of the engine with all that is armed; a failure is an answer, a crash ends the process. */
  async function act(name: string): Promise<void> {
    engine ??= await start(false);
    const on = engine;
    trace.add(`does ${name}`);
    try {
      await during(async () => deeds[name]?.(on));
    } catch (error) {
      const { code } = toFailure(error);
      trace.add(`${name} failed: ${code}`);
      // Only what nobody thought of is "unexpected", and it must not be.
      if (code === "unexpected" && !isInjected(error)) world.violations.push(`I12: ${name} ended in ${String(error)}`);
    }
    world.setBetween(() => undefined);
    // What was begun beside a step that failed goes on, as it does in the daemon.
    await scheduler.finish(() => gate.isDead);
    if (gate.isDead) return afterCrash();
    gate.armCrash(null);
    gate.setTrouble(null);
    if (on.stopping.signal.aborted || random.chance(0.1)) await stop();
    promises.check(`after ${name}`);
  }

  async function stop(): Promise<void> {
    const on = engine;
    engine = null;
    if (on === null) return;
    trace.add("stops");
    await during(() => on.close());
    await scheduler.finish(() => gate.isDead);
    if (world.openFiles.size > 0)
      world.violations.push(`Files stayed open: ${[...world.openFiles.values()].join(", ")}`);
  }

  /** The state is lost, in part or as a whole. */
  async function loseMemory(): Promise<void> {
    await stop();
    const lost = random.pick([
      ["state.db", "state.db-wal", "state.db-shm"],
      ["ledger.jsonl"],
      ["state.db", "state.db-wal", "state.db-shm", "ledger.jsonl"],
    ]);
    for (const name of lost) real.rmSync(join(world.stateFolder, name), { force: true });
    trace.add(`lost: ${lost.join(", ")}`);
    wishes.forget();
    areLinksLost ||= lost.includes("state.db");
    if (lost.length < 4) return;
    isForgetful = true;
    watch.forget();
  }

  return {
    shop,
    person,
    wishes,
    secondSpends: watch.second,
    charges: () => ids.reduce((sum, id) => sum + shop.chargesOf(id), 0),
    async run() {
      prepare();
      const rounds = manner === "person" ? 20 : 5 + random.below(6);
      for (let round = 1; round <= rounds && world.violations.length === 0; round += 1) {
        trace.add(`round ${round}`);
        passTime();
        if (random.chance(0.25)) shop.change();
        if (random.chance(mischief.person)) person.act();
        if (random.chance(mischief.shop / 2)) shop.expireLinks();
        if (mischief.memory && random.chance(0.2)) await loseMemory();
        engine ??= await start(false);
        shop.setTrouble(mischief.shop);
        world.freeBytes = random.chance(mischief.disk / 2) ? 0 : 1e12;
        armMischief(mischief);
        const name = random.pick(usual);
        armOthers(name);
        await act(name);
        shop.setTrouble(0);
        world.freeBytes = 1e12;
      }
      if (world.violations.length > 0) return;
      trace.add("peace");
      shop.calm();
      await stop();
      engine = await start(true);
      await checkEnd({
        world,
        shop,
        person,
        settings,
        engine,
        during,
        promises,
        isForgetful,
        areLinksLost,
        wentBack,
        wishes,
      });
      await stop();
    },
  };
}

function isInjected(error: unknown): boolean {
  const text = error instanceof Error ? `${error.message} ${String(error.cause)}` : "";
  return /injected/.test(text);
}
