import { syncBuiltinESMExports } from "node:module";
import sqlite, { type SQLInputValue, type StatementSync } from "node:sqlite";
import { currentWorld, placeOf, type World } from "./current-world.ts";
import type { Call } from "./gate.ts";
import { RealDatabase } from "./real-calls.ts";

// SQLite writes past the gate, so each statement that changes something is a crash point, and so is each commit. What a
// killed process leaves is taken from the files at that moment (see world.ts): closing would roll back and tidy up.

const changesData = /^\s*(?:INSERT|UPDATE|DELETE|REPLACE)/i;

class InjectedDatabase extends RealDatabase {
  readonly #world: World | null;
  readonly #place: string;

  constructor(path: string, options?: ConstructorParameters<typeof RealDatabase>[1]) {
    super(path, options);
    const world = currentWorld();
    const place = world === null ? null : placeOf(world, path);
    this.#world = place === null ? null : world;
    this.#place = place ?? path;
    this.#world?.databases.add(this);
  }

  #call(name: string, isChange: boolean): Call {
    return { name, path: this.#place, isChange };
  }

  override exec(sql: string): void {
    const commits = sql === "COMMIT";
    const name = commits ? "sqlite commit" : "sqlite exec";
    if (this.#world === null) super.exec(sql);
    else this.#world.gate.perform(this.#call(name, commits), () => super.exec(sql));
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql);
    const world = this.#world;
    if (world === null || !changesData.test(sql)) return statement;
    const run = statement.run.bind(statement) as (...parameters: SQLInputValue[]) => ReturnType<StatementSync["run"]>;
    // Inside a transaction nothing of it is on the disk before the commit.
    const perform = (...parameters: SQLInputValue[]) =>
      world.gate.perform(this.#call("sqlite run", !this.isTransaction), () => run(...parameters));
    return Object.assign(statement, { run: perform });
  }

  override close(): void {
    if (this.#world?.gate.isDead === true) return;
    this.#world?.databases.delete(this);
    super.close();
  }

  /** Ends it whatever the gate says. */
  abandon(): void {
    if (this.isOpen) super.close();
  }
}

Object.assign(sqlite, { DatabaseSync: InjectedDatabase });
syncBuiltinESMExports();
