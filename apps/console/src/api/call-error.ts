import type { Problem } from "@org/sync-daemon/contract/problem";

/** A call did not give what was asked for. Each kind asks for another reaction. */
export type CallErrorKind =
  /** Nobody answers: the daemon is stopped, or starts anew. */
  | "daemon-gone"
  /** The session is over. */
  | "signed-out"
  /** This daemon does not have the operation. */
  | "not-available"
  /** The answer is not in the contract's shape: page and daemon are of different versions. */
  | "answer-unknown"
  /** The daemon said no and why: see `problem`. */
  | "problem";

export class CallError extends Error {
  override readonly name = "CallError";
  readonly kind: CallErrorKind;
  readonly problem: Problem | null;

  constructor(kind: CallErrorKind, message: string, problem: Problem | null = null) {
    super(message);
    this.kind = kind;
    this.problem = problem;
  }

  /** The daemon's own code, such as `last-download`; null where it said none. */
  get code(): string | null {
    return this.problem?.code ?? null;
  }
}

export const isCallError = (error: unknown, kind?: CallErrorKind): error is CallError =>
  error instanceof CallError && (kind === undefined || error.kind === kind);
