import { type ExitStatus, exitStatuses } from "../domain/exit-status.ts";
import { type Failure, failureRules } from "../domain/failure.ts";
import type { Problem } from "./contract/problem.ts";

/** What the API itself says no to, before any operation is asked. */
export type RefusalCode =
  | "host-refused"
  | "origin-refused"
  | "token-refused"
  | "method-refused"
  | "content-type-refused"
  | "body-too-large"
  | "idempotency-key-reused"
  | "idempotency-outcome-unknown"
  | "request-invalid"
  | "not-found";

export const problemContentType = "application/problem+json";

/** HTTP status by who can mend it, as the exit statuses tell: unreachable provider 502, disk 507, the rest 409. */
function statusOf(failure: Failure): number {
  if (failure.code === "unexpected") return 500;
  if (failure.code === "stopped") return 503;
  if (failure.code === "product-unknown" || failure.code === "download-unknown") return 404;
  if (failure.code === "config-invalid") return 422;
  const { exitStatus } = failureRules[failure.code];
  if (exitStatus === exitStatuses.unreachable) return 502;
  if (exitStatus === exitStatuses.disk) return 507;
  return 409;
}

export function problemOfFailure(failure: Failure): Problem {
  return {
    type: `urn:asset-sync:failure:${failure.code}`,
    title: failure.message,
    status: statusOf(failure),
    code: failure.code,
    exitStatus: failureRules[failure.code].exitStatus,
    advice: failureRules[failure.code].advice,
    ...(failure.problems.length === 0 ? {} : { problems: failure.problems.map((problem) => ({ ...problem })) }),
  };
}

export function problemOfRefusal(refusal: { status: number; code: RefusalCode; message: string }): Problem {
  const isUsage: ExitStatus = refusal.code === "request-invalid" ? exitStatuses.usage : exitStatuses.failed;
  return {
    type: `urn:asset-sync:refusal:${refusal.code}`,
    title: refusal.message,
    status: refusal.status,
    code: refusal.code,
    exitStatus: isUsage,
  };
}
