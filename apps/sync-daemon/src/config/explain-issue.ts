import type { z } from "zod";
import { listKeysBelow } from "./config-keys.ts";
import { findNearest } from "./nearest.ts";

const typeNames: Readonly<Record<string, string>> = {
  string: "a text in quotes",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list in [ ]",
  object: "a group of keys in { }",
  null: "null",
};

/** What is wrong at one place: where it is, and the rest of the sentence. */
export interface ExplainedIssue {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** Says in plain words what the schema objects to; several for several unknown keys. */
export function explainIssue(issue: z.core.$ZodIssue, value: unknown): ExplainedIssue[] {
  const { path } = issue;
  if (issue.code === "unrecognized_keys") {
    const known = listKeysBelow(path);
    return issue.keys.map((key) => {
      const nearest = findNearest(key, known) ?? findElsewhere(key);
      const hint = nearest === undefined ? `known here: ${known.join(", ")}` : `did you mean "${nearest}"?`;
      return { path: [...path, key], text: `there is no such key; ${hint}` };
    });
  }
  const found = valueAt(value, path);
  return [{ path, text: `expected ${expectation(issue, found)}, but it is ${show(found)}` }];
}

function expectation(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return typeNames[issue.expected] ?? issue.expected;
    case "too_small":
      if (issue.origin === "string") return "some text";
      return `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}`;
    case "too_big":
      return `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}`;
    case "invalid_value": {
      const allowed = issue.values.map((allowedValue) => JSON.stringify(allowedValue)).join(", ");
      const nearest = typeof found === "string" ? findNearest(found, issue.values.map(String)) : undefined;
      const choice = issue.values.length === 1 ? allowed : `one of ${allowed}`;
      return nearest === undefined || issue.values.length === 1 ? choice : `${choice} (did you mean "${nearest}"?)`;
    }
    default:
      return issue.message;
  }
}

/** A key that is right but stands in the wrong group. */
function findElsewhere(key: string): string | undefined {
  for (const section of ["library", "imeshh", "limits", "api", "network", "log"]) {
    if (listKeysBelow([section]).includes(key)) return `${section}.${key}`;
  }
  return undefined;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const step of path) {
    if (typeof current !== "object" || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[step];
  }
  return current;
}

function show(found: unknown): string {
  if (found === undefined) return "missing";
  const text = JSON.stringify(found) ?? String(found);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
