import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSandbox } from "@org/sandbox";
import { describe, expect, it } from "vitest";
import { count } from "../level.ts";
import { runDaemon } from "../power/power-daemon.ts";
import { record, recordSkipped } from "../record.ts";
import { openMemoryGroup, whyNoMemoryGroup } from "./memory-group.ts";
import { writeSparseZip } from "./write-sparse-zip.ts";

/** The daemon and the processes it starts, together. */
const memoryLimitBytes = 256 << 20;
const maxEventLoopDelayMs = 100;

const vase = 132611;
const gibibyte = 2 ** 30;

const reason = whyNoMemoryGroup();
if (reason !== null) recordSkipped("T21", "an 8 GB zip64 archive with 20,000 entries in 256 MB", reason);

interface Status {
  readonly process: { readonly eventLoopDelayP99Ms: number; readonly eventLoopDelayMaxMs: number };
}

describe.skipIf(reason !== null)("a huge archive", () => {
  it(
    "is fetched and unpacked within 256 MB of memory, and the daemon answers meanwhile",
    async () => {
      const folder = await mkdtemp(join(tmpdir(), "asset-sync-huge-"));
      const home = join(folder, "home");
      const library = join(folder, "library");
      const group = openMemoryGroup(memoryLimitBytes);
      const sandbox = await startSandbox();
      let run: ReturnType<typeof runDaemon> | undefined;
      try {
        const archive = join(folder, "huge.zip");
        const entries = count({ commit: 3_000, nightly: 20_000 });
        const zeros = count({ commit: 256 << 20, nightly: 8 * gibibyte });
        const small = Array.from({ length: entries - 2 }, (_, index) => ({
          name: `Decor_Vase_Clay_01/parts/${index % 50}/${index}.txt`,
          text: `part ${index}\n`.repeat(20),
        }));
        const bytes = writeSparseZip(archive, [
          { name: "Decor_Vase_Clay_01/Decor_Vase_Clay_01.blend", zeros: Math.floor(zeros * 0.7) },
          ...small,
          { name: "Decor_Vase_Clay_01/large.bin", zeros: Math.ceil(zeros * 0.3) },
        ]);
        sandbox.updateProduct(vase, { archive: { file: archive } });
        await mkdir(home);
        await writeConfig({ home, library, origins: sandbox.origins });

        const startedAt = performance.now();
        run = runDaemon({ home, outside: folder, args: ["serve"], wrapper: group.wrapper });
        let ended: Awaited<typeof run.ended> | undefined;
        void run.ended.then((end) => {
          ended = end;
        });
        let peakBytes = 0;
        let status: Status | undefined;
        const manifest = () => findManifest(library);
        while (manifest() === null && ended === undefined) {
          peakBytes = Math.max(peakBytes, group.readAnonymousBytes());
          status = (await readStatus(home)) ?? status;
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        expect(ended).toBeUndefined();
        status = (await readStatus(home)) ?? status;
        const installed = JSON.parse(readFileSync(manifest() ?? "", "utf8")) as { files: unknown[] };
        expect(installed.files).toHaveLength(entries);
        expect((await stat(join(assetFolder(library), "large.bin"))).size).toBe(Math.ceil(zeros * 0.3));
        expect(sandbox.counters()[vase]).toBe(1);
        expect(group.kills()).toBe(0);
        const megabytes = Math.round(peakBytes / 2 ** 20);
        const p99Ms = status?.process.eventLoopDelayP99Ms ?? Number.NaN;
        // A share of the processor that the machine gives to others is not the daemon's lateness: judged at night only.
        const isLate = count({ commit: 0, nightly: 1 }) === 1 && !(p99Ms <= maxEventLoopDelayMs);
        const wrong = (peakBytes > memoryLimitBytes ? 1 : 0) + (isLate ? 1 : 0);
        record({
          test: "T21",
          what: `${(bytes / gibibyte).toFixed(1)} GiB archive of ${entries} entries in a group of 256 MB`,
          injections: 1,
          wrong,
          secondSpends: 0,
          seed: null,
          ms: Math.round(performance.now() - startedAt),
          note: `daemon and its processes: ${megabytes} MB at most, event loop late by ${p99Ms} ms (99 %), ${status?.process.eventLoopDelayMaxMs} ms at most`,
        });
        expect(wrong).toBe(0);
      } finally {
        run?.process.kill("SIGKILL");
        await run?.ended;
        await sandbox.close();
        await closeSoon(() => group.close());
        await rm(folder, { recursive: true, force: true });
      }
    },
    count({ commit: 600_000, nightly: 1_800_000 }),
  );
});

async function writeConfig(settings: {
  home: string;
  library: string;
  origins: { shop: string; blog: string; feeds: string; extensions: string };
}): Promise<void> {
  const { home, library, origins } = settings;
  const { shop, blog, feeds, extensions } = origins;
  const config = {
    library: { root: library },
    imeshh: {
      username: "artist@example.com",
      origins: { shop, blog, feeds, extensions },
      archiveHosts: ["127.0.0.1"],
      wanted: [{ productId: vase }],
    },
    limits: { diskFloorGigabytes: 0, archiveGigabytes: 10 },
    api: { port: 0 },
  };
  await writeFile(join(home, "config.jsonc"), JSON.stringify(config));
}

function assetFolder(library: string): string {
  return join(library, "iMeshh-Models", "Decor", "Vases", "Decor_Vase_Clay_01");
}

function findManifest(library: string): string | null {
  const path = join(assetFolder(library), ".asset.json");
  return existsSync(path) ? path : null;
}

/** What the running daemon says of itself; undefined while it starts. */
async function readStatus(home: string): Promise<Status | undefined> {
  const file = join(home, "api.json");
  if (!existsSync(file)) return undefined;
  try {
    const { address, token } = JSON.parse(readFileSync(file, "utf8")) as { address: string; token: string };
    const answer = await fetch(`${address}/api/v1/status`, { headers: { authorization: `Bearer ${token}` } });
    return answer.ok ? ((await answer.json()) as Status) : undefined;
  } catch {
    // Half-written, or not listening yet.
    return undefined;
  }
}

/** A group can be removed once its last process is gone for good. */
async function closeSoon(close: () => void): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      close();
      return;
    } catch (error) {
      if (tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
