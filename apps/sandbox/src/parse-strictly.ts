import type { z } from "zod";
import { nearestName } from "./nearest-name.ts";

/** What a person gave is wrong; the message is one sentence that names the key and what to write instead. */
export class InvalidInputError extends Error {
  override name = "InvalidInputError";
}

/**
 * Reads what a person or a test gave against a strict schema. A wrong value throws `InvalidInputError` whose sentence
 * names the key, and for an unknown key the nearest known one (`knownKeys`).
 */
export function parseStrictly<T>(schema: z.ZodType<T>, given: unknown, what: string, knownKeys: readonly string[]): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const sentences = result.error.issues.map((issue) => describeIssue(issue, what, knownKeys));
  throw new InvalidInputError(sentences.join(" "));
}

function describeIssue(issue: z.core.$ZodIssue, what: string, knownKeys: readonly string[]): string {
  const place = issue.path.map(String).join(".");
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((key) => {
        const nearest = nearestName(key, knownKeys);
        const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
        return `${what}: "${place === "" ? key : `${place}.${key}`}" is not known here${hint || "."}`;
      })
      .join(" ");
  }
  if (issue.code === "invalid_union" && "discriminator" in issue) {
    return `${what}: "${place}" is not one of those known: ${knownKeys.join(", ")}.`;
  }
  if (issue.code === "invalid_key")
    return `${what}: "${place}" is wrong: ${issue.issues.map(({ message }) => message).join(", ")}.`;
  return `${what}: "${place === "" ? "(the whole)" : place}" is wrong: ${issue.message}.`;
}
