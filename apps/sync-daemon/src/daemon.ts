import { randomBytes, scryptSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createEventLog } from "./api/event-stream.ts";
import { startApi } from "./api/listen.ts";
import { createOperations } from "./api/operations/create-operations.ts";
import { openArchiveStore } from "./archive/archive-store.ts";
import { createExtractor } from "./archive/extract-archive.ts";
import { createCatalogProcess } from "./catalog-process/start-catalog-process.ts";
import type { Config } from "./config/config.ts";
import { describeConfigChange } from "./config/config-change.ts";
import { watchConfig } from "./config/watch-config.ts";
import type { DaemonEvent } from "./domain/event.ts";
import { createLinkTrust } from "./domain/link-trust.ts";
import { createEventLoopWatch } from "./event-loop-watch.ts";
import { createLog } from "./log.ts";
import { createImeshhSource } from "./sources/imeshh-source.ts";
import { openFeedStore } from "./store/feeds.ts";
import { lockHome } from "./store/home-lock.ts";
import { openStore } from "./store/open-store.ts";
import { createAcquisitionQueue } from "./sync/acquisition-queue.ts";
import { createLibrarySet } from "./sync/library-set.ts";
import type { SyncParts } from "./sync/parts.ts";
import { createProgressBoard } from "./sync/progress.ts";
import { recover } from "./sync/recover.ts";
import { startSyncLoop } from "./sync/sync-loop.ts";
import { createLibraryWatches } from "./sync/watch-libraries.ts";

export interface DaemonOptions {
  readonly config: Config;
  /** Null when no account is set up: catalogs are followed all the same. */
  readonly password: string | null;
  /** Poll and sync by itself. Without, it does only what the API is asked for. */
  readonly follow: boolean;
  /** In place of `config.api.port`; 0 for any free one. */
  readonly apiPort?: number;
  readonly logToConsole?: boolean;
  /** Reads the configuration again when its file changed; what may change while running is applied. */
  readonly loadConfig?: () => Promise<Config>;
  readonly version: string;
}

export interface RunningDaemon {
  /** What a person should hear about the state it found, for example that it was rebuilt; null when all was as left. */
  readonly stateNotice: string | null;
  readonly address: string;
  readonly token: string;
  /** Resolves when no call of the API is being answered. */
  idle(): Promise<void>;
  /** Ends everything in the reverse order of the start. Work under way is left so that the next start goes on with it. */
  stop(): Promise<void>;
  readonly stopped: Promise<void>;
}

/** Another process owns this home. */
export class HomeTakenError extends Error {
  override readonly name = "HomeTakenError";
  readonly pid: number | null;

  constructor(home: string, pid: number | null) {
    super(`Another asset-sync${pid === null ? "" : ` (process ${pid})`} is already using ${home}.`);
    this.pid = pid;
  }
}

/** Longest wait for work under way when stopping; what has not ended by then is what a crash would leave. */
const stopWithinMs = 4_000;

/**
 * Builds every part once and starts it. Resolves when the API answers; rejects with `HomeTakenError`, or with a `Failure`
 * when the state, the log or the port cannot be opened. Everything that was opened is closed again in that case.
 */
export async function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  const closing: (() => Promise<void> | void)[] = [];
  const closeAll = async () => {
    const errors: unknown[] = [];
    for (const close of closing.splice(0).reverse()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, "Not everything could be closed.");
  };
  try {
    return await build(options, closing, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function build(
  options: DaemonOptions,
  closing: (() => Promise<void> | void)[],
  closeAll: () => Promise<void>,
): Promise<RunningDaemon> {
  let { config } = options;
  const { home } = config;
  const stopping = new AbortController();
  const { signal } = stopping;
  const now = () => Date.now();
  const startedAtMs = now();

  for (const folder of [home.state, home.archives, home.partial, home.feeds, home.logs]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const lock = lockHome({ folder: home.state, now });
  if (lock.taken) throw new HomeTakenError(home.home, lock.byPid);
  closing.push(() => lock.release());

  const token = randomBytes(32).toString("hex");
  const secrets = [token, ...(options.password === null ? [] : [options.password])];
  const log = await createLog({ folder: home.logs, level: config.log.level, secrets, console: options.logToConsole });
  closing.push(() => log.close());

  const store = openStore({ folder: home.state, now });
  closing.push(() => store.close());
  const events = createEventLog({ now, keep: 1_000 });
  const publish = (event: DaemonEvent) => {
    events.publish(event);
    log.event(event);
  };
  const eventLoop = createEventLoopWatch();
  closing.push(() => eventLoop.end());
  events.subscribe(({ type }) => {
    if (type === "sync-started") eventLoop.begin();
    if (type === "sync-finished") eventLoop.end();
  });
  if (store.opened.state === "rebuilt") publish({ type: "state-rebuilt", message: store.opened.message });
  if (store.catalogs.notice !== null) publish({ type: "state-rebuilt", message: store.catalogs.notice });

  const { username } = config.imeshh;
  const account = username === null || options.password === null ? null : { username, password: options.password };
  const source = createImeshhSource({
    account,
    origins: config.imeshh.origins,
    archiveHosts: config.imeshh.archiveHosts,
    bandwidthBytesPerSecond: config.limits.bandwidthBytesPerSecond,
    network: config.network,
    logger: log.http,
    secretSink: log,
  });
  const extractor = createExtractor({ processes: 2 });
  closing.push(() => extractor.close());
  const queue = createAcquisitionQueue({ transfers: config.limits.downloads });
  const feeds = openFeedStore({ folder: home.feeds, now });
  await feeds.discardAll();
  const parts: SyncParts = {
    source,
    store,
    feeds,
    catalogBuilds: createCatalogProcess({
      source: source.id,
      origins: config.imeshh.origins,
      network: config.network,
      feedsFolder: home.feeds,
      catalogsFolder: store.catalogs.folder,
      logger: log.http,
      now,
    }),
    archives: await openArchiveStore({ folder: home.archives }),
    extractor,
    libraries: createLibrarySet({
      root: config.library.root,
      source: source.id,
      sourceState: store.sourceState,
      isNewHome: store.opened.state !== "rebuilt",
      publish,
    }),
    queue,
    linkTrust: createLinkTrust(),
    progress: createProgressBoard(),
    partialFolder: home.partial,
    settings: () => ({ ...config.imeshh, limits: config.limits }),
    accountFingerprint: fingerprintOf(account),
    hasAccount: account !== null,
    publish,
    now,
  };
  closing.push(() => parts.libraries.close());
  await recover(parts, signal);
  if (store.sourceState.pause() !== null) queue.pause();

  const loop = startSyncLoop({
    parts,
    follow: options.follow,
    pollMs: () => config.imeshh.pollMs,
    pause: () => store.sourceState.pause(),
    random: Math.random,
    signal,
  });
  closing.push(async () => {
    stopping.abort();
    publish({ type: "daemon-stopping" });
    // What was asked for by name runs beside the loop, and the shop's answer to it counts just the same.
    const ended = loop.stopped().then(() => queue.idle());
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, stopWithinMs).unref())]);
  });

  if (options.follow) {
    const watches = createLibraryWatches({
      libraries: parts.libraries,
      publish,
      onProblem: (message) => log.logger.warn(message),
    });
    closing.push(() => watches.close());
    await watches.watchReady();
    closing.push(
      events.subscribe(({ type }) => {
        if (type === "sync-finished") void watches.watchReady();
        if (type === "library-found") loop.wake();
      }),
    );
  }
  const { loadConfig } = options;
  if (loadConfig !== undefined) {
    const watcher = await watchConfig({
      file: home.configFile,
      load: loadConfig,
      onChange(next) {
        const change = describeConfigChange(config, next);
        // Only what may change while running is taken over; the rest waits for a restart, and the event says so.
        config = {
          ...config,
          limits: next.limits,
          imeshh: { ...next.imeshh, origins: config.imeshh.origins, username: config.imeshh.username },
          log: next.log,
        };
        queue.setTransfers(config.limits.downloads);
        source.setBandwidth(config.limits.bandwidthBytesPerSecond);
        log.setLevel(config.log.level);
        publish({ type: "config-changed", ...change });
        loop.wake();
      },
      onProblem: (message) => publish({ type: "config-refused", message }),
    });
    closing.push(() => watcher.close());
  }

  const operations = createOperations({
    parts,
    loop,
    events,
    version: options.version,
    home: home.home,
    startedAtMs,
    eventLoopDelay: eventLoop.read,
    signal,
  });
  const api = await startApi({
    host: config.api.host,
    port: options.apiPort ?? config.api.port,
    operations,
    events,
    token,
    apiFile: home.apiFile,
    version: options.version,
  });
  closing.push(() => api.close());

  let stop: Promise<void> | null = null;
  const ended = Promise.withResolvers<void>();
  return {
    stateNotice: store.opened.state === "rebuilt" ? store.opened.message : null,
    address: api.address,
    token,
    idle: () => api.idle(),
    stop() {
      // First of all, so that calls that wait for work under way end as well.
      stopping.abort();
      stop ??= closeAll().then(ended.resolve, (error) => {
        ended.reject(error);
        throw error;
      });
      return stop;
    },
    stopped: ended.promise,
  };
}

/** Tells one account from another. Kept in the state, so made slowly: the password must not be guessed from it. */
function fingerprintOf(account: { username: string; password: string } | null): string {
  if (account === null) return "none";
  return scryptSync(account.password, account.username, 16).toString("hex");
}

/** Signs in once with the configured account, for `init`. Throws `sign-in-failed`, or why the shop could not be asked. */
export async function checkAccount(options: { config: Config; password: string; signal: AbortSignal }): Promise<void> {
  const { config } = options;
  const { username } = config.imeshh;
  if (username === null) return;
  const source = createImeshhSource({
    account: { username, password: options.password },
    origins: config.imeshh.origins,
    archiveHosts: config.imeshh.archiveHosts,
    bandwidthBytesPerSecond: null,
    network: config.network,
    logger: undefined,
  });
  await source.checkAccount({ signal: options.signal });
  forgetSignInRefusal(config.home.state);
}

/** The account works, so an earlier refusal is history. A running daemon keeps its own account until it is restarted. */
function forgetSignInRefusal(folder: string): void {
  if (!existsSync(join(folder, "state.db"))) return;
  const lock = lockHome({ folder, now: Date.now });
  if (lock.taken) return;
  try {
    const store = openStore({ folder, now: Date.now });
    store.sourceState.clearSignInRefusal();
    store.close();
  } finally {
    lock.release();
  }
}
