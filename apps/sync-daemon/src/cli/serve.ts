import { setTimeout as wait } from "node:timers/promises";
import type { Config } from "../config/config.ts";
import { loadConfig } from "../config/load-config.ts";
import { readPassword } from "../config/password.ts";
import type { DaemonOptions, RunningDaemon } from "../daemon.ts";
import { exitStatuses } from "../domain/exit-status.ts";
import { createApiClient } from "./api-client.ts";
import type { Command } from "./command.ts";
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
  const daemon = await import("../daemon.ts");
  await daemon.checkAccount(options);
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

export const serve: Command = {
  name: "serve",
  summary: "Keep the library current until stopped.",
  usage: "",
  minArguments: 0,
  maxArguments: 0,
  options: [],
  example: "asset-sync serve",
  async run(context) {
    const { env, output, signal } = context;
    const load = async () => (await loadConfig({ home: context.home, env })).config;
    const config = await load();
    const { password, notice } = await readPassword({ env, config, signal });
    const daemon = await startOrSayWho({ config, password, follow: true, loadConfig: load }, signal);

    if (notice !== null) output.note(notice);
    if (daemon.stateNotice !== null) output.note(daemon.stateNotice);
    const { home, library, imeshh } = config;
    output.answer({ address: daemon.address, pid: process.pid, home: home.home, library: library.root }, () => [
      `asset-sync ${readVersion()} keeps ${library.root} current.`,
      `It looks for news every ${imeshh.pollMs === 60_000 ? "minute" : countOf(imeshh.pollMs / 60_000, "minute")}. ${describeWanted(config)}`,
      ...(password === null || imeshh.username === null
        ? ["No account is set up: only what needs none is kept current. `asset-sync init` sets one up."]
        : []),
      `It answers at ${daemon.address} for the other commands. Ctrl-C stops it.`,
    ]);
    const progress = createProgress(context.terminal.stderr);
    const watch = context.json ? undefined : createApiClient({ ...daemon, signal }).watch(progress.show);

    const asked = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => asked.resolve(), { once: true });
    if (signal.aborted) asked.resolve();
    await Promise.race([asked.promise, daemon.stopped]);
    watch?.close();
    progress.end();
    output.note("Stopping.");
    const hasStopped = await Promise.race([daemon.stop().then(() => true), wait(stopWithinMs, false, { ref: false })]);
    if (hasStopped) return exitStatuses.done;
    output.note("Not everything ended in time; the next start goes on from there.");
    process.exit(exitStatuses.failed);
  },
};

function describeWanted({ imeshh: { wanted } }: Config): string {
  if (wanted.length === 0)
    return "No rule asks for products, so none are downloaded by themselves; `asset-sync get ID` fetches one.";
  return `${countOf(wanted.length, "rule")} ${wanted.length === 1 ? "says" : "say"} which products to fetch.`;
}
