import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";
import { Failure } from "./domain/failure.ts";

/** The desktop that the daemon runs on. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where its programs are looked for, first match wins. Fixed, so that nobody's `PATH` decides what is started. */
  readonly programFolders: readonly string[];
}

/** This machine's. */
export function currentDesktop(): Desktop {
  const { platform, env } = process;
  const windows = env.SystemRoot ?? "C:\\Windows";
  return { platform, env, programFolders: platform === "win32" ? [windows] : ["/usr/bin", "/bin", "/usr/local/bin"] };
}

/** What a file manager needs to find the person's screen and settings. A password is never among them. */
const passedOn =
  /^(HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|XDG_[A-Z_]+|DESKTOP_SESSION|GNOME_[A-Z_]+|KDE_[A-Z_]+|SystemRoot|SystemDrive|USERPROFILE|APPDATA|LOCALAPPDATA|TEMP|TMP)$/;

const programs: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer.exe" };

/**
 * Shows a folder in the desktop's file manager: starts its program and waits for the start only. `folder` is an absolute
 * path. Throws `file-manager-missing` where there is no program for it or no screen.
 */
export async function showInFileManager(desktop: Desktop, folder: string): Promise<void> {
  const { platform, env } = desktop;
  const name = programs[platform] ?? "xdg-open";
  const hasScreen = name !== "xdg-open" || (env.DISPLAY ?? "") !== "" || (env.WAYLAND_DISPLAY ?? "") !== "";
  if (!hasScreen) throw missing("asset-sync runs without a screen", folder);
  const program = findProgram(desktop, name);
  if (program === undefined) throw missing(`this machine has no "${name}"`, folder);
  const isWindows = platform === "win32";
  const inherited = Object.entries(env).filter(([variable]) => passedOn.test(variable));
  const child = spawn(program, [isWindows ? `"${folder}"` : folder], {
    cwd: isWindows ? undefined : "/",
    detached: true,
    env: { ...Object.fromEntries(inherited), PATH: desktop.programFolders.join(isWindows ? ";" : ":") },
    shell: false,
    stdio: "ignore",
    // Without the quotes explorer takes a comma for the end of the path; a Windows path can hold no quote itself.
    windowsVerbatimArguments: isWindows,
  });
  try {
    await once(child, "spawn");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw missing(`"${program}" could not be started (${why})`, folder);
  }
  // How it goes on is between the person and their desktop.
  child.on("error", () => undefined);
  child.unref();
}

function findProgram({ programFolders, platform }: Desktop, name: string): string | undefined {
  return programFolders
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        if (platform !== "win32") accessSync(path, constants.X_OK);
        return statSync(path).isFile();
      } catch {
        return false;
      }
    });
}

function missing(why: string, folder: string): Failure {
  return new Failure("file-manager-missing", `"${folder}" cannot be shown: ${why}.`, { path: folder });
}
