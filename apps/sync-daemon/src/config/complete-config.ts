import { homedir } from "node:os";
import path from "node:path";
import type { ConfigText } from "./config.schema.ts";
import type { Config, HomeFolders } from "./config.ts";
import { expandTilde, type HomeRequest, sampleShopFolder, sampleShopFolders } from "./home-folders.ts";

const bytesPerGigabyte = 1_000_000_000;
const bytesPerMegabyte = 1_000_000;

/** What a person wrote, as the program uses it: `~` expanded, units turned into bytes and milliseconds, places of the shop. */
export function completeConfig(text: ConfigText, home: HomeFolders, request: Pick<HomeRequest, "userFolder">): Config {
  const userFolder = request.userFolder ?? homedir();
  const { library, imeshh, limits, api, network, log } = text;
  const whole = (where: string) => {
    const expanded = expandTilde(where, userFolder);
    return path.isAbsolute(expanded) ? path.resolve(expanded) : expanded;
  };
  const withoutSlash = (url: string) => url.replace(/\/+$/, "");
  const isSample = imeshh.shop === "sample-shop";
  const root = whole(library.root);
  return {
    home: isSample ? sampleShopFolders(home) : home,
    library: { root: isSample ? path.join(root, sampleShopFolder) : root },
    imeshh: {
      shop: imeshh.shop,
      username: imeshh.username,
      origins: {
        shop: withoutSlash(imeshh.origins.shop),
        blog: withoutSlash(imeshh.origins.blog),
        feeds: withoutSlash(imeshh.origins.feeds),
        extensions: withoutSlash(imeshh.origins.extensions),
      },
      archiveHosts: imeshh.archiveHosts.map((host) => host.toLowerCase()),
      pollMs: Math.round(imeshh.pollMinutes * 60_000),
      downloadLimit: imeshh.downloadLimit,
      keepInReserve: imeshh.keepInReserve,
      wanted: imeshh.wanted,
      updates: imeshh.updates,
    },
    limits: {
      downloads: limits.downloads,
      bandwidthBytesPerSecond:
        limits.bandwidthMegabytesPerSecond === null
          ? null
          : Math.round(limits.bandwidthMegabytesPerSecond * bytesPerMegabyte),
      diskFloorBytes: Math.round(limits.diskFloorGigabytes * bytesPerGigabyte),
      maxArchiveBytes: Math.round(limits.archiveGigabytes * bytesPerGigabyte),
      maxExtractedBytes: Math.round(limits.extractedGigabytes * bytesPerGigabyte),
      maxEntries: limits.entries,
      maxArchiveStoreBytes: Math.round(limits.archiveStoreGigabytes * bytesPerGigabyte),
    },
    quietHours: limits.quietHours.map(({ days = [], from, to }) => ({
      days,
      fromMinute: minuteOf(from),
      toMinute: minuteOf(to),
    })),
    api,
    network: {
      proxy: network.proxy,
      noProxy: network.noProxy,
      extraCertificateFiles: network.extraCertificateFiles.map(whole),
      silenceMs: Math.round(network.silenceSeconds * 1000),
    },
    log,
  };
}

/** Minutes after midnight of a time such as `18:00`. */
function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
