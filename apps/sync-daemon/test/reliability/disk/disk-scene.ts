import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChargingModel, type Sandbox, startSandbox } from "@org/sandbox";
import { endOf, runDaemon } from "../power/power-daemon.ts";
import { arrivalsAt, shopAtRest } from "../power/power-shop.ts";
import { shell, shellQuietly } from "../power/shell.ts";

export const vase = 132611;

/** One file that does not shrink and forty that do. */
export const largeFileBytes = 20 << 20;

/** A generous end for one run of the command; a busy machine is slow. */
export const runWithinMs = 120_000;

/** A home and a library with version 1 of one product installed, while the shop has version 2. */
export interface DiskScene {
  readonly folder: string;
  readonly home: string;
  readonly library: string;
  readonly sandbox: Sandbox;
  /** The zip of version 2, on the shop's side. */
  readonly nextArchive: string;
  /** One `asset-sync` run; `before` is a program in front of it, such as strace. */
  run(args: readonly string[], before?: readonly string[], environment?: Record<string, string>): Promise<RunEnd>;
  /** Downloads the shop has counted since the scene began. */
  charged(): number;
  /** Requests for a link since the scene began. */
  linksAskedFor(): number;
  close(): Promise<void>;
}

export interface RunEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What all scenes of a suite are copied from. */
export interface DiskStage {
  /** A copy of the home and the library, below a folder of its own. `mounts` are made before anything is copied. */
  open(options: {
    charging: ChargingModel;
    prepare?: (folders: { folder: string; home: string; library: string }) => Promise<void>;
  }): Promise<DiskScene>;
  close(): Promise<void>;
}

/** Installs version 1 once, by the real command. */
export async function openDiskStage(options: { fileBytes?: number } = {}): Promise<DiskStage> {
  const inMemory = (await readFile("/proc/mounts", "utf8")).includes(" /dev/shm tmpfs") ? "/dev/shm" : tmpdir();
  const root = await mkdtemp(join(inMemory, "asset-sync-disk-"));
  const outside = join(root, "outside");
  await mkdir(outside);
  const archives = [1, 2].map((version) =>
    pack(join(root, `v${version}`), version, options.fileBytes ?? largeFileBytes),
  );
  const shop = async (charging: ChargingModel, version: 1 | 2): Promise<Sandbox> => {
    const sandbox = await startSandbox({ charging });
    sandbox.updateProduct(vase, { archive: { file: archives[0] ?? "" }, dateModified: "2025-07-01T00:00:00" });
    if (version === 2) {
      sandbox.setCounter(vase, 1);
      sandbox.updateProduct(vase, { archive: { file: archives[1] ?? "" }, dateModified: "2025-08-01T00:00:00" });
    }
    return sandbox;
  };
  const makeScene = async (folder: string, sandbox: Sandbox): Promise<DiskScene> => {
    const home = join(folder, "home");
    const library = join(folder, "library");
    await writeConfig({ home, library, sandbox });
    const before = sandbox.counters()[vase] ?? 0;
    return {
      folder,
      home,
      library,
      sandbox,
      nextArchive: archives[1] ?? "",
      async run(args, wrapper = [], environment = {}) {
        const end = await endOf(runDaemon({ home, outside, args, wrapper, environment }), runWithinMs);
        await shopAtRest(sandbox);
        return end;
      },
      charged: () => (sandbox.counters()[vase] ?? 0) - before,
      linksAskedFor: () => arrivalsAt(sandbox).links.get(vase) ?? 0,
      async close() {
        await sandbox.close();
        for (const path of [join(home, "partial"), join(home, "archives"), home, library, folder])
          await shellQuietly("umount", path);
        await rm(folder, { recursive: true, force: true });
      },
    };
  };

  const base = join(root, "base");
  try {
    await mkdir(join(base, "home"), { recursive: true });
    const first = await shop("link", 1);
    try {
      const { code, stdout, stderr } = await (await makeScene(base, first)).run(["sync", "--json"]);
      if (code !== 0) throw new Error(`The first sync ended with ${code}: ${stdout} ${stderr}`);
    } finally {
      await first.close();
    }
  } catch (error) {
    await rm(root, { recursive: true, force: true });
    throw error;
  }

  let scenes = 0;
  return {
    async open({ charging, prepare }) {
      scenes += 1;
      const folder = join(root, `scene-${scenes}`);
      const folders = { folder, home: join(folder, "home"), library: join(folder, "library") };
      for (const path of Object.values(folders)) await mkdir(path, { recursive: true });
      await prepare?.(folders);
      cpSync(join(base, "home"), folders.home, { recursive: true, preserveTimestamps: true });
      cpSync(join(base, "library"), folders.library, { recursive: true, preserveTimestamps: true });
      // What a fault may take is what comes after this.
      for (const path of [folders.home, folders.library]) await shell("sync", "--file-system", path);
      return await makeScene(folder, await shop(charging, 2));
    },
    close: () => rm(root, { recursive: true, force: true }),
  };
}

async function writeConfig(settings: { home: string; library: string; sandbox: Sandbox }): Promise<void> {
  const { home, library, sandbox } = settings;
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const config = {
    library: { root: library },
    imeshh: {
      username: "artist@example.com",
      origins: { shop, blog, feeds, extensions },
      archiveHosts: ["127.0.0.1"],
      updates: "auto",
      wanted: [{ productId: vase }],
    },
    limits: { diskFloorGigabytes: 0 },
    api: { port: 0 },
  };
  await writeFile(join(home, "config.jsonc"), JSON.stringify(config));
}

function pack(folder: string, version: number, fileBytes: number): string {
  const top = join(folder, "Decor_Vase_Clay_01");
  mkdirSync(join(top, "parts"), { recursive: true });
  writeFileSync(join(top, "Decor_Vase_Clay_01.blend"), randomBytes(fileBytes));
  for (let index = 0; index < 40; index += 1)
    writeFileSync(join(top, "parts", `${index}.txt`), `${version} ${index}\n`.repeat(300));
  const script = "import shutil,sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
  execFileSync("python3", ["-c", script, `${folder}-archive`, folder]);
  return `${folder}-archive.zip`;
}
