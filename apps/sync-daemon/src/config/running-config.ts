import type { Config } from "./config.ts";
import { type ConfigChange, describeConfigChange } from "./config-change.ts";

/** The configuration of a daemon that runs, while its file changes. */
export interface RunningConfig {
  /** What counts now: asked for anew at each use, since some of it may change while running. */
  used(): Config;
  /** What the file said of that: what differs from it waits for a restart. */
  startedWith(): Config;
  /** The newest that the daemon has heard of. */
  latest(): Config;
  /** Takes over what may change while running, and says what that was and what waits; null when nothing differs. */
  adopt(next: Config): ConfigChange | null;
  /** The library is elsewhere, and in use there: it neither waits for a restart nor is it news. */
  moveLibrary(library: Config["library"]): void;
}

/** `used` differs from `inFile` where the sample shop stands in for the real one. Keeps nothing but what it is given. */
export function createRunningConfig(given: { inFile: Config; used: Config; latest: Config }): RunningConfig {
  let { inFile, used, latest } = given;
  return {
    used: () => used,
    startedWith: () => inFile,
    latest: () => latest,
    adopt(next) {
      const change = describeConfigChange(latest, next);
      latest = next;
      if (change.applied.length + change.needsRestart.length === 0) return null;
      used = {
        ...used,
        limits: next.limits,
        quietHours: next.quietHours,
        imeshh: { ...next.imeshh, ...placesOf(used) },
        log: next.log,
      };
      return change;
    },
    moveLibrary(library) {
      used = { ...used, library };
      inFile = { ...inFile, library };
      latest = { ...latest, library };
    },
  };
}

/** What of the shop's settings stays as it was when the daemon started. */
function placesOf({ imeshh }: Config): Pick<Config["imeshh"], "shop" | "origins" | "archiveHosts" | "username"> {
  const { shop, origins, archiveHosts, username } = imeshh;
  return { shop, origins, archiveHosts, username };
}
