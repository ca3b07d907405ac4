import { join } from "node:path";
import { parseReceipts } from "../../../src/archive/archive-receipt.ts";
import { newestEntries, parseLedgerLine, type SpendEntry } from "../../../src/store/ledger-entry.ts";
import type { World } from "./current-world.ts";
import type { DownloadWishes } from "./download-wishes.ts";
import { readDatabase } from "./injected-database.ts";
import { seeLibrary } from "./library-view.ts";
import type { Person } from "./person.ts";
import { real } from "./real-calls.ts";
import type { Asked, ShopEars } from "./shop.ts";
import { type ServedArchive, sha256Of } from "./shop-goods.ts";

/** Looks at the disk with other eyes than the engine's whenever the shop is asked for something that it counts. */
export interface SpendWatch extends ShopEars {
  /** The ledger's copies were taken away: what it does not know any more is no breach of its promises. */
  forget(): void;
  /** Spends that a rule made on one revision beyond the first; each stands for an answer that was lost. */
  readonly second: () => number;
}

export function createSpendWatch(settings: {
  world: World;
  person: Person;
  wishes: Pick<DownloadWishes, "forbids">;
  servedArchives: () => ReadonlyMap<string, ServedArchive>;
}): SpendWatch {
  const { world, person, wishes } = settings;
  let isForgetful = false;
  let second = 0;
  const breach = (what: string) => world.violations.push(what);

  /** I3: the intent is on the disk, in both copies, before the question has left. */
  function findIntent(productId: number, downloadId: string): SpendEntry | undefined {
    const ledger = join(world.stateFolder, "ledger.jsonl");
    const lines = real.existsSync(ledger) ? real.readFileSync(ledger, "utf8").split("\n") : [];
    const entries = newestEntries(lines.map(parseLedgerLine).filter((entry) => entry !== undefined));
    const reserved = [...entries.values()].filter(
      (entry): entry is SpendEntry => entry.kind === "spend" && entry.state === "reserved",
    );
    const intent = reserved.find((entry) => entry.productId === productId && entry.downloadId === downloadId);
    if (intent === undefined) {
      breach(`I3: ledger.jsonl has no reservation for ${productId}`);
      return undefined;
    }
    if (stateOf(world, intent.key) !== "reserved") breach(`I3: state.db has no reservation for ${productId}`);
    return intent;
  }

  /** A zip that was paid for, is here, and was not refused. */
  function isKept(productId: number, revision: string): boolean {
    const archives = join(world.root, "home", "archives");
    return real
      .readdirSync(archives)
      .filter((name) => name.endsWith(".json"))
      .flatMap((name) => parseReceipts(real.readFileSync(join(archives, name), "utf8")) ?? [])
      .filter((receipt) => receipt.productId === productId && receipt.revision === revision && receipt.refused === null)
      .some(({ sha256 }) => {
        const path = join(archives, `${sha256}.zip`);
        return real.existsSync(path) && sha256Of(real.readFileSync(path)) === sha256;
      });
  }

  /** Rules: never while there is a copy, never after a link for the same version came, never a third time. */
  function checkRule(intent: SpendEntry, earlier: readonly Asked[]): void {
    const { productId, revision } = intent;
    const about = `${productId} ${revision}`;
    const forbidden = wishes.forbids(productId, revision);
    if (forbidden !== null) breach(`I14: a rule pays for ${about} although ${forbidden}`);
    if (
      seeLibrary(join(world.root, "library")).assets.some(
        ({ manifest }) => manifest.productId === productId && manifest.revision === revision,
      )
    )
      breach(`I2: a rule pays for ${about}, which is installed`);
    if (person.deeds.get(productId)?.has("removes") && !isForgetful) {
      const installedBefore = earlier.some((one) => one.revision === revision && one.outcome === "link");
      if (installedBefore) breach(`I13: a rule pays for ${about} again, which a person removed`);
    }
    if (isForgetful) return;
    const counted = earlier.filter((one) => one.revision === revision && one.outcome !== "refused");
    if (counted.length > 0) second += 1;
    if (counted.some(({ outcome, isKnown }) => outcome === "link" && isKnown()))
      breach(`I2: a rule pays for ${about} although a link for it came`);
    if (counted.length > 1) breach(`I2: a rule pays for ${about} a third time`);
  }

  return {
    forget() {
      isForgetful = true;
    },
    second: () => second,
    onAsked({ goods, earlier, wasDiskFull }) {
      if (wasDiskFull) breach(`I2: ${goods.id} is paid for while the disk is full`);
      const intent = findIntent(goods.id, goods.downloadId);
      if (intent === undefined) return { revision: "?", requester: "rule", isKnown: () => false };
      const { revision, requester, key } = intent;
      if (isKept(goods.id, revision)) breach(`I2: ${goods.id} ${revision} is paid for although its archive is kept`);
      if (requester === "rule") checkRule(intent, earlier);
      return { revision, requester, isKnown: () => stateOf(world, key) === "confirmed" };
    },
  };
}

/** What the database says of a spend. */
function stateOf(world: World, key: string): unknown {
  return readDatabase(
    join(world.stateFolder, "state.db"),
    (database) => database.prepare("SELECT state FROM spends WHERE key = ?").get(key)?.state,
  );
}
