import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";
import { toSqliteFailure } from "./sqlite-failure.ts";

export type Row = Readonly<Record<string, SQLOutputValue>>;

/** One prepared statement. Errors of file and disk come out as `Failure`. Parameters are by position. */
export interface Statement {
  get(...parameters: SQLInputValue[]): Row | undefined;
  all(...parameters: SQLInputValue[]): Row[];
  run(...parameters: SQLInputValue[]): { changes: number; lastId: number };
}

/** One open connection, as the parts of the store see it. */
export interface Database {
  readonly path: string;
  prepare(sql: string): Statement;
  /** Runs `work` in one transaction that is on the disk when this returns. A throw undoes all of it. Inside another it joins that one. */
  transact<T>(work: () => T): T;
  /** Runs `work` when the open transaction is on the disk, not at all if it is undone; at once if there is none. */
  afterCommit(work: () => void): void;
}

export function createDatabase(connection: DatabaseSync, path: string): Database {
  const failing = <T>(step: () => T): T => {
    try {
      return step();
    } catch (error) {
      throw toSqliteFailure(error, path);
    }
  };
  let afterCommit: (() => void)[] = [];
  function transactOutermost<T>(work: () => T): T {
    afterCommit = [];
    const result = transact(connection, work);
    for (const follow of afterCommit.splice(0)) follow();
    return result;
  }
  return {
    path,
    prepare(sql) {
      const statement = failing(() => connection.prepare(sql));
      return {
        get: (...parameters) => failing(() => statement.get(...parameters)),
        all: (...parameters) => failing(() => statement.all(...parameters)),
        run: (...parameters) =>
          failing(() => {
            const { changes, lastInsertRowid } = statement.run(...parameters);
            return { changes: Number(changes), lastId: Number(lastInsertRowid) };
          }),
      };
    },
    transact: (work) => failing(() => (connection.isTransaction ? work() : transactOutermost(work))),
    afterCommit(work) {
      if (connection.isTransaction) afterCommit.push(work);
      else work();
    },
  };
}

/** IMMEDIATE: the lock is taken before the first read, so nothing read inside can be outdated by another writer. */
export function transact<T>(connection: DatabaseSync, work: () => T): T {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    // SQLite itself may have rolled back already (disk full, I/O error); a second rollback would hide the first error.
    if (connection.isTransaction) connection.exec("ROLLBACK");
    throw error;
  }
}

/** The value of a pragma that answers with one value. */
export function readPragma(connection: DatabaseSync, name: string): SQLOutputValue | undefined {
  const row = connection.prepare(`PRAGMA ${name}`).get();
  return row === undefined ? undefined : Object.values(row)[0];
}
