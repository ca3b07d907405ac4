import { basename, dirname, join, relative } from "node:path";
import { parseReceipts } from "../../../src/archive/archive-receipt.ts";
import { parseCatalogFile } from "../../../src/library/catalog-file.ts";
import type { World } from "./current-world.ts";
import type { Call } from "./gate.ts";
import { type SeenAsset, seeLibrary } from "./library-view.ts";
import type { Person } from "./person.ts";
import { real } from "./real-calls.ts";
import { type ServedArchive, sha256Of } from "./shop-goods.ts";
import { listFiles } from "./world.ts";

/** What must be true at every instant, whatever was done to the engine. Each breach is one sentence. */
export interface Promises {
  /** After one change of the engine's. */
  afterChange(call: Call): void;
  /** All of it; for the moments between steps, after a crash and after a start. */
  check(when: string): void;
}

const catalogFile = "blender_assets.cats.txt";
const ownFiles = new Set([catalogFile]);

export function createPromises(settings: {
  world: World;
  person: Person;
  servedArchives: ReadonlyMap<string, ServedArchive>;
}): Promises {
  const { world, person, servedArchives } = settings;
  const libraryRoot = join(world.root, "library");
  const archives = join(world.root, "home", "archives");
  const breach = (when: string, what: string) => world.violations.push(`${what} (${when})`);
  const isPersons = (path: string) => person.everWritten.has(real.readFileSync(path, "utf8"));

  /** I1: an asset that can be seen is whole, byte for byte what the shop served, except for what a person did. */
  function checkAsset({ folder, manifest }: SeenAsset, when: string): void {
    const name = `I1: ${relative(libraryRoot, folder)}`;
    const archive = servedArchives.get(manifest.archive?.sha256 ?? "");
    if (archive === undefined || archive.productId !== manifest.productId)
      return void breach(when, `${name} comes from an archive that was never served for it`);
    if (archive.files === null) return void breach(when, `${name} comes from an archive that must be refused`);
    const deeds = person.deeds.get(manifest.productId);
    const listed = new Map(manifest.files.map((file) => [file.path, file]));
    if (listed.size !== archive.files.size) breach(when, `${name} lists other files than its archive`);
    for (const [path, content] of archive.files) {
      const file = join(folder, path);
      if (listed.get(path)?.sha256 !== sha256Of(content)) breach(when, `${name} lists ${path} wrongly`);
      const stats = real.lstatSync(file, { throwIfNoEntry: false });
      if (stats === undefined) {
        if (deeds?.has("deletes a file of") !== true) breach(when, `${name} lacks ${path}`);
      } else if (!stats.isFile()) breach(when, `${name}: ${path} is no file`);
      else if (!real.readFileSync(file).equals(content) && !isPersons(file))
        breach(when, `${name}: ${path} is not whole`);
    }
    for (const file of listFiles(folder)) {
      const path = relative(folder, file);
      if (path !== ".asset.json" && !archive.files.has(path) && !isPersons(file)) breach(when, `${name} holds ${path}`);
    }
  }

  function checkLibraries(when: string): void {
    const { assets, loose } = seeLibrary(libraryRoot);
    for (const asset of assets) checkAsset(asset, when);
    for (const path of loose) {
      if (!ownFiles.has(basename(path)) && !isPersons(path))
        breach(when, `I1: ${relative(libraryRoot, path)} lies about without its asset`);
    }
  }

  /** I5: whatever a person wrote is still somewhere below the library's root. */
  function checkWorks(when: string): void {
    if (person.works.size === 0) return;
    const found = new Set(listFiles(libraryRoot).map((path) => real.readFileSync(path, "utf8")));
    for (const work of person.works) if (!found.has(work)) breach(when, `I5: "${work}" is lost`);
  }

  /** I6: the catalog file is whole and holds every line of a person's. */
  function checkCatalogFile(path: string, when: string): void {
    const lines = person.catalogLines.get(basename(dirname(path))) ?? [];
    const text = real.existsSync(path) ? real.readFileSync(path, "utf8") : null;
    if (text === null) {
      if (lines.length > 0) breach(when, `I6: ${path} is gone`);
      return;
    }
    if (parseCatalogFile(text).refusal !== null || !text.endsWith("\n")) breach(when, `I6: ${path} cannot be read`);
    for (const line of lines) if (!text.split("\n").includes(line)) breach(when, `I6: ${path} lost ${line}`);
  }

  /** I4: what is beside the folders of the engine is as it was. */
  function checkCanary(when: string): void {
    const [file, ...more] = listFiles(join(world.root, "canary"));
    if (file === undefined || more.length > 0 || real.readFileSync(file, "utf8") !== "canary")
      breach(when, "I4: something outside of home and library was touched");
  }

  /** I9: an archive goes only when a later version of its product is installed and kept. */
  function checkRemovedArchive(place: string): void {
    const sha256 = basename(place, ".zip");
    const receipts = readReceipts(sha256);
    const { assets } = seeLibrary(libraryRoot);
    for (const { productId, revision, refused } of receipts) {
      const other = assets.find((asset) => asset.manifest.productId === productId)?.manifest;
      const isReplaced =
        refused === null &&
        other !== undefined &&
        other.revision !== revision &&
        real.existsSync(join(archives, `${other.archive?.sha256}.zip`));
      if (!isReplaced) breach(`unlink ${place}`, `I9: the archive of ${productId} ${revision} was removed`);
    }
  }

  function readReceipts(sha256: string) {
    const path = join(archives, `${sha256}.json`);
    return real.existsSync(path) ? (parseReceipts(real.readFileSync(path, "utf8")) ?? []) : [];
  }

  return {
    afterChange({ name, path }) {
      const [from = "", to] = path.split(" > ");
      if (!from.startsWith("home/") && !from.startsWith("library") && from !== "home")
        breach(`${name} ${path}`, "I4: the engine changed something outside of home and library");
      if (to !== undefined && !/^(?:home|library)\//.test(to)) breach(`${name} ${path}`, "I4: moved outside");
      if (name === "unlink" && /^home\/archives\/[0-9a-f]{64}\.zip$/.test(from)) checkRemovedArchive(from);
      if (name !== "rename" || to === undefined || !to.startsWith("library/")) return;
      if (basename(to) === catalogFile && !to.includes("/.sync/"))
        checkCatalogFile(join(world.root, to), `${name} ${path}`);
      else if (!to.includes("/.")) checkLibraries(`${name} ${path}`);
    },
    check(when) {
      checkLibraries(when);
      checkWorks(when);
      checkCanary(when);
      for (const folder of person.catalogLines.keys()) checkCatalogFile(join(libraryRoot, folder, catalogFile), when);
    },
  };
}
