import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createEventLog } from "./api/event-stream.ts";
import { startApi } from "./api/listen.ts";
import { createMetrics } from "./api/metrics/create-metrics.ts";
import { createOperations } from "./api/operations/create-operations.ts";
import { createPictures } from "./api/picture-route.ts";
import { openArchiveStore } from "./archive/archive-store.ts";
import { createExtractor } from "./archive/extract-archive.ts";
import { createCatalogProcess } from "./catalog-process/start-catalog-process.ts";
import type { Config } from "./config/config.ts";
import type { ConfigAccess } from "./config/config-access.ts";
import { judgeRules } from "./config/judge-rules.ts";
import { createRunningConfig } from "./config/running-config.ts";
import { watchConfig } from "./config/watch-config.ts";
import { createDaemonSettings, explained, type StoredWhere } from "./daemon-settings.ts";
import type { DaemonEvent } from "./domain/event.ts";
import { Failure } from "./domain/failure.ts";
import { createLinkTrust } from "./domain/link-trust.ts";
import { createEventLoopWatch } from "./event-loop-watch.ts";
import { showInFileManager } from "./file-manager.ts";
import { createLog } from "./log.ts";
import { currentDesktop, type Desktop } from "./programs/desktop.ts";
import {
  type Closing,
  createRunningDaemon,
  type Handover,
  type RunningDaemon,
  startClosable,
  takeHome,
} from "./running-daemon.ts";
import { startSampleShop, useSampleShop } from "./sample-shop.ts";
import { createImeshhSource } from "./sources/imeshh-source.ts";
import { createAccountFingerprint } from "./store/account-fingerprint.ts";
import { openFeedStore } from "./store/feeds.ts";
import { openStore } from "./store/open-store.ts";
import { createPictureCache } from "./store/picture-cache.ts";
import { createAcquisitionQueue } from "./sync/acquisition-queue.ts";
import { createLibrarySet } from "./sync/library-set.ts";
import { createLibraryMove } from "./sync/move-library.ts";
import type { SyncParts } from "./sync/parts.ts";
import { createProgressBoard } from "./sync/progress.ts";
import { createQuietHours } from "./sync/quiet-hours.ts";
import { recover } from "./sync/recover.ts";
import { startSyncLoop } from "./sync/sync-loop.ts";
import { createLibraryWatches } from "./sync/watch-libraries.ts";
import { watchQueue } from "./sync/watched-queue.ts";

export type { RunningDaemon } from "./running-daemon.ts";

export interface DaemonOptions {
  readonly config: Config;
  /** Null when no account is set up: catalogs are followed all the same. */
  readonly password: string | null;
  /** Poll and sync by itself. Without, it does only what the API is asked for. */
  readonly follow: boolean;
  /** In place of `config.api.port`; 0 for any free one. */
  readonly apiPort?: number;
  readonly logToConsole?: boolean;
  readonly passwordPlace?: StoredWhere;
  /** Reads and changes the configuration. */
  readonly configAccess: ConfigAccess;
  /** Reads the configuration again when its file changed; what may change while running is applied. */
  readonly watchConfig?: boolean;
  /** Can whoever started it start it anew when it asks? */
  readonly canRestart?: boolean;
  /** What the daemon before it in this process has left. */
  readonly handover?: Handover;
  /** Why it runs otherwise than it was asked to; its status tells them. */
  readonly notices?: readonly { code: string; message: string }[];
  readonly version: string;
  /** The desktop to show folders on; this machine's own without. */
  readonly desktop?: Desktop;
}

/** Longest wait for work under way when stopping; what has not ended by then is what a crash would leave. */
const stopWithinMs = 4_000;

/**
 * Builds every part once and starts it. Resolves when the API answers; rejects with `HomeTakenError`, or with a `Failure`
 * when the state, the log or the port cannot be opened. Everything that was opened is closed again in that case.
 */
export function startDaemon(options: DaemonOptions): Promise<RunningDaemon> {
  return startClosable((closing) => build(options, closing));
}

async function build(options: DaemonOptions, closing: Closing): Promise<RunningDaemon> {
  const { home } = options.config;
  const stopping = new AbortController();
  const { signal } = stopping;
  const now = () => Date.now();
  const startedAtMs = now();

  for (const folder of [home.ownFolder, home.state, home.archives, home.partial, home.feeds, home.logs]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
  const lock = takeHome({ folder: home.ownFolder, shownAs: home.home, handover: options.handover }, closing);

  const sampleShop = options.config.imeshh.shop === "sample-shop" ? await startSampleShop({ signal }) : null;
  if (sampleShop !== null) closing.push(() => sampleShop.close());
  const running = createRunningConfig({
    inFile: options.config,
    used: sampleShop === null ? options.config : await useSampleShop(options.config, sampleShop),
    // One that came back with its old configuration says from the start what the file has otherwise.
    latest: (options.notices ?? []).length > 0 ? await readConfigOr(options) : options.config,
  });
  // Of what needs a restart; the rest is asked for when it is used.
  const config = running.used();
  // The password of the person's account is not for the sample shop.
  const password = sampleShop === null ? options.password : sampleShop.password;

  const token = randomBytes(32).toString("hex");
  const secrets = [token, ...(password === null ? [] : [password])];
  const log = await createLog({ folder: home.logs, level: config.log.level, secrets, console: options.logToConsole });
  closing.push(() => log.close());

  const store = openStore({ folder: home.state, now });
  closing.push(() => store.close());
  const events = createEventLog({ now, keep: 1_000 });
  const publish = (event: DaemonEvent) => {
    events.publish(event);
    log.event(event);
  };
  const metrics = createMetrics({ events, version: options.version, startedAtMs });
  const eventLoop = createEventLoopWatch();
  closing.push(() => eventLoop.end());
  events.subscribe(({ type }) => {
    if (type === "sync-started") eventLoop.begin();
    if (type === "sync-finished") eventLoop.end();
  });
  if (store.opened.state === "rebuilt") publish({ type: "state-rebuilt", message: store.opened.message });
  if (store.catalogs.notice !== null) publish({ type: "state-rebuilt", message: store.catalogs.notice });

  const { username } = config.imeshh;
  const account = username === null || password === null ? null : { username, password };
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
  const watchedQueue = watchQueue(createAcquisitionQueue({ transfers: config.limits.downloads }), {
    onInstallEnded: metrics.noteInstall,
  });
  const { queue } = watchedQueue;
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
    quietHours: createQuietHours({
      hours: () => running.used().quietHours,
      timeZone: () => Intl.DateTimeFormat().resolvedOptions().timeZone,
      now,
    }),
    progress: createProgressBoard(),
    partialFolder: home.partial,
    settings: () => ({ ...running.used().imeshh, limits: running.used().limits }),
    accountFingerprint: createAccountFingerprint(account),
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
    pollMs: () => running.used().imeshh.pollMs,
    pause: () => store.sourceState.pause(),
    random: Math.random,
    signal,
  });
  closing.push(async (ending) => {
    stopping.abort();
    publish({ type: "daemon-stopping" });
    // What was asked for by name runs beside the loop, and the shop's answer to it counts just the same.
    const ended = loop.stopped().then(() => queue.idle());
    if (ending === "hand-over") await ended;
    else await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, stopWithinMs).unref())]);
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
        if (type === "sync-finished" || type === "library-moved") void watches.watchReady();
        if (type === "library-found") loop.wake();
      }),
    );
  }
  const adopt = (next: Config) => {
    const change = running.adopt(next);
    if (change === null) return;
    const { limits, log: logging } = running.used();
    queue.setTransfers(limits.downloads);
    source.setBandwidth(limits.bandwidthBytesPerSecond);
    log.setLevel(logging.level);
    publish({ type: "config-changed", ...change });
    loop.wake();
  };
  if (options.watchConfig === true) {
    const watcher = await watchConfig({
      file: home.configFile,
      load: async () => (await options.configAccess.load()).config,
      onChange: adopt,
      onProblem: (message) => publish({ type: "config-refused", message }),
    });
    closing.push(() => watcher.close());
  }

  metrics.watch({ ...watchedQueue, parts, eventLoopDelay: eventLoop.read });
  const restart = Promise.withResolvers<void>();
  const settings = createDaemonSettings({
    access: options.configAccess,
    startedWith: running.startedWith,
    username,
    hasPassword: password !== null,
    passwordPlace: options.passwordPlace ?? null,
    notices: options.notices ?? [],
    latest: running.latest,
    adopt,
    hideSecret: (secret) => log.addSecret(secret),
    forgetSignInRefusal: () => store.sourceState.clearSignInRefusal(),
    askForRestart: options.canRestart === true ? restart.resolve : null,
    version: options.version,
    signal,
  });
  const libraryMove = await createLibraryMove(parts, {
    place: {
      ownFolders: [home.ownFolder, home.state, home.archives, home.partial, home.feeds, home.logs],
      check: async (root) => {
        const change = { "library.root": root };
        const { config: after } = await explained(() => options.configAccess.change(change, { dryRun: true }));
        // The sample shop's libraries lie in a folder of their own below the configured one.
        if (after.library.root === root) return;
        const message = "The sample shop's libraries cannot move; choose the folder when you set up your own account.";
        throw new Failure("library-place-unfit", message, { path: root });
      },
      change: async (root) => {
        const { config: changed } = await explained(() => options.configAccess.change({ "library.root": root }));
        running.moveLibrary(changed.library);
      },
    },
    signal,
  });
  closing.push(() => libraryMove.idle());
  const operations = createOperations({
    parts,
    loop,
    libraryMove,
    events,
    version: options.version,
    home: home.home,
    startedAtMs,
    eventLoopDelay: eventLoop.read,
    settings,
    judgeRules,
    showFolder: (folder) => showInFileManager(options.desktop ?? currentDesktop(), folder),
    signal,
  });
  const pictureCache = createPictureCache({
    folder: home.thumbnails,
    fetchPicture: source.fetchPicture,
    monotonicMs: () => performance.now(),
  });
  closing.push(() => pictureCache.close());
  const api = await startApi({
    host: config.api.host,
    port: options.apiPort ?? config.api.port,
    operations,
    events,
    pictures: createPictures({ catalogs: store.catalogs, cache: pictureCache }),
    metrics,
    token,
    apiFile: home.apiFile,
    pageSessionFile: join(home.ownFolder, "page-sessions.json"),
    requestFile: join(home.state, "requests.jsonl"),
    consoleFolder: fileURLToPath(new URL("../console", import.meta.url)),
    version: options.version,
    onProblem: (message) => log.logger.warn(message),
  });
  closing.push(() => api.close());

  return createRunningDaemon({
    lock,
    api,
    token,
    stateNotice: store.opened.state === "rebuilt" ? store.opened.message : null,
    restartAsked: restart.promise,
    closing,
    stopping,
  });
}

/** What the file says; what the daemon was started with where that cannot be read. */
async function readConfigOr({ configAccess, config }: Pick<DaemonOptions, "configAccess" | "config">): Promise<Config> {
  return configAccess.load().then(
    (loaded) => loaded.config,
    () => config,
  );
}
