import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { currentWorld, placeOf, type World } from "./current-world.ts";

// SQLite writes past the gate, so each commit is a crash point, and so is each statement that changes something by
// itself. What a killed process leaves is taken from the files at that moment (see world.ts): closing would roll back and
// tidy up. Named imports of node:sqlite cannot be replaced, so its methods are.

const { exec, prepare, close } = DatabaseSync.prototype;
const changesData = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE)/i;

/** The world a connection belongs to and its place there; null for those of the simulation itself and for memory. */
const known = new WeakMap<DatabaseSync, { world: World; place: string } | null>();
let isOwn = false;

function belonging(database: DatabaseSync): { world: World; place: string } | null {
  const before = known.get(database);
  if (before !== undefined) return before;
  const world = isOwn ? null : currentWorld();
  const path = world === null ? null : database.location();
  const place = world === null || path === null ? null : placeOf(world, path);
  const found = world === null || place === null ? null : { world, place };
  known.set(database, found);
  found?.world.databases.add({ abandon: () => database.isOpen && close.call(database) });
  return found;
}

DatabaseSync.prototype.exec = function (sql: string): void {
  const found = belonging(this);
  const isCommit = sql === "COMMIT";
  const name = isCommit ? "sqlite commit" : "sqlite exec";
  if (found === null) exec.call(this, sql);
  else found.world.gate.perform({ name, path: found.place, isChange: isCommit }, () => exec.call(this, sql));
};

DatabaseSync.prototype.prepare = function (sql: string): StatementSync {
  const found = belonging(this);
  const statement = prepare.call(this, sql);
  if (found === null || !changesData.test(sql)) return statement;
  const { world, place: path } = found;
  const run = statement.run.bind(statement) as (...parameters: SQLInputValue[]) => ReturnType<StatementSync["run"]>;
  // Inside a transaction nothing of it is on the disk before the commit.
  const perform = (...parameters: SQLInputValue[]) =>
    world.gate.perform({ name: "sqlite run", path, isChange: !this.isTransaction }, () => run(...parameters));
  return Object.assign(statement, { run: perform });
};

DatabaseSync.prototype.close = function (): void {
  // A dead process closes nothing; its connections are ended when it is buried.
  if (known.get(this)?.world.gate.isDead !== true) close.call(this);
};

/** Looks into a database with the simulation's own eyes. */
export function readDatabase<T>(path: string, look: (database: DatabaseSync) => T): T {
  isOwn = true;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return look(database);
  } finally {
    close.call(database);
    isOwn = false;
  }
}
