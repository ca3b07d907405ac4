import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A screen, and a program that `xdg-open` shows folders with and that only notes them. The daemon starts no `xdg-open` but
 * the system's own; that one takes what `BROWSER` names where no desktop runs.
 */
export function withFileManager(folder: string): Record<string, string> {
  const program = join(folder, "file-manager");
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$1" >> '${noteIn(folder)}'\n`, { mode: 0o755 });
  return { DISPLAY: ":7", BROWSER: program };
}

/** The folders that were shown, in order. */
export async function seenFolders(folder: string): Promise<string[]> {
  const text = await readFile(noteIn(folder), "utf8").catch(() => "");
  return text.split("\n").filter((line) => line !== "");
}

const noteIn = (folder: string): string => join(folder, "seen-folders");
