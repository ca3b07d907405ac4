import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { type ConfigAccess, createConfigAccess } from "../config/config-access.ts";
import { resolveHomeFolders } from "../config/home-folders.ts";
import type { DaemonOptions } from "../daemon.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import type { Handover, RunningDaemon } from "../running-daemon.ts";
import { createApiClient } from "./api-client.ts";
import type { Command, CommandContext } from "./command.ts";
import { explainError } from "./explain-error.ts";
import { findDaemon } from "./find-daemon.ts";
import { countOf } from "./format.ts";
import { createProgress } from "./progress.ts";
import { readVersion } from "./version.ts";

// The only file of the command line that knows daemon.ts, and only when a daemon is needed: what asks a running one
// starts faster without it.

/** Starts a daemon in this process. */
export async function startOwn(options: Omit<DaemonOptions, "version">): Promise<RunningDaemon> {
  const { startDaemon } = await import("../daemon.ts");
  const daemon = await startDaemon({ ...options, version: readVersion() });
  // Whoever calls stop() is told when that fails; nobody need listen here as well.
  daemon.stopped.catch(() => undefined);
  return daemon;
}

/** Signs in once. Throws a `Failure`: `sign-in-failed`, or why the shop could not be asked. */
export async function checkAccount(options: { config: Config; password: string; signal: AbortSignal }): Promise<void> {
  const account = await import("../account.ts");
  await account.checkAccount(options);
}

/** One that owns the home may still be starting, on a busy machine for long; its address is told as soon as it answers. */
const addressWithinMs = 30_000;
const betweenLooksMs = 250;

/** Starts a daemon; where another has the home, the error says at which address that one answers. */
async function startOrSayWho(options: Omit<DaemonOptions, "version">, signal: AbortSignal): Promise<RunningDaemon> {
  try {
    return await startOwn(options);
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "HomeTakenError") throw error;
    const giveUpMs = performance.now() + addressWithinMs;
    for (;;) {
      const found = await findDaemon({ apiFile: options.config.home.apiFile, signal });
      if (found !== undefined) {
        const told = new Error(`${error.message} It answers at ${found.address}.`, { cause: error });
        told.name = error.name;
        throw told;
      }
      if (performance.now() > giveUpMs) throw error;
      await wait(betweenLooksMs, undefined, { signal });
    }
  }
}

/** What is not done by then is left as a crash would leave it; the next start goes on from there. */
const stopWithinMs = 4_800;

/** A daemon for a home without a configuration. */
async function startSetup(access: ConfigAccess, after?: { handover: Handover; notices: Notices }): Promise<Served> {
  const { startSetupDaemon } = await import("../setup-daemon.ts");
  const daemon = await startSetupDaemon({ access, version: readVersion(), ...after });
  daemon.stopped.catch(() => undefined);
  return { daemon, config: null, password: null, passwordPlace: null, passwordNotice: null };
}

/** A daemon and what it was started with. */
interface Served {
  readonly daemon: RunningDaemon;
  /** Null where it has none yet. */
  readonly config: Config | null;
  readonly password: string | null;
  readonly passwordPlace: DaemonOptions["passwordPlace"];
  /** How the password is kept, where a person should know it. */
  readonly passwordNotice: string | null;
}

type Notices = NonNullable<DaemonOptions["notices"]>;

/** Starts the daemon that follows the shop, with the configuration and the password as they are now. */
async function startServing(
  context: CommandContext,
  access: ConfigAccess,
  after?: { handover: Handover; notices?: Notices },
): Promise<Served> {
  if (after === undefined && (await access.isNew())) return startSetup(access);
  const { config } = await access.load();
  const { signal } = context;
  const { password, place, notice } = await access.readPassword({ config, signal });
  return startWith(context, access, { config, password, passwordPlace: place, passwordNotice: notice, ...after });
}

async function startWith(
  context: CommandContext,
  access: ConfigAccess,
  settings: Omit<Served, "daemon"> & {
    config: Config;
    handover?: Handover;
    notices?: Notices;
    apiPort?: number;
  },
): Promise<Served> {
  const { config, password, passwordPlace, passwordNotice, handover, notices } = settings;
  const keptPort = config.api.port === 0 ? handover?.port : undefined;
  const apiPort = settings.apiPort ?? keptPort;
  const daemon = await startOrSayWho(
    {
      config,
      password,
      configAccess: access,
      follow: true,
      watchConfig: true,
      canRestart: true,
      ...(passwordPlace === undefined ? {} : { passwordPlace }),
      ...(handover === undefined ? {} : { handover }),
      ...(notices === undefined ? {} : { notices }),
      ...(apiPort === undefined ? {} : { apiPort }),
    },
    context.signal,
  );
  return { daemon, config, password, passwordPlace, passwordNotice };
}

/**
 * Stops the daemon and starts it anew. With a configuration that cannot be used it comes back with the one that it had,
 * at the address that it had, and its status says why.
 */
async function startAnew(context: CommandContext, access: ConfigAccess, before: Served): Promise<Served> {
  const { signal, output } = context;
  const { config } = before;
  const handover = await before.daemon.handOver();
  const notices: { code: string; message: string }[] = [];
  const giveUp = (error: unknown, otherwise: string) => {
    if (signal.aborted) throw error;
    const { code, message } = explainError(error);
    notices.push({ code, message: `${otherwise} ${message}` });
    output.note(`${otherwise} ${message}`);
  };
  try {
    return await startServing(context, access, { handover });
  } catch (error) {
    giveUp(error, "The new configuration cannot be used, so the old one stays in use.");
  }
  try {
    if (config !== null)
      return await startWith(context, access, { ...before, config, handover, apiPort: handover.port, notices });
  } catch (error) {
    giveUp(error, "The old configuration cannot be used any more either.");
  }
  return startSetup(access, { handover, notices });
}

export const serve: Command = {
  name: "serve",
  summary: "Keep the library current until stopped.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync serve",
  run: (context) => runServe(context),
};

/**
 * Serves until Ctrl-C or SIGTERM. `onStarted` is called once, when the daemon answers; its signal aborts when that ends.
 * What it throws is told and changes nothing.
 */
export async function runServe(
  context: CommandContext,
  options: { onStarted?: (daemon: { address: string; token: string }, signal: AbortSignal) => Promise<void> } = {},
): Promise<ExitStatus> {
  const { env, output, signal } = context;
  const access = createConfigAccess({ home: context.home, env });
  let served = await startServing(context, access);
  tellStarted(context, served);
  const ending = new AbortController();
  const opened = options
    .onStarted?.(served.daemon, AbortSignal.any([signal, ending.signal]))
    .catch((error: unknown) => output.note(explainError(error).message));

  const asked = Promise.withResolvers<"stop">();
  signal.addEventListener("abort", () => asked.resolve("stop"), { once: true });
  if (signal.aborted) asked.resolve("stop");
  for (;;) {
    const progress = createProgress(context.terminal.stderr);
    const watch = context.json ? undefined : createApiClient({ ...served.daemon, signal }).watch(progress.show);
    const { stopped, restartAsked } = served.daemon;
    const next = await Promise.race([asked.promise, stopped.then(() => "stop"), restartAsked.then(() => "restart")]);
    watch?.close();
    progress.end();
    if (next === "stop") break;
    output.note("Starting anew.");
    // What is under way is waited for, and Ctrl-C ends that.
    const anew = startAnew(context, access, served);
    const started = await Promise.race([anew, asked.promise]);
    if (started === "stop") {
      await Promise.race([anew.then(({ daemon }) => daemon.stop()), wait(stopWithinMs, undefined, { ref: false })]);
      process.exit(exitStatuses.done);
    }
    served = started;
    output.note(`asset-sync answers at ${served.daemon.address} again.`);
  }
  ending.abort();
  await opened;
  output.note("Stopping.");
  const stopped = served.daemon.stop().then(() => true);
  const hasStopped = await Promise.race([stopped, wait(stopWithinMs, false, { ref: false })]);
  if (hasStopped) return exitStatuses.done;
  output.note("Not everything ended in time; the next start goes on from there.");
  process.exit(exitStatuses.failed);
}

function tellStarted(context: CommandContext, served: Served): void {
  const { output } = context;
  const { daemon, config, password, passwordNotice } = served;
  if (passwordNotice !== null) output.note(passwordNotice);
  if (daemon.stateNotice !== null) output.note(daemon.stateNotice);
  if (config === null) {
    const home = resolveHomeFolders({ home: context.home, env: context.env }).home;
    output.answer({ address: daemon.address, pid: process.pid, home, library: null }, () => [
      `asset-sync is not set up yet: ${home} holds no configuration.`,
      "`asset-sync open` opens the page that asks for all it needs, and `asset-sync init` asks here; it goes on by itself then.",
      `It answers at ${daemon.address}. Ctrl-C stops it.`,
    ]);
    return;
  }
  const { home, library, imeshh } = config;
  output.answer({ address: daemon.address, pid: process.pid, home: home.home, library: library.root }, () => [
    `asset-sync ${readVersion()} keeps ${library.root} current.`,
    `It looks for news every ${imeshh.pollMs === 60_000 ? "minute" : countOf(imeshh.pollMs / 60_000, "minute")}. ${describeWanted(config)}`,
    ...(imeshh.shop === "sample-shop"
      ? ["It follows the sample shop on this machine, where nothing costs anything."]
      : []),
    ...(imeshh.shop === "imeshh" && (password === null || imeshh.username === null)
      ? ["No account is set up: only what needs none is kept current. `asset-sync init` sets one up."]
      : []),
    `It answers at ${daemon.address} for the other commands. Ctrl-C stops it.`,
  ]);
}

function describeWanted({ imeshh: { wanted } }: Config): string {
  if (wanted.length === 0)
    return "No rule asks for products, so none are downloaded by themselves; `asset-sync get ID` fetches one.";
  return `${countOf(wanted.length, "rule")} ${wanted.length === 1 ? "says" : "say"} which products to fetch.`;
}
