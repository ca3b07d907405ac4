import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type ChargingModel, type JournalEntry, type Sandbox, startSandbox } from "@org/sandbox";

/** What the power is cut in: a first sync, or one that updates, installs one more and merges the catalogs. */
export const phases = ["install", "update"] as const;
export type Phase = (typeof phases)[number];

const vase = 132611;
const tiles = 132765;
const steam = 132831;
const ring = 132688;

const linkPath = "/wp-json/imeshh/product-information/download-link";

const wantedIn: Readonly<Record<Phase, readonly number[]>> = {
  install: [vase, tiles, steam],
  update: [vase, tiles, steam, ring],
};

/** The products whose newest revision is not installed when the phase begins: each costs one download. */
export const boughtIn: Readonly<Record<Phase, readonly number[]>> = {
  install: [vase, tiles, steam],
  update: [vase, steam, ring],
};

/** Archives of the vase: one of many small files and one large one, and another version of it. */
export interface ShopArchives {
  readonly first: string;
  readonly second: string;
}

/** Packs them below `folder`. The large file is longer than what a download must have to be gone on with (1 MB). */
export function packArchives(folder: string): ShopArchives {
  const pack = (name: string, changed: number): string => {
    const top = join(folder, name, "Decor_Vase_Clay_01");
    mkdirSync(join(top, "parts"), { recursive: true });
    writeFileSync(join(top, "Decor_Vase_Clay_01.blend"), randomBytes(1_300_000));
    for (let index = 0; index < 60; index += 1)
      writeFileSync(join(top, "parts", `${index}.txt`), `${name} ${index % changed}\n`.repeat(50 + index * 20));
    const script = "import shutil,sys; shutil.make_archive(sys.argv[1], 'zip', sys.argv[2])";
    execFileSync("python3", ["-c", script, join(folder, `${name}-archive`), join(folder, name)]);
    return join(folder, `${name}-archive.zip`);
  };
  return { first: pack("first", 7), second: pack("second", 11) };
}

/** A shop as it is when `phase` begins. What is installed by then counts as bought. */
export async function openShop(settings: {
  phase: Phase;
  charging: ChargingModel;
  archives: ShopArchives;
}): Promise<Sandbox> {
  const { phase, charging, archives } = settings;
  const sandbox = await startSandbox({ charging });
  sandbox.updateProduct(vase, { archive: { file: archives.first }, dateModified: "2025-07-01T00:00:00" });
  if (phase === "install") return sandbox;
  for (const productId of wantedIn.install) sandbox.setCounter(productId, 1);
  sandbox.updateProduct(vase, { archive: { file: archives.second }, dateModified: "2025-08-01T00:00:00" });
  sandbox.updateProduct(steam, { dateModified: "2025-08-01T00:00:00" });
  sandbox.setCatalogFile("model", servedCatalog("Added/By shop"));
  return sandbox;
}

function servedCatalog(path: string): string {
  return `# This is an Asset Catalog Definition file for Blender.\n\nVERSION 1\n\n11111111-2222-4333-8444-555555555555:${path}:Added-By shop\n`;
}

/** The configuration that points a home at this shop. */
export async function writeConfig(settings: {
  home: string;
  library: string;
  sandbox: Sandbox;
  phase: Phase;
}): Promise<void> {
  const { home, library, sandbox, phase } = settings;
  const { shop, blog, feeds, extensions } = sandbox.origins;
  const config = {
    library: { root: library },
    imeshh: {
      username: "artist@example.com",
      origins: { shop, blog, feeds, extensions },
      archiveHosts: ["127.0.0.1"],
      updates: "auto",
      wanted: wantedIn[phase].map((productId) => ({ productId })),
    },
    limits: { diskFloorGigabytes: 0 },
    api: { port: 0 },
  };
  await writeFile(join(home, "config.jsonc"), JSON.stringify(config));
}

/** What reached the shop, by product. */
export interface Arrivals {
  /** Requests for a download link. Each may cost one download, whatever became of the answer. */
  readonly links: ReadonlyMap<number, number>;
  /** Requests for the archive itself: the link had been written down before. */
  readonly transfers: ReadonlyMap<number, number>;
}

export function arrivalsAt(sandbox: Sandbox): Arrivals {
  return {
    links: countByProduct(sandbox.requests({ host: "shop", path: linkPath })),
    transfers: countByProduct(sandbox.requests({ host: "cdn", path: "*.zip" })),
  };
}

function countByProduct(entries: readonly JournalEntry[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { productId } of entries) if (productId !== null) counts.set(productId, (counts.get(productId) ?? 0) + 1);
  return counts;
}

/** Resolves when no answer of the shop is under way any more. */
export async function shopAtRest(sandbox: Sandbox): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (sandbox.requests().every(({ finishedAt }) => finishedAt !== null)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("An answer of the shop never ended.");
}
