import type { SQLInputValue } from "node:sqlite";
import {
  type Download,
  type DownloadFailure,
  type DownloadState,
  type Requester,
  reopened,
} from "../domain/download.ts";
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

/** Names one version of one archive of a product. */
export interface DownloadKey {
  readonly productId: number;
  readonly downloadId: string;
  readonly revision: string;
}

/**
 * The rows that follow product revisions from plan to library. Each method that changes a row is one transaction, on the
 * disk when it returns, and returns the row as it is then. A step that the row's state does not allow throws: a state is
 * a fact, and there is one way to each.
 */
export interface Journal {
  /**
   * A new `planned` row, or the open one of the same product, archive and revision; a person's request makes it theirs.
   * For a person the row they cancelled is opened again, as far as it had come.
   */
  planDownload(plan: DownloadPlan): Download;
  /** `planned` → `linked`. With its spend use `store.recordLink`, which does both at once. */
  markLinked(id: number, link: Link): Download;
  /** `linked` → `fetched`; also `planned` → `fetched`, for an archive that was kept from before. */
  markFetched(id: number, archive: { archiveSha256: string; archiveBytes: number }): Download;
  /** `fetched` → `committed`. Forgets the link, the failure and the links of rows of the same archive that were cancelled. */
  markCommitted(id: number, place: { folder: string }): Download;
  /** The state stays; `atMs` is now. */
  markFailed(id: number, failure: Omit<DownloadFailure, "atMs">): Download;
  clearFailure(id: number): Download;
  /** An open row → `abandoned`. Forgets the link. */
  abandon(id: number): Download;
  /** An open row waits until it is resumed. The state stays. */
  hold(id: number): Download;
  resume(id: number): Download;
  /** An open row → `abandoned` by a person: link and archive are kept, and no rule starts this version again. */
  cancel(id: number): Download;
  /** A cancelled row keeps its link no longer. */
  forgetCancelledLink(id: number): Download;
  /** An open row → `planned`, without link, archive and failure: a person allowed another download. */
  replan(id: number): Download;
  /** `fetched` → `linked` (or `planned`, if it never had a link): the kept archive is gone, the link may still work. */
  markArchiveMissing(id: number): Download;
  find(id: number): Download | undefined;
  /** The open row of this very version, if there is one. */
  findOpen(archive: DownloadKey): Download | undefined;
  /** The row of this very version that a person cancelled. */
  findCancelled(archive: DownloadKey): Download | undefined;
  /** The last committed row of this very version. */
  findCommitted(archive: DownloadKey): Download | undefined;
  /** Is this the last row of its product and archive? Then what can be done about the archive can be done about it. */
  isNewest(row: Pick<Download, "id" | "productId" | "downloadId">): boolean;
  /** Oldest first. Some seconds with 100,000 of them: for whoever needs every one. */
  listOpen(): Download[];
  /** The open rows of one product, oldest first. */
  listOpenOf(productId: number): Download[];
  /** Open rows whose link came and whose archive has not, oldest first. */
  listLinked(): Download[];
  /** Is there an open row that is not held? */
  hasWork(): boolean;
  /** When the first open row after this moment is tried again by itself; held ones are not. Null where none is. */
  nextRetryAtMs(afterMs: number): number | null;
  countOpen(): number;
  /** Oldest first, those without a failure before the others. */
  listSomeOpen(limit: number): Download[];
  /** Committed and abandoned rows, newest first. */
  listEnded(limit: number): Download[];
  /** Cancelled rows that keep a link. */
  listCancelledLinks(): Download[];
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
  const selectOpenOf = database.prepare(`SELECT * FROM downloads WHERE product_id = ? AND ${isOpenSql} ORDER BY id`);
  const selectLinked = database.prepare("SELECT * FROM downloads WHERE state = 'linked' ORDER BY id");
  const selectWork = database.prepare(
    `SELECT EXISTS (SELECT 1 FROM downloads WHERE ${isOpenSql} AND held_at_ms IS NULL) AS is_there`,
  );
  const selectNextRetry = database.prepare(
    `SELECT min(retry_at_ms) AS at_ms FROM downloads WHERE ${isOpenSql} AND held_at_ms IS NULL AND retry_at_ms > ?`,
  );
  const countOpen = database.prepare(`SELECT count(*) AS rows FROM downloads WHERE ${isOpenSql}`);
  const selectSomeOpen = database.prepare(
    `SELECT * FROM downloads WHERE ${isOpenSql} ORDER BY failure_code IS NOT NULL, id LIMIT ?`,
  );
  const selectEnded = database.prepare(
    "SELECT * FROM downloads WHERE state IN ('committed', 'abandoned') ORDER BY updated_at_ms DESC, id DESC LIMIT ?",
  );
  const selectCancelled = database.prepare(`
    SELECT * FROM downloads WHERE product_id = ? AND download_id = ? AND revision = ? AND cancelled_at_ms IS NOT NULL
    ORDER BY id DESC LIMIT 1`);
  const selectCancelledLinks = database.prepare(
    "SELECT * FROM downloads WHERE cancelled_at_ms IS NOT NULL AND link_url IS NOT NULL ORDER BY id",
  );
  const forgetCancelledLinks = database.prepare(`
    UPDATE downloads SET link_url = NULL, link_expires_at_ms = NULL
    WHERE product_id = ? AND download_id = ? AND cancelled_at_ms IS NOT NULL`);
  const selectOneCommitted = database.prepare(`
    SELECT * FROM downloads WHERE product_id = ? AND download_id = ? AND revision = ? AND state = 'committed'
    ORDER BY updated_at_ms DESC, id DESC LIMIT 1`);
  const selectNewestId = database.prepare(
    "SELECT max(id) AS id FROM downloads WHERE product_id = ? AND download_id = ?",
  );
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

  const keyOf = ({ productId, downloadId, revision }: DownloadKey) => [productId, downloadId, revision] as const;
  const findCancelled = (archive: DownloadKey) => parsed(selectCancelled.get(...keyOf(archive)));

  return {
    planDownload: (plan) =>
      database.transact(() => {
        const open = parsed(selectSame.get(plan.productId, plan.downloadId, plan.revision));
        if (open !== undefined) {
          if (open.requester === plan.requester || plan.requester === "rule") return open;
          return change("planDownload", { id: open.id, from: openStates, set: () => ({ requester: "person" }) });
        }
        const cancelled = plan.requester === "person" ? findCancelled(plan) : undefined;
        if (cancelled !== undefined) {
          return change("planDownload", {
            id: cancelled.id,
            from: ["abandoned"],
            set: (row) => ({ state: reopened(row).state, cancelled_at_ms: null, requester: "person" }),
          });
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
      database.transact(() => {
        const row = change("markCommitted", {
          id,
          from: ["fetched"],
          set: () => ({ state: "committed", folder, ...noLink, ...noFailure, ...notHeld }),
        });
        forgetCancelledLinks.run(row.productId, row.downloadId);
        return row;
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
    abandon: (id) =>
      change("abandon", { id, from: openStates, set: () => ({ state: "abandoned", ...noLink, ...notHeld }) }),
    hold: (id) => change("hold", { id, from: openStates, set: (row) => ({ held_at_ms: row.heldAtMs ?? now() }) }),
    resume: (id) => change("resume", { id, from: openStates, set: () => notHeld }),
    cancel: (id) =>
      change("cancel", {
        id,
        from: openStates,
        set: () => ({ state: "abandoned", cancelled_at_ms: now(), ...notHeld }),
      }),
    forgetCancelledLink: (id) => change("forgetCancelledLink", { id, from: ["abandoned"], set: () => noLink }),
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
    findOpen: (archive) => parsed(selectSame.get(...keyOf(archive))),
    findCancelled,
    findCommitted: (archive) => parsed(selectOneCommitted.get(...keyOf(archive))),
    isNewest: ({ id, productId, downloadId }) => Number(selectNewestId.get(productId, downloadId)?.id) === id,
    countOpen: () => Number(countOpen.get()?.rows),
    listSomeOpen: (limit) => selectSomeOpen.all(limit).map(parseDownloadRow),
    listEnded: (limit) => selectEnded.all(limit).map(parseDownloadRow),
    listCancelledLinks: () => selectCancelledLinks.all().map(parseDownloadRow),
    listOpen: () => selectOpen.all().map(parseDownloadRow),
    listOpenOf: (productId) => selectOpenOf.all(productId).map(parseDownloadRow),
    listLinked: () => selectLinked.all().map(parseDownloadRow),
    hasWork: () => selectWork.get()?.is_there === 1,
    nextRetryAtMs(afterMs) {
      const atMs = selectNextRetry.get(afterMs)?.at_ms;
      return typeof atMs === "number" ? atMs : null;
    },
    listCommitted: () => selectCommitted.all().map(parseDownloadRow),
  };
}

const noLink = { link_url: null, link_expires_at_ms: null } as const;
const notHeld = { held_at_ms: null } as const;
const noArchive = { archive_sha256: null, archive_bytes: null } as const;
const noFailure = {
  failure_code: null,
  failure_message: null,
  failure_attempt: null,
  failed_at_ms: null,
  retry_at_ms: null,
} as const;
