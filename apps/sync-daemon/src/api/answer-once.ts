import type { Context } from "hono";
import { toFailure } from "../domain/failure.ts";
import { idempotencyKeyHeader } from "./contract/api-file.ts";
import type { Problem } from "./contract/problem.ts";
import {
  fingerprintOf,
  type GivenAnswer,
  type IdempotentAnswers,
  KeyReusedError,
  OutcomeUnknownError,
} from "./idempotency.ts";
import { problemContentType, problemOfFailure, problemOfRefusal } from "./problem.ts";

/**
 * Answers a request whose caller may have sent a key with it: with one, what `run` does is done once for that key.
 * `run` may throw `Failure`; that is an outcome too, and is given again like any other.
 */
export async function answerOnce(
  c: Context,
  answers: IdempotentAnswers,
  action: { spends: boolean; run: () => Promise<Response> },
): Promise<Response> {
  const key = c.req.header(idempotencyKeyHeader);
  if (key === undefined) return action.run();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const message = "Idempotency-Key: expected 1 to 200 letters, digits and signs.";
    return respond(c, problemOfRefusal({ status: 400, code: "request-invalid", message }));
  }
  const { pathname, search } = new URL(c.req.url);
  const fingerprint = fingerprintOf({
    method: c.req.method,
    address: `${pathname}${search}`,
    body: await c.req.text(),
  });
  try {
    const given = await answers.once({ key, fingerprint, record: action.spends }, () => keep(c, action.run));
    return c.body(given.body, given.status as 200, given.headers);
  } catch (error) {
    if (error instanceof KeyReusedError) {
      const message = "This key was sent before with another request; a new request needs a new key.";
      return respond(c, problemOfRefusal({ status: 422, code: "idempotency-key-reused", message }));
    }
    if (error instanceof OutcomeUnknownError) {
      const message =
        "asset-sync was stopped while it did this. Look at what became of it, then send what is still wanted with a new key.";
      return respond(c, problemOfRefusal({ status: 409, code: "idempotency-outcome-unknown", message }));
    }
    throw error;
  }
}

async function keep(c: Context, run: () => Promise<Response>): Promise<GivenAnswer> {
  let response: Response;
  try {
    response = await run();
  } catch (error) {
    response = respond(c, problemOfFailure(toFailure(error)));
  }
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
  };
}

function respond(c: Context, problem: Problem): Response {
  return c.body(JSON.stringify(problem), problem.status as 500, { "content-type": problemContentType });
}
