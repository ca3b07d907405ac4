import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { failureRules, isFailureCode } from "../domain/failure.ts";

/** The exit status for several failures: theirs if they share one, else "something failed"; done if there are none. */
export function exitStatusOfCodes(codes: Iterable<string>): ExitStatus {
  const statuses = new Set<ExitStatus>();
  for (const code of codes) statuses.add(isFailureCode(code) ? failureRules[code].exitStatus : exitStatuses.failed);
  const [only, ...others] = statuses;
  if (only === undefined) return exitStatuses.done;
  return others.length === 0 ? only : exitStatuses.failed;
}
