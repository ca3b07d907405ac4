import { ApiError, type Clock, pollUntil } from "@org/http-core";
import type { ContentOutcome } from "./content-status.ts";
import { contentTypes as allContentTypes, type ContentType } from "./data-types.ts";
import type { ImagineApi } from "./imagine-api.ts";
import { checkContentTypes, type GottenContentStatus, getContentStatus } from "./jobs.ts";
import { unicodeForPath } from "./product-key.ts";
import { completeWait, type WaitOptions } from "./wait-options.ts";

export interface WaitForContentOptions extends WaitOptions {
  unicode: string;
  /** What to wait for. Default: whatever was requested by the time of the first look. */
  contentTypes?: readonly ContentType[] | undefined;
  onProgress?: ((progress: ContentProgress) => void) | undefined;
}

export interface ContentProgress {
  readonly status: GottenContentStatus;
  readonly elapsedMs: number;
}

/** Content whose making has ended, well or not. */
export interface FinishedContent {
  /** Of the types that were waited for. */
  readonly outcomes: Readonly<Partial<Record<ContentType, ContentOutcome>>>;
  /** Everything that was waited for is `done`. */
  readonly isComplete: boolean;
  readonly status: GottenContentStatus;
  readonly creditsLeft: number | null;
}

const operation = "Imagine waitForContent";

/**
 * Looks again and again until every content type has ended: Done, Failed, Infected or Disabled. Part of it is a result too;
 * `generation-failed` is thrown only where nothing was made at all, `content-not-requested` where none of it was ever
 * asked for, `deadline-passed` where it was not decided in time (the work goes on meanwhile).
 */
export async function waitForContent(
  parts: { api: ImagineApi; clock: Clock; httpSignal: AbortSignal | undefined },
  options: WaitForContentOptions,
): Promise<FinishedContent> {
  const { unicode, onProgress, creditBudget } = options;
  unicodeForPath(operation, unicode);
  const wanted = options.contentTypes === undefined ? undefined : checkContentTypes(operation, options.contentTypes);
  const signals = [options.signal, parts.httpSignal].filter((signal) => signal !== undefined);
  const status = await pollUntil({
    name: operation,
    ...completeWait(operation, options),
    async check(signal) {
      parts.api.credits.check(creditBudget, operation);
      // One type alone needs no more than its own answer.
      const contentType = wanted?.length === 1 ? wanted[0] : undefined;
      return getContentStatus(parts.api, { unicode, contentType, signal }, { operation, isLook: true });
    },
    isFinished: (status) => awaited(status, wanted).every((type) => status.outcomes[type] !== "waiting"),
    onProgress: (status, elapsedMs) => onProgress?.({ status, elapsedMs }),
    signal: signals.length > 1 ? AbortSignal.any(signals) : signals[0],
    clock: parts.clock,
  });
  return judge(status, awaited(status, wanted));
}

/** What is waited for; an empty list of items is no request where nobody said what was requested. */
function awaited(status: GottenContentStatus, wanted: readonly ContentType[] | undefined): readonly ContentType[] {
  return wanted ?? allContentTypes.filter((type) => (status.types[type] ?? []).length > 0);
}

function judge(status: GottenContentStatus, types: readonly ContentType[]): FinishedContent {
  const outcomes = Object.fromEntries(types.map((type) => [type, status.outcomes[type]]));
  const reached = Object.values(outcomes);
  const { unicode } = status.product;
  if (reached.every((outcome) => outcome === "not-requested")) {
    throw failed("content-not-requested", `No content was requested for product ${unicode}: call createContentJob.`);
  }
  if (!reached.includes("done") && !reached.includes("partial")) {
    const said = Object.entries(outcomes).map(([type, outcome]) => `${type} ${outcome}`);
    throw failed(
      "generation-failed",
      `Imagine made nothing of product ${unicode}: ${said.join(", ")}.`,
      Object.fromEntries(Object.entries(outcomes).map(([type, outcome]) => [type, [String(outcome)]])),
    );
  }
  const isComplete = reached.every((outcome) => outcome === "done");
  return { outcomes, isComplete, status, creditsLeft: status.creditsLeft };
}

function failed(code: string, message: string, fieldErrors?: Record<string, string[]>): ApiError {
  return new ApiError({
    kind: "refusal",
    code,
    message,
    fieldErrors,
    request: { operation, method: "", url: "" },
  });
}
