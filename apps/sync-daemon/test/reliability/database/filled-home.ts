import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { QuotaAnswer } from "../../../src/api/contract/ledger.ts";
import { makeScene, type Scene, type TestDaemon } from "../../scene/scene.ts";

/** What was true before anything was damaged. */
export interface FilledHome {
  readonly scene: Scene;
  readonly statePath: string;
  readonly assets: readonly string[];
  readonly spentAtShop: number;
  readonly quota: QuotaAnswer["products"];
  /** Puts the whole home back as it was after a clean stop. */
  restore(): void;
  /** As it was while the daemon ran: with a log of commits that the database file does not have. */
  restoreAsAfterKill(): void;
  /** The database, not the ledger's file, as it was before the last spends. */
  restoreOlderDatabase(): void;
  /** As `restore`, with everything of the home as it was before the last spends. */
  restoreOlderHome(): void;
}

/** Fetched by a rule and installed; then one by name; then one whose link works and whose transfer never does. */
const [bust, stalled] = [132710, 132622];
const stalledZip = "*Decor_Bowl_Glazed_02_Blender.zip";

/**
 * A home with a ledger, assets in the library and a download under way, and copies of it from three moments. A transfer that
 * breaks off is tried again by itself, which takes some seconds; one that is refused waits for a person.
 */
export async function fillHome(options: { transfer: "breaks-off" | "refused" }): Promise<FilledHome> {
  const scene = await makeScene({ wanted: [{ freebie: true }, { productId: stalled }] });
  const copies = join(scene.folder, "copies");
  const copyTo = (name: string) =>
    cpSync(scene.home, join(copies, name), { recursive: true, preserveTimestamps: true });
  const restoreFrom = (name: string) => {
    for (const entry of readdirSync(scene.home)) rmSync(join(scene.home, entry), { recursive: true });
    cpSync(join(copies, name), scene.home, { recursive: true, preserveTimestamps: true });
  };

  const fault =
    options.transfer === "refused"
      ? { kind: "status" as const, status: 403 }
      : { kind: "cut" as const, afterBytes: 1_000 };
  scene.fault({ host: "cdn", path: stalledZip, ...fault });
  await writeWanted(scene, [{ freebie: true }]);
  await inOneRun(scene, (daemon) => daemon.sync());
  copyTo("older");

  await writeWanted(scene, [{ freebie: true }, { productId: stalled }]);
  const quota = await inOneRun(scene, async (daemon) => {
    await daemon.get([bust]);
    await daemon.sync();
    copyTo("killed");
    return (await daemon.quota()).products;
  });
  copyTo("whole");
  return {
    scene,
    statePath: join(scene.home, "state.db"),
    assets: await scene.assets(),
    spentAtShop: scene.spentAtShop(),
    quota,
    restore: () => restoreFrom("whole"),
    restoreAsAfterKill: () => restoreFrom("killed"),
    restoreOlderDatabase() {
      restoreFrom("whole");
      for (const suffix of ["", "-wal", "-shm"]) rmSync(join(scene.home, `state.db${suffix}`), { force: true });
      cpSync(join(copies, "older", "state.db"), join(scene.home, "state.db"));
    },
    restoreOlderHome: () => restoreFrom("older"),
  };
}

function writeWanted(scene: Scene, wanted: unknown[]): Promise<void> {
  return scene.writeConfig({ imeshh: { wanted } });
}

async function inOneRun<T>(scene: Scene, work: (daemon: TestDaemon) => Promise<T>): Promise<T> {
  const daemon = await scene.start();
  try {
    return await work(daemon);
  } finally {
    await daemon.stop();
  }
}
