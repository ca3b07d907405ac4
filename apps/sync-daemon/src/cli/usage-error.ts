import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";

/** The command line itself is not understood. The sentence says what to write instead. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code = "usage-invalid";
  readonly exitStatus: ExitStatus = exitStatuses.usage;
}
