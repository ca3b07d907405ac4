import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { Failure, type FailureCode, failureRules, isFailureCode, toFailure } from "../domain/failure.ts";
import { CallError } from "./api-client.ts";

export interface ExplainedError {
  readonly code: string;
  readonly exitStatus: ExitStatus;
  /** What happened, and what to do next. */
  readonly message: string;
}

/** Turns whatever a command threw into sentences for the person who typed it. */
export function explainError(error: unknown): ExplainedError {
  if (error instanceof Failure) return withAdvice(error.code, error.message);
  if (error instanceof CallError) {
    if (isFailureCode(error.code)) return withAdvice(error.code, error.message);
    return { code: error.code, exitStatus: error.exitStatus, message: error.message };
  }
  if (!(error instanceof Error)) return { code: "unexpected", exitStatus: exitStatuses.failed, message: String(error) };

  // Known by name: their classes belong to parts that a command which only talks to a running daemon does not load.
  switch (error.name) {
    case "HomeTakenError":
      return {
        code: "home-taken",
        exitStatus: exitStatuses.homeTaken,
        message: `${asSentence(error.message)} Stop it first, or give this one another folder with --home.`,
      };
    case "ConfigError":
      return { code: "config-invalid", exitStatus: exitStatuses.usage, message: error.message };
    case "ForeignServiceError":
      return { code: "service-foreign", exitStatus: exitStatuses.failed, message: error.message };
    case "PortTakenError":
      return { code: "port-taken", exitStatus: exitStatuses.usage, message: error.message };
    case "UsageError":
      return { code: "usage-invalid", exitStatus: exitStatuses.usage, message: error.message };
    default:
      return explainFault(error);
  }
}

/** What no part expected: a disk that refuses, or a defect of ours. */
function explainFault(error: Error): ExplainedError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EACCES" || code === "EPERM" || code === "EROFS") {
    const message = `${asSentence(error.message)} Check that you may read and write there.`;
    return { code: "not-permitted", exitStatus: exitStatuses.disk, message };
  }
  const failure = toFailure(error);
  return withAdvice(failure.code, failure.message);
}

/** One thing of several that was not done: what happened, and what to do next. */
export function adviseOn(failed: { readonly code: string; readonly message: string }): string {
  return isFailureCode(failed.code) ? withAdvice(failed.code, failed.message).message : failed.message;
}

function withAdvice(code: FailureCode, message: string): ExplainedError {
  const { exitStatus, advice } = failureRules[code];
  return { code, exitStatus, message: message.includes(advice) ? message : `${asSentence(message)} ${advice}` };
}

function asSentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}
