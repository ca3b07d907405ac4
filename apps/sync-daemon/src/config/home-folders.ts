import { homedir } from "node:os";
import path from "node:path";
import type { HomeFolders } from "./config.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface HomeRequest {
  /** `--home DIR`; wins over `ASSET_SYNC_HOME`. */
  readonly home?: string | undefined;
  readonly env: Environment;
  readonly platform?: NodeJS.Platform | undefined;
  /** The person's own folder, for `~`. */
  readonly userFolder?: string | undefined;
}

/**
 * Where the daemon keeps what is its own: everything below one folder if one was named, else where the platform keeps
 * such things (XDG Base Directory Specification 0.8; Application Support on macOS; Roaming and Local AppData on Windows).
 */
export function resolveHomeFolders(request: HomeRequest): HomeFolders {
  const { env, platform = process.platform } = request;
  const userFolder = request.userFolder ?? homedir();
  const paths = platform === "win32" ? path.win32 : path.posix;
  const named = request.home ?? nonEmpty(env.ASSET_SYNC_HOME);
  if (named !== undefined) {
    const home = path.resolve(expandTilde(named, userFolder));
    return foldersBelow({ home, state: home, data: home, logs: path.join(home, "logs"), join: path.join });
  }

  const name = "asset-sync";
  if (platform === "win32") {
    const home = paths.join(nonEmpty(env.APPDATA) ?? paths.join(userFolder, "AppData", "Roaming"), name);
    const local = paths.join(nonEmpty(env.LOCALAPPDATA) ?? paths.join(userFolder, "AppData", "Local"), name);
    return foldersBelow({ home, state: local, data: local, logs: paths.join(local, "logs"), join: paths.join });
  }
  if (platform === "darwin") {
    const home = paths.join(userFolder, "Library", "Application Support", name);
    return foldersBelow({
      home,
      state: home,
      data: home,
      logs: paths.join(userFolder, "Library", "Logs", name),
      join: paths.join,
    });
  }
  const xdg = (variable: string, ...otherwise: string[]) => {
    const value = nonEmpty(env[variable]);
    // The specification says that a relative path there is invalid and to be ignored.
    return value !== undefined && paths.isAbsolute(value) ? value : paths.join(userFolder, ...otherwise);
  };
  const state = paths.join(xdg("XDG_STATE_HOME", ".local", "state"), name);
  return foldersBelow({
    home: paths.join(xdg("XDG_CONFIG_HOME", ".config"), name),
    state,
    // Archives were paid for with downloads: they are data, never cache that a cleaner may empty.
    data: paths.join(xdg("XDG_DATA_HOME", ".local", "share"), name),
    logs: paths.join(state, "logs"),
    join: paths.join,
  });
}

/** `~` and `~/x` become the person's own folder; everything else stays as it is. */
export function expandTilde(written: string, userFolder: string): string {
  if (written === "~") return userFolder;
  return /^~[/\\]/.test(written) ? path.join(userFolder, written.slice(2)) : written;
}

function foldersBelow(roots: {
  home: string;
  state: string;
  data: string;
  logs: string;
  join: typeof path.join;
}): HomeFolders {
  const { home, state, data, logs, join } = roots;
  return {
    home,
    configFile: join(home, "config.jsonc"),
    ownFolder: state,
    state,
    archives: join(data, "archives"),
    partial: join(data, "partial"),
    feeds: join(data, "feeds"),
    thumbnails: join(data, "thumbnails"),
    logs,
    apiFile: join(state, "api.json"),
  };
}

/** The folder in home and library root for all that belongs to the sample shop. */
export const sampleShopFolder = "sample-shop";

/** The same with what belongs to a shop in folders of the sample shop's own. */
export function sampleShopFolders(home: HomeFolders): HomeFolders {
  const below = (folder: string) => path.join(path.dirname(folder), sampleShopFolder, path.basename(folder));
  return {
    ...home,
    state: path.join(home.state, sampleShopFolder),
    archives: below(home.archives),
    partial: below(home.partial),
    feeds: below(home.feeds),
    thumbnails: below(home.thumbnails),
  };
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
