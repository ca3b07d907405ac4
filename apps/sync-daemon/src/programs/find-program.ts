import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import path from "node:path";

/** Whole paths of the programs named `name` in the folders of PATH, in their order. Relative folders are passed over. */
export async function findPrograms(name: string, search: { env: Readonly<Record<string, string | undefined>> }) {
  const written = search.env.PATH ?? search.env.Path ?? "";
  const file = process.platform === "win32" ? `${name}.exe` : name;
  const found: string[] = [];
  for (const folder of written.split(path.delimiter)) {
    const candidate = path.join(folder, file);
    if (path.isAbsolute(folder) && !found.includes(candidate) && (await isProgram(candidate))) found.push(candidate);
  }
  return found;
}

export async function isProgram(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    await access(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: no program that we could start.
    return false;
  }
}
