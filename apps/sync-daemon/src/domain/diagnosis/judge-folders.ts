import { formatBytes } from "../byte-size.ts";
import { nameFileSystem } from "./file-system-type.ts";
import { type Finding, foundFailed, foundNotTried, foundOk, foundWarning } from "./finding.ts";

/** A folder or file of the home, as the disk shows it. */
export interface HomeEntry {
  readonly path: string;
  readonly kind: "folder" | "file" | "other" | "absent";
  /** Null on systems without such modes. */
  readonly mode: number | null;
  readonly isOurs: boolean;
  /** Why it could not be looked at; null when it could. */
  readonly problem: string | null;
  readonly expected: "folder" | "file";
  /** What is in it would let others act as this person. */
  readonly isSecret: boolean;
}

/** Do the folders and files of the home belong to this person, and to nobody else? One finding when all are in order. */
export function judgeHome(entries: readonly HomeEntry[]): Finding[] {
  const check = { check: "home.folders", tried: "Look at the owner and mode of asset-sync's own folders and files" };
  const problems = entries.flatMap((entry) => judgeEntry(entry) ?? []);
  if (problems.length > 0) return problems;
  const absent = entries.filter(({ kind, expected }) => kind === "absent" && expected === "folder");
  const there = entries.length - entries.filter(({ kind }) => kind === "absent").length;
  if (there === 0) return [foundOk(check, "None is there yet; they are made when they are first needed.")];
  const notYet = absent.length === 0 ? "" : ` Not there yet: ${absent.map(({ path }) => path).join(", ")}.`;
  return [foundOk(check, `All ${there} that are there are yours alone.${notYet}`)];
}

function judgeEntry(entry: HomeEntry): Finding | undefined {
  const { path, kind, mode, expected } = entry;
  const check = { check: `home.${expected}`, tried: `Look at ${path}` };
  if (entry.problem !== null)
    return foundFailed(check, `It cannot be looked at: ${entry.problem}.`, "Give yourself the right to read it.");
  if (kind === "absent") return undefined;
  if (kind !== expected)
    return foundFailed(check, `It is no ${expected}.`, "Move away what is there; asset-sync makes it anew.");
  if (!entry.isOurs)
    return foundFailed(
      check,
      "It belongs to another user of this computer.",
      `Take it over with \`sudo chown -R "$(id -un)" "${path}"\`; do not run asset-sync with sudo.`,
    );
  if (mode === null || (mode & 0o077) === 0) return undefined;
  const wanted = expected === "folder" ? "700" : "600";
  const shown = (mode & 0o777).toString(8).padStart(4, "0");
  const mend = `Run \`chmod ${wanted} "${path}"\`.`;
  if ((mode & 0o022) !== 0) return foundFailed(check, `Others on this computer may change it (mode ${shown}).`, mend);
  if (entry.isSecret)
    return foundFailed(check, `Others on this computer may read what only you should (mode ${shown}).`, mend);
  return foundWarning(check, `Others on this computer may read it (mode ${shown}).`, mend);
}

/** Room below this stops even the ledger's small writes. */
const leastStateBytes = 100_000_000;

/** What the disk below one folder says. */
export interface DiskFacts {
  readonly of: "library" | "archives" | "state";
  readonly folder: string;
  /** Null: it could not be asked; `problem` says why. */
  readonly volume: { readonly freeBytes: number; readonly type: number } | null;
  readonly problem: string | null;
}

const contents: Readonly<Record<DiskFacts["of"], string>> = {
  library: "the library",
  archives: "kept zips",
  state: "the state and the ledger",
};

/** Is there room, and is it a disk that such things should be on? */
export function judgeDisk(facts: DiskFacts, around: { diskFloorBytes: number; platform: NodeJS.Platform }): Finding {
  const { of, folder, volume } = facts;
  const check = { check: `disk.${of}`, tried: `Ask for the free space at ${folder}, for ${contents[of]}` };
  if (volume === null) return foundNotTried(check, `It cannot be asked: ${facts.problem}.`);
  const { name, place } = nameFileSystem(volume.type, around.platform);
  const free = formatBytes(volume.freeBytes);
  const where = `${free} free on ${name}${place === "network" ? ", over the network" : ""}.`;
  const { diskFloorBytes } = around;
  if (of === "state" && volume.freeBytes < leastStateBytes)
    return foundFailed(check, where, "Make room there: what was spent could no longer be written down.");
  if (volume.freeBytes < diskFloorBytes) {
    const found = `${where} ${formatBytes(diskFloorBytes)} are to stay free (\`limits.diskFloorGigabytes\`), so nothing is downloaded.`;
    const mend = "Make room there, or lower `limits.diskFloorGigabytes`.";
    return of === "state" ? foundWarning(check, found, mend) : foundFailed(check, found, mend);
  }
  if (place === "memory")
    return foundWarning(check, `${where} What lies there is gone after a restart.`, moveAdvice(of));
  if (of === "state" && place === "network")
    return foundWarning(check, `${where} Databases do not keep well there.`, moveAdvice(of));
  return foundOk(check, where);
}

function moveAdvice(of: DiskFacts["of"]): string {
  if (of === "library") return "Choose a folder on a disk: `library.root` in the configuration.";
  return "Choose a folder on a disk of this computer with --home or ASSET_SYNC_HOME.";
}
