/** What a check came to. `not-tried`: an earlier one failed, or there is nothing to look at. */
export type FindingState = "ok" | "warning" | "failed" | "not-tried";

/** One thing that `asset-sync doctor` looked at. Holds no secret: it is meant to be shown to others. */
export interface Finding {
  /** Where it belongs and what it is, such as `network.tls.shop`. Stable, for programs. */
  readonly check: string;
  readonly state: FindingState;
  /** What was done to find out, such as `Look up the name shop.example.com`. */
  readonly tried: string;
  /** What came of it, as sentences. */
  readonly found: string;
  /** What a person can do, as sentences; null where there is nothing to do. */
  readonly mend: string | null;
}

/** What is looked at, whatever comes of it. */
export interface Check {
  readonly check: string;
  readonly tried: string;
}

export function foundOk(check: Check, found: string): Finding {
  return { ...check, state: "ok", found, mend: null };
}

export function foundWarning(check: Check, found: string, mend: string): Finding {
  return { ...check, state: "warning", found, mend };
}

export function foundFailed(check: Check, found: string, mend: string): Finding {
  return { ...check, state: "failed", found, mend };
}

/** `why` names the check that failed before, or what is missing for this one. */
export function foundNotTried(check: Check, why: string): Finding {
  return { ...check, state: "not-tried", found: why, mend: null };
}

/** Warnings are no failure: everything works in spite of them. */
export function hasFailed(findings: readonly Finding[]): boolean {
  return findings.some(({ state }) => state === "failed");
}

/** How many findings there are of each state. */
export function countStates(findings: readonly Finding[]): Readonly<Record<FindingState, number>> {
  const counts: Record<FindingState, number> = { ok: 0, warning: 0, failed: 0, "not-tried": 0 };
  for (const { state } of findings) counts[state] += 1;
  return counts;
}
