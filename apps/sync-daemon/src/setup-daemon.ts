import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { checkAccount } from "./account.ts";
import type { SettingsAnswer } from "./api/contract/settings.ts";
import { createEventLog } from "./api/event-stream.ts";
import { PortTakenError, type RunningApi, startApi } from "./api/listen.ts";
import { createMetrics } from "./api/metrics/create-metrics.ts";
import type { SettingsPort } from "./api/operations/settings-operations.ts";
import { createSetupOperations } from "./api/operations/setup-operations.ts";
import type { ConfigAccess, FirstConfig } from "./config/config-access.ts";
import { listConfigSettings } from "./config/config-settings.ts";
import { watchConfig } from "./config/watch-config.ts";
import { explained, refusePassword } from "./daemon-settings.ts";
import type { DaemonEvent } from "./domain/event.ts";
import { Failure } from "./domain/failure.ts";
import { createLog } from "./log.ts";
import {
  type Closing,
  createRunningDaemon,
  type Handover,
  type RunningDaemon,
  startClosable,
  takeHome,
} from "./running-daemon.ts";

export interface SetupDaemonOptions {
  readonly access: ConfigAccess;
  readonly handover?: Handover;
  readonly notices?: readonly { code: string; message: string }[];
  readonly version: string;
}

/**
 * A daemon for a home that has no configuration: it answers the API and shows the page, where the first run writes one.
 * Nothing is asked of the shop, and no library is made. It asks for a restart as soon as there is a configuration,
 * whoever wrote it.
 */
export function startSetupDaemon(options: SetupDaemonOptions): Promise<RunningDaemon> {
  return startClosable((closing) => build(options, closing));
}

async function build(options: SetupDaemonOptions, closing: Closing): Promise<RunningDaemon> {
  const { access, handover, version } = options;
  const loaded = access.planFirst({});
  const { config } = loaded;
  const { home } = config;
  const stopping = new AbortController();
  const now = () => Date.now();
  const startedAtMs = now();
  for (const folder of [home.home, home.ownFolder, home.logs]) await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = takeHome({ folder: home.ownFolder, shownAs: home.home, handover }, closing);
  const token = randomBytes(32).toString("hex");
  const log = await createLog({ folder: home.logs, level: config.log.level, secrets: [token] });
  closing.push(() => log.close());
  const events = createEventLog({ now });
  const publish = (event: DaemonEvent) => {
    events.publish(event);
    log.event(event);
  };
  closing.push(() => {
    stopping.abort();
    publish({ type: "daemon-stopping" });
  });

  const restart = Promise.withResolvers<void>();
  const watcher = await watchConfig({
    file: home.configFile,
    load: async () => (await access.load()).config,
    onChange: () => restart.resolve(),
    onProblem: (message) => publish({ type: "config-refused", message }),
  });
  closing.push(() => watcher.close());

  const settings = {
    settings: async (): Promise<SettingsAnswer> => ({
      configFile: home.configFile,
      settings: listConfigSettings(loaded) as SettingsAnswer["settings"],
      account: { username: config.imeshh.username, passwordPlace: null },
      needsRestart: [],
    }),
    setUp: (request) =>
      explained(async () => {
        await setUp({ access, request, hide: (secret) => log.addSecret(secret), signal: stopping.signal });
        restart.resolve();
        return { configFile: home.configFile };
      }),
    async restart() {
      restart.resolve();
      return { version };
    },
  } satisfies Partial<SettingsPort>;
  const operations = createSetupOperations({
    version,
    home: home.home,
    startedAtMs,
    settings,
    notices: options.notices ?? [],
    signal: stopping.signal,
  });
  const listen = (port: number): Promise<RunningApi> =>
    startApi({
      host: config.api.host,
      port,
      operations,
      events,
      metrics: createMetrics({ events, version, startedAtMs }),
      token,
      apiFile: home.apiFile,
      pageSessionFile: join(home.ownFolder, "page-sessions.json"),
      requestFile: null,
      consoleFolder: fileURLToPath(new URL("../console", import.meta.url)),
      version,
      onProblem: (message) => log.logger.warn(message),
    });
  const api = await listen(handover?.port ?? config.api.port).catch((error: unknown) => {
    // Nobody has chosen this port yet, so another one does as well.
    if (error instanceof PortTakenError) return listen(0);
    throw error;
  });
  closing.push(() => api.close());

  return createRunningDaemon({ lock, api, token, stateNotice: null, restartAsked: restart.promise, closing, stopping });
}

/** The configuration is written last: whoever watches for it finds everything else in place. */
async function setUp(options: {
  access: ConfigAccess;
  request: Parameters<SettingsPort["setUp"]>[0];
  hide: (secret: string) => void;
  signal: AbortSignal;
}): Promise<void> {
  const { access, signal } = options;
  const { libraryRoot, shop, account, wanted } = options.request;
  if (shop === "sample-shop" && account !== null)
    throw new Failure("config-invalid", "The sample shop has an account of its own; choose the shop to use yours.", {
      problems: [{ key: "account", message: "the sample shop has an account of its own." }],
    });
  const chosen: FirstConfig = {
    "library.root": libraryRoot,
    ...(shop === "sample-shop" ? { "imeshh.shop": shop } : {}),
    ...(account === null ? {} : { "imeshh.username": account.username }),
    "imeshh.wanted": wanted,
  };
  const { config } = access.planFirst(chosen);
  await access.requireFirst(config);
  if (account !== null) {
    const { password } = account;
    options.hide(password);
    const passwordProblem = access.findPasswordProblem();
    if (passwordProblem !== null) throw refusePassword(passwordProblem);
    await checkAccount({ config, password, signal });
    await access.storePassword({ config, password, signal });
  }
  await access.writeFirst(chosen);
}
