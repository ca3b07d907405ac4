import { argumentInvalid } from "./3dverse-error.ts";

type Scalar = string | number | boolean;

/** Values of a query: `undefined` is left out, lists and objects are written with brackets. */
export type QueryValue = Scalar | undefined | readonly Scalar[] | Readonly<Record<string, unknown>>;

/**
 * Fills `/folders/{folder_id}` in. Every value is percent-encoded and must be a text that is not empty, or the request
 * would reach another operation (`GET /users/` lists them all). Throws an `ApiError` `argument-invalid`.
 */
export function composePath(
  operation: string,
  template: string,
  parameters: Readonly<Record<string, unknown>>,
): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(checkId(operation, name, parameters[name])),
  );
}

/** The text of an id. URLs take `.` and `..` for folders, encoded or not. */
export function checkId(operation: string, name: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "" || value === "." || value === ".." || !value.isWellFormed()) {
    throw argumentInvalid(operation, `${name} must be a text that is not empty, such as an id as 3dverse gave it`);
  }
  return value;
}

/** Ids of a body, at least one. */
export function checkIds(operation: string, name: string, values: unknown): readonly string[] {
  if (!Array.isArray(values) || values.length === 0) {
    throw argumentInvalid(operation, `${name} must be a list of at least one id`);
  }
  return values.map((value, index) => checkId(operation, `${name}[${index}]`, value));
}

/** Objects as `filter[name]=x`, lists inside them as `filter[name][0]=x`, lists as `properties[]=x`: as the vendor's library sends them. */
export function composeQuery(operation: string, query: Readonly<Record<string, QueryValue>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (Array.isArray(value)) for (const one of value) search.append(`${name}[]`, String(one));
    else append(operation, search, name, value);
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

function append(operation: string, search: URLSearchParams, name: string, value: unknown): void {
  if (value === undefined || value === null) return;
  if (typeof value === "object") {
    for (const [key, one] of Object.entries(value)) append(operation, search, `${name}[${key}]`, one);
  } else if (typeof value === "number" && !Number.isFinite(value)) {
    throw argumentInvalid(operation, `${name} must be a finite number`);
  } else {
    search.append(name, String(value));
  }
}

/** `offset` and `limit` with the documented defaults, 0 and 10. */
export function composeWindow(operation: string, options: { offset?: number | undefined; limit?: number | undefined }) {
  const { offset = 0, limit = 10 } = options;
  if (!Number.isSafeInteger(offset) || offset < 0) {
    throw argumentInvalid(operation, "offset must be a whole number from 0");
  }
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw argumentInvalid(operation, "limit must be a whole number from 1");
  }
  return { offset, limit };
}

/** A name that must not be empty. */
export function checkText(operation: string, name: string, value: unknown): string {
  if (typeof value !== "string" || value.trim() === "") {
    throw argumentInvalid(operation, `${name} must be a text that is not empty`);
  }
  return value;
}
