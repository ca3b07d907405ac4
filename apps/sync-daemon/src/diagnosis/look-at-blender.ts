import { readdir, readFile, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import type { Environment } from "../config/home-folders.ts";
import type { BlenderPreferences, BlenderProgram } from "../domain/diagnosis/judge-blender.ts";
import { findPrograms, isProgram } from "../programs/find-program.ts";
import { runProgram } from "../programs/run-program.ts";
import { parseUserpref } from "./parse-userpref.ts";

interface Search {
  readonly env: Environment;
  readonly userFolder: string;
  readonly signal: AbortSignal;
}

/** A Blender on a slow disk takes seconds to start for the first time. */
const versionWithinMs = 15_000;
/** More are hardly installed anywhere; each is started once. */
const maxPrograms = 12;

/** Every Blender in PATH and where its installers put it, with the version it says. */
export async function findBlenders(search: Search): Promise<BlenderProgram[]> {
  const candidates = [...(await findPrograms("blender", search)), ...(await listUsualPlaces(search))];
  // One Blender is often reached by several names, such as /bin and /usr/bin.
  const byFile = new Map<string, string>();
  for (const candidate of candidates) {
    const file = await realpath(candidate);
    if (!byFile.has(file)) byFile.set(file, candidate);
  }
  const programs: BlenderProgram[] = [];
  for (const program of [...byFile.values()].slice(0, maxPrograms)) programs.push(await askVersion(program, search));
  return programs;
}

async function askVersion(program: string, { env, signal }: Search): Promise<BlenderProgram> {
  try {
    // No more than it needs to start: its own variables could load anything.
    const passedOn = Object.fromEntries(
      Object.entries(env).filter(([name]) => /^(?:PATH|HOME|LANG|SYSTEMROOT|USERPROFILE|TEMP|TMPDIR)$/i.test(name)),
    ) as Record<string, string>;
    const ended = await runProgram({ program, args: ["--version"], env: passedOn, limitMs: versionWithinMs, signal });
    const [, version] = /^Blender (\d+\.\d+\S*(?: \w+)?)/m.exec(ended.stdout) ?? [];
    if (version !== undefined) return { path: program, version, problem: null };
    const why = ended.isTimeUp
      ? `no answer within ${versionWithinMs / 1_000} s`
      : `it ended with status ${ended.status}`;
    return { path: program, version: null, problem: why };
  } catch (error) {
    signal.throwIfAborted();
    return { path: program, version: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

async function listUsualPlaces({ env, userFolder }: Search): Promise<string[]> {
  const found: string[] = [];
  for (const { folder, below } of usualPlaces(env, userFolder)) {
    const names = await listNames(folder);
    for (const name of names.filter((one) => /^blender/i.test(one))) {
      const candidate = path.join(folder, name, ...below);
      if (await isProgram(candidate)) found.push(candidate);
    }
  }
  const links = ["/snap/bin/blender", "/var/lib/flatpak/exports/bin/org.blender.Blender"];
  for (const link of process.platform === "linux" ? links : []) if (await isProgram(link)) found.push(link);
  return found;
}

/** Folders in which a folder per Blender lies, and where in that its program is. */
function usualPlaces(env: Environment, userFolder: string): { folder: string; below: string[] }[] {
  if (process.platform === "darwin")
    return ["/Applications", path.join(userFolder, "Applications")].map((folder) => ({
      folder,
      below: ["Contents", "MacOS", "Blender"],
    }));
  if (process.platform === "win32")
    return [env.ProgramFiles, env["ProgramFiles(x86)"]].flatMap((folder) =>
      folder === undefined ? [] : [{ folder: path.join(folder, "Blender Foundation"), below: ["blender.exe"] }],
    );
  return ["/opt", userFolder, path.join(userFolder, "Downloads"), path.join(userFolder, "Applications")].map(
    (folder) => ({
      folder,
      below: ["blender"],
    }),
  );
}

/** Preferences above this are none: Blender's own take some hundred kilobytes. */
const maxPreferencesBytes = 64_000_000;

/** The asset libraries of every Blender version that has preferences of this person. The files are read, never run. */
export async function readBlenderPreferences({ env, userFolder }: Search): Promise<BlenderPreferences[]> {
  const root = preferencesRoot(env, userFolder);
  const versions = (await listNames(root)).filter((name) => /^\d+\.\d+$/.test(name));
  versions.sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  const found: BlenderPreferences[] = [];
  for (const version of versions) {
    const file = path.join(root, version, "config", "userpref.blend");
    const bytes = await readWhole(file);
    if (bytes !== null) found.push({ file, version, libraries: parseUserpref(unpack(bytes)) ?? null });
  }
  return found;
}

function preferencesRoot(env: Environment, userFolder: string): string {
  if (process.platform === "darwin") return path.join(userFolder, "Library", "Application Support", "Blender");
  if (process.platform === "win32")
    return path.join(env.APPDATA ?? path.join(userFolder, "AppData", "Roaming"), "Blender Foundation", "Blender");
  const config = env.XDG_CONFIG_HOME;
  const isUsable = config !== undefined && path.isAbsolute(config);
  return path.join(isUsable ? config : path.join(userFolder, ".config"), "blender");
}

/** Null where there is none. One that cannot be read is as good as not understood: no bytes. */
async function readWhole(file: string): Promise<Buffer | null> {
  try {
    if ((await stat(file)).size > maxPreferencesBytes) return Buffer.alloc(0);
    return await readFile(file);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" ? null : Buffer.alloc(0);
  }
}

/** Blender may write any .blend compressed: with zstd since 3.0, with gzip before. */
function unpack(bytes: Buffer): Buffer {
  const limits = { maxOutputLength: maxPreferencesBytes };
  try {
    if (bytes.readUInt32BE(0) === 0x28b52ffd) return zstdDecompressSync(bytes, limits);
    if (bytes.readUInt16BE(0) === 0x1f8b) return gunzipSync(bytes, limits);
    return bytes;
  } catch {
    // Damaged or too short: nothing that could be understood.
    return Buffer.alloc(0);
  }
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    // Not there, or not for us to see: no Blender of this person lies there.
    return [];
  }
}
