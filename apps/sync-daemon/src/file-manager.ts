import { Failure } from "./domain/failure.ts";
import { type Desktop, environmentOf, findOpener } from "./programs/desktop.ts";
import { startProgram } from "./programs/start-program.ts";

/**
 * Shows a folder in the desktop's file manager: starts its program and waits for the start only. `folder` is an absolute
 * path. Throws `file-manager-missing` where there is no program for it or no screen.
 */
export async function showInFileManager(desktop: Desktop, folder: string): Promise<void> {
  const opener = findOpener(desktop);
  if ("missing" in opener) throw missing(opener.missing, folder);
  const { program } = opener;
  const isWindows = desktop.platform === "win32";
  try {
    await startProgram({
      program,
      // Without the quotes explorer takes a comma for the end of the path; a Windows path can hold no quote itself.
      args: [isWindows ? `"${folder}"` : folder],
      isQuoted: isWindows,
      env: environmentOf(desktop),
      folder: isWindows ? undefined : "/",
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw missing(`"${program}" could not be started (${why})`, folder);
  }
}

function missing(why: string, folder: string): Failure {
  return new Failure("file-manager-missing", `"${folder}" cannot be shown: ${why}.`, { path: folder });
}
