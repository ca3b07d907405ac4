import { homedir } from "node:os";
import type { ServiceCommand } from "../domain/service/service-command.ts";
import { createLaunchdService } from "./launchd-service.ts";
import { createSystemdService } from "./systemd-service.ts";
import { createWindowsService } from "./windows-service.ts";

/** What installing did. */
export interface InstalledService {
  /** Where the unit lies; on Windows the task's name. */
  readonly file: string;
  readonly written: "new" | "replaced" | "unchanged";
  readonly started: boolean;
  /** Why it was not started; null where it was. */
  readonly reason: string | null;
  /** What a person can do next, as sentences. */
  readonly hints: readonly string[];
}

export interface ServiceState {
  readonly file: string;
  /** `foreign`: something of that name is there that we did not make. */
  readonly installed: "yes" | "no" | "foreign";
  /** Null where the system could not be asked; `reason` says why. */
  readonly running: boolean | null;
  readonly reason: string | null;
}

/** The system's way to start the daemon when a person signs in. Each method may be called again and again. */
export interface SystemService {
  /** Throws a `ForeignServiceError` if something that is not ours stands in the unit's place. */
  install(): Promise<InstalledService>;
  /** Stops and removes it. False where there was none. Throws a `ForeignServiceError` for what is not ours. */
  uninstall(): Promise<{ file: string; removed: boolean }>;
  status(): Promise<ServiceState>;
}

export interface ServiceSettings {
  readonly command: ServiceCommand;
  /** Folder of the daemon's log. */
  readonly logs: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly userFolder: string;
  readonly signal: AbortSignal;
}

export function createSystemService(settings: Omit<ServiceSettings, "userFolder">): SystemService {
  const complete = { ...settings, userFolder: settings.env.HOME || homedir() };
  if (process.platform === "darwin") return createLaunchdService(complete);
  if (process.platform === "win32") return createWindowsService(complete);
  return createSystemdService(complete);
}
