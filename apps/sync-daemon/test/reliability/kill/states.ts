import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { ChargingModel } from "@org/sandbox";
import type { Scene } from "../../scene/scene.ts";
import { spendsInDatabase } from "./ledger-look.ts";
import { type LibraryLook, lookAtLibraries, type Person } from "./library-look.ts";
import { product } from "./phases.ts";

const linkPath = "/wp-json/imeshh/product-information/download-link";

export interface State {
  readonly library: LibraryLook;
  readonly archives: string[];
  /** Confirmed spends in the database. */
  readonly spends: number;
}

/** Do readers find the same, and are the same old versions kept? */
export function isSameLibrary(one: State, other: State): boolean {
  const told = ({ library }: State) => JSON.stringify([sorted(library.tree), library.aside]);
  return told(one) === told(other);
}

/** How often the shop was asked for a link since `begin`. */
export const asksOf = (scene: Scene): number => scene.sandbox.requests({ path: linkPath }).length;

/** From here on the shop's journal and count are those of one point. */
export function begin(scene: Scene, charging: ChargingModel): void {
  scene.sandbox.clearRequests();
  scene.sandbox.setCounter(product, 0);
  scene.sandbox.patchState({ charging });
}

/** What library, archives and ledger are now. */
export async function stateOf(scene: Scene, person: Person): Promise<State> {
  const archives = join(scene.home, "archives");
  const names = await readdir(archives).catch(() => []);
  return {
    library: await lookAtLibraries(scene.library, person),
    archives: names.toSorted(),
    spends: spendsInDatabase(scene.home).filter(({ state }) => state === "confirmed").length,
  };
}

export function whatIsLeft(leftovers: readonly string[], partial: readonly string[]): string[] {
  return [...leftovers, ...partial.map((name) => `partial/${name}`)];
}

const sorted = (tree: Record<string, string>) => Object.entries(tree).toSorted(([a], [b]) => a.localeCompare(b));

/** Names a few of the differing paths. */
export function differenceOf(now: State["library"], expected: State["library"]): string {
  const paths = new Set([...Object.keys(now.tree), ...Object.keys(expected.tree)]);
  const differing = [...paths].filter((path) => now.tree[path] !== expected.tree[path]);
  return differing.length === 0
    ? `${now.aside.length} files aside instead of ${expected.aside.length}`
    : differing.slice(0, 4).join(", ");
}

export async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Keeps home and library as they are, below `folder`. */
export async function keep(scene: Scene, folder: string, name: string): Promise<void> {
  await rm(join(folder, name), { recursive: true, force: true });
  for (const part of ["home", "library"]) {
    await mkdir(join(scene.folder, part), { recursive: true });
    await cp(join(scene.folder, part), join(folder, name, part), { recursive: true, preserveTimestamps: true });
  }
}

/** Puts home and library back as they were kept. */
export async function restore(scene: Scene, folder: string, name: string): Promise<void> {
  for (const part of ["home", "library"]) {
    await rm(join(scene.folder, part), { recursive: true, force: true });
    await cp(join(folder, name, part), join(scene.folder, part), { recursive: true, preserveTimestamps: true });
  }
}
