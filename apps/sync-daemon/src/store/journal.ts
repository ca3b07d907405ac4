import type { SQLInputValue } from "node:sqlite";
import type { Download, DownloadFailure, DownloadState, Requester } from "../domain/download.ts";
import type { AssetType } from "../domain/product.ts";
import type { Link } from "../domain/source.ts";
import type { Database, Row, Statement } from "./database.ts";
import { parseDownloadRow } from "./download-row.ts";

export interface DownloadPlan {
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
  readonly assetType: AssetType;
  readonly archiveName: string;
  readonly requester: Requester;
}

/**
 * The rows that follow product revisions from plan to library. Each method that changes a row is one transaction, on the
 * disk when it returns, and returns the row as it is then. A step that the row's state does not allow throws: a state is
 * a fact, and there is one way to each.
 */
export interface Journal {
  /** A new `planned` row, or the open one of the same product, archive and revision; a person's request makes it theirs. */
  planDownload(plan: DownloadPlan): Download;
  /** `planned` → `linked`. With its spend use `store.recordLink`, which does both at once. */
  markLinked(id: number, link: Link): Download;
  /** `linked` → `fetched`; also `planned` → `fetched`, for an archive that was kept from before. */
  markFetched(id: number, archive: { archiveSha256: string; archiveBytes: number }): Download;
  /** `fetched` → `committed`. Forgets the link and the failure. */
  markCommitted(id: number, place: { folder: string }): Download;
  /** The state stays; `atMs` is now. */
  markFailed(id: number, failure: Omit<DownloadFailure, "atMs">): Download;
  clearFailure(id: number): Download;
  /** An open row → `abandoned`. Forgets the link. */
  abandon(id: number): Download;
  /** An open row → `planned`, without link, archive and failure: a person allowed another download. */
  replan(id: number): Download;
  /** `fetched` → `linked` (or `planned`, if it never had a link): the kept archive is gone, the link may still work. */
  markArchiveMissing(id: number): Download;
  find(id: number): Download | undefined;
  /** Oldest first. */
  listOpen(): Download[];
  /** The last committed row of each product's archive. */
  listCommitted(): Download[];
}

const openStates = ["planned", "linked", "fetched"] as const satisfies DownloadState[];
const allStates = [...openStates, "committed", "abandoned"] as const satisfies DownloadState[];
const isOpenSql = "state IN ('planned', 'linked', 'fetched')";

export function createJournal(database: Database, now: () => number): Journal {
  const insert = database.prepare(`
    INSERT INTO downloads (product_id, download_id, revision, asset_type, archive_name, requester, state, created_at_ms, updated_at_ms)
    VALUES (?, ?, ?, ?, ?, ?, 'planned', ?, ?)`);
  const selectOne = database.prepare("SELECT * FROM downloads WHERE id = ?");
  const selectSame = database.prepare(
    `SELECT * FROM downloads WHERE product_id = ? AND download_id = ? AND revision = ? AND ${isOpenSql}`,
  );
  const selectOpen = database.prepare(`SELECT * FROM downloads WHERE ${isOpenSql} ORDER BY id`);
  const selectCommitted = database.prepare(`
    SELECT * FROM downloads AS newest WHERE state = 'committed' AND NOT EXISTS (
      SELECT 1 FROM downloads AS other WHERE other.product_id = newest.product_id AND other.download_id = newest.download_id
        AND other.state = 'committed' AND (other.updated_at_ms, other.id) > (newest.updated_at_ms, newest.id))
    ORDER BY id`);

  const parsed = (row: Row | undefined): Download | undefined =>
    row === undefined ? undefined : parseDownloadRow(row);

  function demand(id: number, step: string, allowed: readonly DownloadState[]): Download {
    const row = parsed(selectOne.get(id));
    if (row === undefined) throw new Error(`There is no download ${id} to ${step}.`);
    if (!allowed.includes(row.state)) {
      throw new Error(
        `Download ${id} of product ${row.productId} is ${row.state}, so it cannot be changed by ${step}.`,
      );
    }
    return row;
  }

  /** Prepared once per set of columns, of which there are as many as there are steps. */
  const changes = new Map<string, Statement>();

  /** The one door: checks the state, sets the columns, returns the row. */
  function change(
    step: string,
    request: {
      id: number;
      from: readonly DownloadState[];
      set: (row: Download) => Readonly<Record<string, SQLInputValue>>;
    },
  ): Download {
    return database.transact(() => {
      const columns = { ...request.set(demand(request.id, step, request.from)), updated_at_ms: now() };
      const assignments = Object.keys(columns).map((column) => `${column} = ?`);
      const sql = `UPDATE downloads SET ${assignments.join(", ")} WHERE id = ?`;
      const statement = changes.get(sql) ?? database.prepare(sql);
      changes.set(sql, statement);
      statement.run(...Object.values(columns), request.id);
      return demand(request.id, step, allStates);
    });
  }

  return {
    planDownload: (plan) =>
      database.transact(() => {
        const open = parsed(selectSame.get(plan.productId, plan.downloadId, plan.revision));
        if (open !== undefined) {
          if (open.requester === plan.requester || plan.requester === "rule") return open;
          return change("planDownload", { id: open.id, from: openStates, set: () => ({ requester: "person" }) });
        }
        const { productId, downloadId, revision, assetType, archiveName, requester } = plan;
        const nowMs = now();
        const { lastId } = insert.run(productId, downloadId, revision, assetType, archiveName, requester, nowMs, nowMs);
        return demand(lastId, "planDownload", ["planned"]);
      }),
    markLinked: (id, link) =>
      change("markLinked", {
        id,
        from: ["planned"],
        set: () => ({ state: "linked", link_url: link.url, link_expires_at_ms: link.expiresAtMs, ...noFailure }),
      }),
    markFetched: (id, { archiveSha256, archiveBytes }) =>
      change("markFetched", {
        id,
        from: ["planned", "linked"],
        set: () => ({ state: "fetched", archive_sha256: archiveSha256, archive_bytes: archiveBytes, ...noFailure }),
      }),
    markCommitted: (id, { folder }) =>
      change("markCommitted", {
        id,
        from: ["fetched"],
        set: () => ({ state: "committed", folder, ...noLink, ...noFailure }),
      }),
    markFailed: (id, failure) =>
      change("markFailed", {
        id,
        from: openStates,
        set: () => ({
          failure_code: failure.code,
          failure_message: failure.message,
          failure_attempt: failure.attempt,
          failed_at_ms: now(),
          retry_at_ms: failure.retryAtMs,
        }),
      }),
    clearFailure: (id) => change("clearFailure", { id, from: openStates, set: () => noFailure }),
    abandon: (id) => change("abandon", { id, from: openStates, set: () => ({ state: "abandoned", ...noLink }) }),
    replan: (id) =>
      change("replan", {
        id,
        from: openStates,
        set: () => ({ state: "planned", ...noLink, ...noArchive, ...noFailure }),
      }),
    markArchiveMissing: (id) =>
      change("markArchiveMissing", {
        id,
        from: ["fetched"],
        set: (row) => ({ state: row.link === null ? "planned" : "linked", ...noArchive }),
      }),
    find: (id) => parsed(selectOne.get(id)),
    listOpen: () => selectOpen.all().map(parseDownloadRow),
    listCommitted: () => selectCommitted.all().map(parseDownloadRow),
  };
}

const noLink = { link_url: null, link_expires_at_ms: null } as const;
const noArchive = { archive_sha256: null, archive_bytes: null } as const;
const noFailure = {
  failure_code: null,
  failure_message: null,
  failure_attempt: null,
  failed_at_ms: null,
  retry_at_ms: null,
} as const;
