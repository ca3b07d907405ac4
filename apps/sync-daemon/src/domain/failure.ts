import { type ExitStatus, exitStatuses } from "./exit-status.ts";

/**
 * Who can mend it. `transient`: the daemon looks again by itself, later; a full disk or a missing mount too, since
 * looking again costs nothing. `person`: it waits until a person asks for it by name. `permanent`: the same input will
 * fail again, only a new revision can help.
 */
export type FailureClass = "transient" | "person" | "permanent";

interface FailureRule {
  readonly class: FailureClass;
  readonly exitStatus: ExitStatus;
  /** What a person can do, as a sentence. */
  readonly advice: string;
}

const rule = (failureClass: FailureClass, exitStatus: ExitStatus, advice: string): FailureRule => ({
  class: failureClass,
  exitStatus,
  advice,
});

/** Every way a step can fail. One line each: who can mend it, the exit status, what to do. */
export const failureRules = {
  "provider-unreachable": rule("transient", 6, "The next sync tries again; check the network or proxy if it lasts."),
  "provider-error": rule("transient", 6, "The provider's server has trouble; the next sync tries again."),
  "rate-limited": rule("transient", 6, "The provider asks for patience; a later sync tries again."),
  "answer-unreadable": rule(
    "transient",
    6,
    "The provider answered something else than documented; the next sync tries again.",
  ),
  "feed-shrunken": rule(
    "person",
    1,
    "The last good catalog stays in use. If the shop really is that small now, run `asset-sync sync --accept-feed`.",
  ),
  "feed-unreadable": rule("transient", 6, "The last good catalog stays in use; the next sync asks for the news again."),
  "product-unknown": rule("person", 1, "Look it up with `asset-sync search`."),
  "sign-in-missing": rule("person", 3, "Run `asset-sync init`, or set ASSET_SYNC_IMESHH_PASSWORD."),
  "sign-in-failed": rule(
    "person",
    3,
    "Check user name and password, then run `asset-sync init`; it is not tried again until then.",
  ),
  "entitlement-missing": rule("person", 4, "Renew the subscription in the shop; free products still download."),
  "quota-exhausted": rule(
    "person",
    4,
    "The shop allows no further download of this product; ask its support if its count is wrong.",
  ),
  "quota-last": rule("person", 4, "Run `asset-sync get ID --spend-last` to use the last download."),
  "spend-needs-person": rule("person", 4, "Run `asset-sync get ID` to spend another download on it."),
  "spend-in-doubt": rule("person", 4, "It counts as spent. Run `asset-sync get ID` to spend another download on it."),
  "spend-not-in-doubt": rule("person", 1, "Look at the ledger anew: `asset-sync quota --ledger`."),
  "download-unknown": rule("person", 1, "Look at the list of downloads anew."),
  held: rule("person", 1, "Resume it where you held it, or run `asset-sync get ID`; what is paid for stays paid for."),
  cancelled: rule("person", 1, "Run `asset-sync get ID` to have it all the same; what is paid for stays paid for."),
  "link-expired": rule(
    "person",
    4,
    "The link no longer works. Run `asset-sync get ID` to spend another download on it.",
  ),
  "link-refused": rule(
    "person",
    1,
    "The link points to a host that is not in `imeshh.archiveHosts`; add it there if you trust it.",
  ),
  "download-interrupted": rule("transient", 6, "The next sync goes on where it stopped, on the same link."),
  "download-damaged": rule(
    "person",
    1,
    "What arrived is not what was announced. Run `asset-sync get ID` to try again.",
  ),
  "archive-incomplete": rule(
    "person",
    1,
    "The zip ends too early. Run `asset-sync get ID` to spend another download on it.",
  ),
  "archive-not-zip": rule("person", 1, "What arrived is no zip. The file is kept; report it to the shop."),
  "archive-damaged": rule("permanent", 1, "The zip contradicts itself. The file is kept; report it to the shop."),
  "archive-unsafe-path": rule(
    "permanent",
    1,
    "The zip would write outside its folder or to a forbidden name. The file is kept; report it to the shop.",
  ),
  "archive-unsafe-entry": rule(
    "permanent",
    1,
    "The zip holds links or devices. The file is kept; report it to the shop.",
  ),
  "archive-collision": rule(
    "permanent",
    1,
    "Two entries of the zip would be the same file on some systems. The file is kept; report it to the shop.",
  ),
  "archive-encrypted": rule("permanent", 1, "The zip is encrypted. The file is kept; ask the shop."),
  "archive-unsupported": rule(
    "permanent",
    1,
    "The zip uses a compression that is not supported. The file is kept; unpack it by hand.",
  ),
  "archive-too-large": rule("person", 1, "Raise `limits` in the configuration if you trust this product."),
  "unpacking-failed": rule(
    "transient",
    1,
    "The zip is kept and the next sync unpacks it again, which costs no download; report it if it lasts.",
  ),
  "machine-exhausted": rule(
    "transient",
    1,
    "Close other programs, or raise the limit of open files; the next sync goes on.",
  ),
  "disk-full": rule("transient", 5, "Make room; the next sync goes on."),
  "archive-store-full": rule(
    "person",
    5,
    "Raise the limit, or remove archives you will not need again: getting one back costs a download.",
  ),
  "disk-failed": rule("person", 5, "Check the disk, then run `asset-sync get ID`."),
  "access-denied": rule("transient", 5, "Let asset-sync write there; the next sync goes on."),
  "library-missing": rule(
    "transient",
    5,
    "Mount or restore the library folder; nothing is downloaded again because of it.",
  ),
  "library-read-only": rule(
    "transient",
    5,
    "Make the library folder writable; nothing is downloaded again because of it.",
  ),
  "library-foreign": rule("transient", 5, "The folder carries another library's marker; check `library.root`."),
  "library-unfit": rule(
    "transient",
    5,
    "Mount the disk as yours and with names as they are written, for example with uid=1000,umask=022 and without ignore_case; nothing is downloaded until then.",
  ),
  "library-unsafe-path": rule(
    "transient",
    5,
    "Put a real folder where the link or file is; nothing was written through it, nothing is downloaded again because of it.",
  ),
  "library-taken": rule(
    "transient",
    7,
    "One asset-sync at a time may write into a library; the next sync goes on when the other one has ended.",
  ),
  "asset-folder-taken": rule(
    "person",
    5,
    "A folder of that name is already there and not ours; it stays as it is. Run `asset-sync get ID` to install beside it.",
  ),
  "asset-edited": rule(
    "person",
    1,
    "You changed files of this asset. Run `asset-sync get ID` to update it; your files are kept aside.",
  ),
  "asset-previous-missing": rule("person", 1, "Earlier versions are kept from an update until the next one."),
  "asset-missing": rule("person", 1, "Run `asset-sync get ID` to have it; `asset-sync show ID` says what that costs."),
  "library-place-unfit": rule("person", 5, "Name a folder that is empty or not there yet, outside the present one."),
  "library-moving": rule("person", 1, "Wait until that move has ended."),
  "folder-relative": rule("person", 2, "Name the folder from its disk's beginning on, such as /home/ann/Downloads."),
  "file-manager-missing": rule("person", 1, "Open the folder yourself; its path is in the message."),
  "asset-mass-missing": rule(
    "person",
    5,
    "Many assets vanished at once. Bring them back, or run `asset-sync repair` (free of cost).",
  ),
  "state-damaged": rule("person", 1, "See docs/recovery.md."),
  "config-invalid": rule("person", 2, "Nothing was changed. Correct what is named, or edit config.jsonc itself."),
  "set-up-missing": rule("person", 2, "Set it up with `asset-sync open` or `asset-sync init`."),
  "set-up-already": rule("person", 2, "Change it in the settings, or begin anew with `asset-sync init --force`."),
  "restart-refused": rule("person", 1, "Stop it and start it again, or run `asset-sync serve`, which can start anew."),
  "sample-shop-missing": rule(
    "person",
    1,
    "Install the package @org/sandbox where asset-sync is installed, or choose your account in the shop.",
  ),
  "quiet-hours": rule("person", 1, "It goes on by itself afterwards; `asset-sync get ID` fetches one product now."),
  paused: rule("person", 1, "Run `asset-sync resume` first."),
  stopped: rule("transient", 1, "It goes on with the next start."),
  unexpected: rule("transient", 1, "This is a defect of asset-sync; please report it with `asset-sync logs`."),
} as const satisfies Record<string, FailureRule>;

export type FailureCode = keyof typeof failureRules;

export function isFailureCode(text: string): text is FailureCode {
  return Object.hasOwn(failureRules, text);
}

/** What is wrong with one value that was given; `key` null where it is about none in particular. */
export interface ValueProblem {
  readonly key: string | null;
  readonly message: string;
}

interface FailureDetails {
  readonly productId?: number;
  readonly problems?: readonly ValueProblem[];
  readonly path?: string;
  /** Set by calls that spend: `not-spent` only if the shop refused or provably was never reached. */
  readonly spendOutcome?: "not-spent" | "unknown";
  readonly retryAfterMs?: number;
  readonly cause?: unknown;
}

/** The one error inside the daemon: a code, and one sentence that says what happened to which product or path. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly code: FailureCode;
  readonly productId: number | undefined;
  /** Each value that was refused; empty where none was given. */
  readonly problems: readonly ValueProblem[];
  readonly path: string | undefined;
  readonly spendOutcome: "not-spent" | "unknown" | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(code: FailureCode, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.productId = details.productId;
    this.problems = details.problems ?? [];
    this.path = details.path;
    this.spendOutcome = details.spendOutcome;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** Node's error codes that mean "no room", "the medium is failing or refuses" and "the machine has nothing left to give". */
const systemCodes: Readonly<Record<string, FailureCode>> = {
  ENOSPC: "disk-full",
  EDQUOT: "disk-full",
  EROFS: "access-denied",
  EACCES: "access-denied",
  EPERM: "access-denied",
  EMFILE: "machine-exhausted",
  ENFILE: "machine-exhausted",
  ENOMEM: "machine-exhausted",
  EAGAIN: "machine-exhausted",
  EIO: "disk-failed",
  ENODEV: "disk-failed",
};

/** Turns whatever was thrown into a `Failure`: errors of the system by their code, an abort into `stopped`, the rest `unexpected`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (!(error instanceof Error))
    return new Failure("unexpected", `Something that is no error was thrown: ${String(error)}.`);
  if (error.name === "AbortError")
    return new Failure("stopped", "The work was stopped before it was done.", { cause: error });
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  // Node's `rmSync` says what the system said in words only, with an empty code.
  const isNameless = code === "" && syscall === "rm";
  const systemCode = isNameless ? "disk-failed" : systemCodes[code ?? ""];
  const where = path === undefined ? {} : { path };
  if (systemCode !== undefined) return new Failure(systemCode, `${error.message}.`, { cause: error, ...where });
  return new Failure("unexpected", error.message, { cause: error, ...where });
}

/** What is done with a download after it failed. */
export type AfterFailure =
  | { readonly action: "retry"; readonly afterMs: number }
  | { readonly action: "wait-for-person" }
  | { readonly action: "wait-for-new-revision" };

const firstRetryMs = 60_000;
const maxRetryMs = 6 * 60 * 60_000;
const maxAskedForMs = 24 * 60 * 60_000;

/** How long a provider asked to be left alone, in ms: its `Retry-After`, at most 24 hours; 0 if it did not ask. */
export function restAskedForMs(failed: { retryAfterMs?: number | undefined }): number {
  return Math.min(maxAskedForMs, failed.retryAfterMs ?? 0);
}

/**
 * Decides by the code alone when a failed download is looked at again. Transient ones wait 1 minute, doubling up to
 * 6 hours, or as long as the provider asked for, if that is longer (at most 24 hours). What the disk or the library
 * stands in the way of is looked at each minute.
 */
export function decideAfterFailure(failed: {
  code: FailureCode;
  attempt: number;
  retryAfterMs?: number | undefined;
}): AfterFailure {
  const { class: failureClass } = failureRules[failed.code];
  if (failureClass === "person") return { action: "wait-for-person" };
  if (failureClass === "permanent") return { action: "wait-for-new-revision" };
  // To look at a disk asks nothing of anybody, and who made room should not wait for hours.
  const isLocal = failureRules[failed.code].exitStatus === exitStatuses.disk;
  const doublings = isLocal ? 0 : Math.max(0, failed.attempt - 1);
  const backoffMs = Math.min(maxRetryMs, firstRetryMs * 2 ** doublings);
  return { action: "retry", afterMs: Math.max(backoffMs, restAskedForMs(failed)) };
}

/**
 * Is it time to look again? Always where the disk or the library was in the way: looking asks nothing of anybody, and a
 * person who made room and says `sync` should not be told to wait. Also when the failure lies in the future: then the
 * clock was wrong and set back, and the time named with it says nothing. Never without a time.
 */
export function isRetryDue(
  failed: { code: FailureCode; atMs: number; retryAtMs: number | null },
  nowMs: number,
): boolean {
  if (failed.retryAtMs === null) return false;
  const isLocal = failureRules[failed.code].exitStatus === exitStatuses.disk;
  return isLocal || failed.retryAtMs <= nowMs || failed.atMs > nowMs;
}
