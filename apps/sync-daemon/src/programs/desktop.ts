import { accessSync, constants, statSync } from "node:fs";
import { join } from "node:path";

/** The desktop that a program is started on. */
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

/** What shows a file or folder with the program that the person chose for it. */
const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer.exe" };

/** The whole path of that program, or why there is none, as the end of a sentence. */
export function findOpener({ platform, env, programFolders }: Desktop): { program: string } | { missing: string } {
  const name = openers[platform] ?? "xdg-open";
  const hasScreen = name !== "xdg-open" || (env.DISPLAY ?? "") !== "" || (env.WAYLAND_DISPLAY ?? "") !== "";
  if (!hasScreen) return { missing: "asset-sync runs without a screen" };
  const program = programFolders
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        if (platform !== "win32") accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
  return program === undefined ? { missing: `this machine has no "${name}"` } : { program };
}

/** What a program needs to find the person's screen and settings. A password is never among them. */
const passedOn =
  /^(HOME|USER|LOGNAME|LANG|LC_[A-Z]+|TZ|DISPLAY|WAYLAND_DISPLAY|XAUTHORITY|DBUS_SESSION_BUS_ADDRESS|XDG_[A-Z_]+|DESKTOP_SESSION|GNOME_[A-Z_]+|KDE_[A-Z_]+|BROWSER|SystemRoot|SystemDrive|USERPROFILE|APPDATA|LOCALAPPDATA|TEMP|TMP)$/;

/** The environment of a program that is started on this desktop. */
export function environmentOf({ platform, env, programFolders }: Desktop): Record<string, string> {
  const inherited = Object.entries(env).flatMap(([name, value]) =>
    passedOn.test(name) && value !== undefined ? [[name, value] as const] : [],
  );
  return { ...Object.fromEntries(inherited), PATH: programFolders.join(platform === "win32" ? ";" : ":") };
}
