import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expandTilde, resolveHomeFolders } from "../config/home-folders.ts";
import { loadConfig } from "../config/load-config.ts";
import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import type { ServiceCommand } from "../domain/service/service-command.ts";
import type { InstalledService, SystemService } from "../service/system-service.ts";
import type { Command, CommandContext } from "./command.ts";
import { findDaemon } from "./find-daemon.ts";
import { UsageError } from "./usage-error.ts";

export const service: Command = {
  name: "service",
  summary: "Let the system start asset-sync when you sign in, or no longer; needs no administrator.",
  usage: "install|uninstall|status",
  minArguments: 1,
  maxArguments: 1,
  options: [],
  example: "asset-sync service install",
  async run(context) {
    const [action = ""] = context.positionals;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`"service" knows install, uninstall and status, but not "${action}".`);
    const { createSystemService } = await import("../service/system-service.ts");
    const { env, signal } = context;
    const { logs } = resolveHomeFolders({ home: context.home, env });
    return run(context, createSystemService({ command: findCommand(context), logs, env, signal }));
  },
};

const actions: Readonly<Record<string, (context: CommandContext, of: SystemService) => Promise<ExitStatus>>> = {
  async install(context, system) {
    const { env, output, signal } = context;
    // One that cannot start would only be started again and again.
    const { config } = await loadConfig({ home: context.home, env });
    const running = await findDaemon({ apiFile: config.home.apiFile, signal });
    const wasRunning = running !== undefined && (await system.status()).running !== true;
    const installed = await system.install();
    const notes = [...listUnseen(context), ...(wasRunning ? [alreadyRunning] : [])];
    output.answer({ ...installed, notes }, () => [
      ...describeInstalled(installed),
      ...notes,
      "`asset-sync service uninstall` takes it away again.",
    ]);
    return exitStatuses.done;
  },
  async uninstall({ output }, system) {
    const { file, removed } = await system.uninstall();
    output.answer({ file, removed }, () => [
      removed ? `Stopped, and removed: ${file}` : "No service is installed; nothing was changed.",
    ]);
    return exitStatuses.done;
  },
  async status({ output }, system) {
    const state = await system.status();
    output.answer(state, () => {
      if (state.installed === "no") return ["No service is installed; `asset-sync service install` does it."];
      const doing =
        state.running === null ? "It is not known whether it runs." : state.running ? "It runs." : "It does not run.";
      return [
        ...(state.installed === "yes" ? [`Installed: ${state.file}`, doing] : []),
        ...(state.reason === null ? [] : [state.reason]),
      ];
    });
    return state.running === true ? exitStatuses.done : exitStatuses.failed;
  },
};

const alreadyRunning =
  "An asset-sync that was started by hand is running; the service cannot begin until you stop it. Then run `asset-sync service install` again.";

function describeInstalled({ file, written, started, reason, hints }: InstalledService): string[] {
  const words = { new: "Written", replaced: "Written anew", unchanged: "There already" } as const;
  return [
    `${words[written]}: ${file}`,
    started ? "The service is started, and will be at each sign-in." : `It could not be started now: ${reason}`,
    ...hints,
  ];
}

/** This very Node and this very script, wherever they are found today. */
function findCommand({ home, env }: CommandContext): ServiceCommand {
  const named = home ?? (env.ASSET_SYNC_HOME || undefined);
  return {
    node: process.execPath,
    script: fileURLToPath(new URL("../../bin/asset-sync.mjs", import.meta.url)),
    home: named === undefined ? null : path.resolve(expandTilde(named, homedir())),
  };
}

/** A service sees the files of the home, not what a terminal has in its environment. */
function listUnseen({ env }: CommandContext): string[] {
  const set = Object.keys(env).filter(
    (name) => name.startsWith("ASSET_SYNC_") && name !== "ASSET_SYNC_HOME" && env[name],
  );
  if (set.length === 0) return [];
  return [
    `The service does not see what is set in this terminal: ${set.sort().join(", ")}. Put it into the configuration; a password with \`asset-sync init --password-only\`.`,
  ];
}
