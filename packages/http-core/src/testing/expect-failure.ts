import { inspect } from "node:util";
import { ApiError } from "../api-error.ts";

/** The `ApiError` that a promise ends in; anything else fails the test. */
export async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && ApiError.isInstance(outcome.error)) return outcome.error;
  throw new Error(`An ApiError was expected, and this came: ${inspect(outcome)}`);
}
