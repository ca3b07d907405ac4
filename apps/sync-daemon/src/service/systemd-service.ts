import path from "node:path";
import { serviceName } from "../domain/service/service-command.ts";
import { formatSystemdUnit } from "../domain/service/systemd-unit.ts";
import { askSystem, explainFailure } from "./ask-system.ts";
import type { ServiceSettings, SystemService } from "./system-service.ts";
import { ForeignServiceError, readOwnUnit, removeUnit, writeUnit } from "./unit-file.ts";

const unit = `${serviceName}.service`;

/** A unit of the person's own systemd; needs no root. */
export function createSystemdService(settings: ServiceSettings): SystemService {
  const { env, userFolder } = settings;
  const config = env.XDG_CONFIG_HOME;
  const root = config !== undefined && path.isAbsolute(config) ? config : path.join(userFolder, ".config");
  const file = path.join(root, "systemd", "user", unit);
  const ask = (...args: string[]) => askSystem("systemctl", ["--user", ...args], settings);
  const attempt = async (...args: string[]) => explainFailure("systemctl", await ask(...args));

  return {
    async install() {
      const written = await writeUnit(file, formatSystemdUnit(settings.command));
      // One that runs goes on with its old unit until it is started again.
      const start = written === "replaced" ? "restart" : "start";
      const steps = [["daemon-reload"], ["enable", unit], [start, unit]];
      for (const step of steps) {
        const reason = await attempt(...step);
        if (reason === null) continue;
        const hints = [
          `When your own systemd is running (after a sign-in at the desktop), \`systemctl --user enable --now ${serviceName}\` starts it.`,
        ];
        return { file, written, started: false, reason, hints };
      }
      const hints = [
        "`asset-sync logs --follow` shows its log, and `journalctl --user -u asset-sync` what it said at the start.",
        "It runs while you are signed in; `loginctl enable-linger` lets it run without that.",
      ];
      return { file, written, started: true, reason: null, hints };
    },
    async uninstall() {
      if ((await readOwnUnit(file)) === null) return { file, removed: false };
      // Where no systemd of this person runs there is nothing to stop either; the file is what counts.
      await ask("disable", "--now", unit);
      const removed = await removeUnit(file);
      await ask("daemon-reload");
      return { file, removed };
    },
    async status() {
      try {
        if ((await readOwnUnit(file)) === null) return { file, installed: "no", running: false, reason: null };
      } catch (error) {
        if (!(error instanceof ForeignServiceError)) throw error;
        return { file, installed: "foreign", running: null, reason: error.message };
      }
      const result = await ask("is-active", unit);
      const said = result?.stdout.trim() ?? "";
      if (said === "active" || said === "activating") return { file, installed: "yes", running: true, reason: null };
      if (said === "failed")
        return { file, installed: "yes", running: false, reason: "It failed; `asset-sync doctor` says why." };
      if (said === "inactive") return { file, installed: "yes", running: false, reason: null };
      return { file, installed: "yes", running: null, reason: explainFailure("systemctl", result) };
    },
  };
}
