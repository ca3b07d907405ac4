import type { Limits } from "../domain/limits.ts";
import type { QuietHours } from "../domain/quiet-hours.ts";
import type { UpdatePolicy, WantedRule } from "../domain/wanted.ts";

/** The whole configuration after parsing: defaults filled in, `~` expanded, units turned into bytes and milliseconds. */
export interface Config {
  /** Absolute paths of everything the daemon keeps for itself. */
  readonly home: HomeFolders;
  readonly library: { readonly root: string };
  readonly imeshh: {
    /** The sample shop has a state, kept zips and libraries of its own, so that nothing of it is taken for the real shop's. */
    readonly shop: "imeshh" | "sample-shop";
    readonly username: string | null;
    readonly origins: {
      readonly shop: string;
      readonly blog: string;
      readonly feeds: string;
      readonly extensions: string;
    };
    readonly archiveHosts: readonly string[];
    readonly pollMs: number;
    readonly downloadLimit: number;
    readonly keepInReserve: number;
    readonly wanted: readonly WantedRule[];
    readonly updates: UpdatePolicy;
  };
  readonly limits: Limits;
  readonly quietHours: readonly QuietHours[];
  readonly api: { readonly host: string; readonly port: number };
  readonly network: {
    readonly proxy: string | null;
    readonly noProxy: string | null;
    readonly extraCertificateFiles: readonly string[];
    /** The longest silence inside an answer; twice as long is waited for its beginning. */
    readonly silenceMs: number;
  };
  readonly log: { readonly level: "debug" | "info" | "warn" | "error" };
}

/** Where the daemon keeps what is its own. With `--home DIR` all below one folder, else the platform's own places. */
export interface HomeFolders {
  /** Holds the rest, or the platform's config folder. Shown to people as "home". */
  readonly home: string;
  readonly configFile: string;
  /** Folder of what there is once per home, whichever shop is followed: the lock, `api.json`, page sessions. */
  readonly ownFolder: string;
  /** Folder of `state.db`, the ledger's backup and the lock. */
  readonly state: string;
  readonly archives: string;
  readonly partial: string;
  readonly feeds: string;
  readonly thumbnails: string;
  readonly logs: string;
  /** `api.json`: address and token of the running daemon, mode 0600. */
  readonly apiFile: string;
}
