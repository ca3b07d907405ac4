import { execFile } from "node:child_process";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface Installed {
  packages: number;
  bytes: number;
}

/** What `npm install` brings for one package: itself and everything it depends on, each once. */
export async function measureInstall(folder: string): Promise<Installed> {
  const seen = new Map<string, number>();
  await visit(await realpath(folder), seen);
  return { packages: seen.size, bytes: [...seen.values()].reduce((sum, bytes) => sum + bytes, 0) };
}

async function visit(folder: string, seen: Map<string, number>): Promise<void> {
  if (seen.has(folder)) return;
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as {
    dependencies?: Record<string, string>;
    version: string;
  };
  // Of a package of this workspace only what is published counts.
  const isOwn = !folder.includes("/node_modules/");
  seen.set(folder, isOwn ? await publishedBytes(folder) : await folderBytes(folder));
  for (const name of Object.keys(manifest.dependencies ?? {})) {
    await visit(await findDependency(folder, name), seen);
  }
}

async function findDependency(folder: string, name: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      return await realpath(join(at, "node_modules", name));
    } catch (error) {
      if (dirname(at) === at) throw error;
    }
  }
}

async function folderBytes(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !path.slice(folder.length).includes("/node_modules/")) bytes += (await stat(path)).size;
  }
  return bytes;
}

async function publishedBytes(folder: string): Promise<number> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json"], { cwd: folder });
  const report: unknown = JSON.parse(stdout);
  const [packed] = (Array.isArray(report) ? report : Object.values(report as object)) as { unpackedSize: number }[];
  return packed?.unpackedSize ?? 0;
}

/** Makes the `dist` that is published. */
export async function buildPackage(folder: string): Promise<void> {
  await run("npm", ["run", "build"], { cwd: folder, shell: process.platform === "win32" });
}
