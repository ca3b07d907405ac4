import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import path from "node:path";
import { isOurUnit, serviceName } from "../domain/service/service-command.ts";
import { formatWindowsTask } from "../domain/service/windows-task.ts";
import { askSystem, explainFailure } from "./ask-system.ts";
import type { ServiceSettings, SystemService } from "./system-service.ts";
import { ForeignServiceError } from "./unit-file.ts";

/** A task of the Task Scheduler at sign-in; needs no administrator. */
export function createWindowsService(settings: ServiceSettings): SystemService {
  const { env } = settings;
  const file = `\\${serviceName} (Task Scheduler)`;
  const ask = (...args: string[]) => askSystem("schtasks", args, settings);
  /** Null where there is none. */
  const readTask = async (): Promise<string | null> => {
    const result = await ask("/Query", "/TN", serviceName, "/XML");
    if (result?.status !== 0) return null;
    if (!isOurUnit(result.stdout)) throw new ForeignServiceError(file);
    return result.stdout;
  };

  return {
    async install() {
      const before = await readTask();
      const domain = env.USERDOMAIN;
      const { username } = userInfo();
      const xml = formatWindowsTask(settings.command, domain === undefined ? username : `${domain}\\${username}`);
      const scratch = path.join(tmpdir(), `asset-sync-task-${randomUUID()}.xml`);
      // The byte order mark is how schtasks knows UTF-16.
      await writeFile(scratch, `\ufeff${xml}`, { encoding: "utf16le", flag: "wx", mode: 0o600 });
      try {
        const created = explainFailure("schtasks", await ask("/Create", "/TN", serviceName, "/XML", scratch, "/F"));
        if (created !== null) return { file, written: "unchanged", started: false, reason: created, hints: [] };
      } finally {
        await rm(scratch, { force: true });
      }
      const reason = explainFailure("schtasks", await ask("/Run", "/TN", serviceName));
      const hints = ["`asset-sync logs --follow` shows its log."];
      return { file, written: before === null ? "new" : "replaced", started: reason === null, reason, hints };
    },
    async uninstall() {
      if ((await readTask()) === null) return { file, removed: false };
      await ask("/End", "/TN", serviceName);
      const failed = explainFailure("schtasks", await ask("/Delete", "/TN", serviceName, "/F"));
      if (failed !== null) throw new Error(failed);
      return { file, removed: true };
    },
    async status() {
      try {
        if ((await readTask()) === null) return { file, installed: "no", running: false, reason: null };
      } catch (error) {
        if (!(error instanceof ForeignServiceError)) throw error;
        return { file, installed: "foreign", running: null, reason: error.message };
      }
      // The words of the list are in the person's language, the numbers are not: 267009 is "is running now".
      const result = await ask("/Query", "/TN", serviceName, "/V", "/FO", "CSV", "/NH");
      return { file, installed: "yes", running: /"267009"/.test(result?.stdout ?? ""), reason: null };
    },
  };
}
