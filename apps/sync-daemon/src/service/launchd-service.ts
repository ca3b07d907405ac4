import path from "node:path";
import { formatLaunchdAgent, launchdLabel } from "../domain/service/launchd-agent.ts";
import { askSystem, explainFailure } from "./ask-system.ts";
import type { ServiceSettings, SystemService } from "./system-service.ts";
import { ForeignServiceError, readOwnUnit, removeUnit, writeUnit } from "./unit-file.ts";

/** An agent of the person's own launchd; needs no root. */
export function createLaunchdService(settings: ServiceSettings): SystemService {
  const { userFolder, logs } = settings;
  const file = path.join(userFolder, "Library", "LaunchAgents", `${launchdLabel}.plist`);
  const logFile = path.join(logs, "launchd.log");
  const domain = `gui/${process.getuid?.() ?? 0}`;
  const ask = (...args: string[]) => askSystem("launchctl", args, settings);

  return {
    async install() {
      const written = await writeUnit(file, formatLaunchdAgent(settings.command, logFile));
      const isLoaded = (await ask("print", `${domain}/${launchdLabel}`))?.status === 0;
      // launchd keeps an agent as it was loaded.
      if (isLoaded && written === "replaced") await ask("bootout", `${domain}/${launchdLabel}`);
      const isThere = isLoaded && written !== "replaced";
      const reason = isThere ? null : explainFailure("launchctl", await ask("bootstrap", domain, file));
      const hints =
        reason === null
          ? [`\`asset-sync logs --follow\` shows its log, and ${logFile} what it said at the start.`]
          : ["It starts at your next sign-in at the desktop."];
      return { file, written, started: reason === null, reason, hints };
    },
    async uninstall() {
      if ((await readOwnUnit(file)) === null) return { file, removed: false };
      // One that is not loaded cannot be let go of; the file is what counts.
      await ask("bootout", `${domain}/${launchdLabel}`);
      return { file, removed: await removeUnit(file) };
    },
    async status() {
      try {
        if ((await readOwnUnit(file)) === null) return { file, installed: "no", running: false, reason: null };
      } catch (error) {
        if (!(error instanceof ForeignServiceError)) throw error;
        return { file, installed: "foreign", running: null, reason: error.message };
      }
      const result = await ask("print", `${domain}/${launchdLabel}`);
      if (result === null || result.isTimeUp)
        return { file, installed: "yes", running: null, reason: explainFailure("launchctl", result) };
      return { file, installed: "yes", running: /^\s*state = running$/m.test(result.stdout), reason: null };
    },
  };
}
