import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "./config.ts";

interface WatchedKey {
  readonly path: string;
  readonly read: (config: Config) => unknown;
  readonly needsRestart: boolean;
}

const now = (path: string, read: (config: Config) => unknown): WatchedKey => ({ path, read, needsRestart: false });
const later = (path: string, read: (config: Config) => unknown): WatchedKey => ({ path, read, needsRestart: true });

/** Which keys may change while the daemon runs. What names a place, an account or a connection needs a restart. */
const watchedKeys: readonly WatchedKey[] = [
  later("library.root", (config) => chosenRoot(config)),
  later("imeshh.shop", (config) => config.imeshh.shop),
  later("imeshh.username", (config) => config.imeshh.username),
  later("imeshh.origins.shop", (config) => config.imeshh.origins.shop),
  later("imeshh.origins.blog", (config) => config.imeshh.origins.blog),
  later("imeshh.origins.feeds", (config) => config.imeshh.origins.feeds),
  later("imeshh.origins.extensions", (config) => config.imeshh.origins.extensions),
  later("imeshh.archiveHosts", (config) => config.imeshh.archiveHosts),
  now("imeshh.pollMinutes", (config) => config.imeshh.pollMs),
  now("imeshh.downloadLimit", (config) => config.imeshh.downloadLimit),
  now("imeshh.keepInReserve", (config) => config.imeshh.keepInReserve),
  now("imeshh.wanted", (config) => config.imeshh.wanted),
  now("imeshh.updates", (config) => config.imeshh.updates),
  now("limits.downloads", (config) => config.limits.downloads),
  now("limits.bandwidthMegabytesPerSecond", (config) => config.limits.bandwidthBytesPerSecond),
  now("limits.quietHours", (config) => config.quietHours),
  now("limits.diskFloorGigabytes", (config) => config.limits.diskFloorBytes),
  now("limits.archiveGigabytes", (config) => config.limits.maxArchiveBytes),
  now("limits.extractedGigabytes", (config) => config.limits.maxExtractedBytes),
  now("limits.entries", (config) => config.limits.maxEntries),
  now("limits.archiveStoreGigabytes", (config) => config.limits.maxArchiveStoreBytes),
  later("api.host", (config) => config.api.host),
  later("api.port", (config) => config.api.port),
  later("network.proxy", (config) => config.network.proxy),
  later("network.noProxy", (config) => config.network.noProxy),
  later("network.extraCertificateFiles", (config) => config.network.extraCertificateFiles),
  later("network.silenceSeconds", (config) => config.network.silenceMs),
  now("log.level", (config) => config.log.level),
];

/** As the file names it: the sample shop's libraries lie in a folder below. */
export function chosenRoot({ library, imeshh }: Config): string {
  return imeshh.shop === "sample-shop" ? path.dirname(library.root) : library.root;
}

/** Keys that differ, as they are named in the file. */
export interface ConfigChange {
  /** May be used at once. */
  readonly applied: readonly string[];
  /** Stay as they were until the next start. */
  readonly needsRestart: readonly string[];
}

/** Says which keys differ between two configurations. Touches nothing. */
export function describeConfigChange(before: Config, after: Config): ConfigChange {
  const differing = watchedKeys.filter(({ read }) => !isDeepStrictEqual(read(before), read(after)));
  return {
    applied: differing.filter((key) => !key.needsRestart).map((key) => key.path),
    needsRestart: differing.filter((key) => key.needsRestart).map((key) => key.path),
  };
}

/** Does a change of this key wait for the next start? */
export function needsRestart(keyPath: string): boolean {
  return watchedKeys.some((key) => key.path === keyPath && key.needsRestart);
}

/** All keys that are compared; a test holds them against the schema. */
export function listWatchedKeys(): string[] {
  return watchedKeys.map((key) => key.path);
}
