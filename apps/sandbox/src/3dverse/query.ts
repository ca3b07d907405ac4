import { z } from "zod";
import { invalid } from "./problem.ts";

type QueryValue = string | QueryValue[] | { [key: string]: QueryValue };

/**
 * Reads a query with brackets into nested values: `filter[asset_name]=x`, `filter[asset_type][0]=mesh`,
 * `properties[]=name`, or the same name several times. Values stay texts.
 */
export function parseQuery(query: URLSearchParams): Record<string, QueryValue> {
  const tree: Node = new Map();
  for (const [name, value] of query) {
    const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
    if (match === null) throw invalid(`The query parameter ${name} is not well-formed.`);
    const keys = [match[1] ?? "", ...[...(match[2] ?? "").matchAll(/\[([^[\]]*)\]/g)].map(([, key]) => key ?? "")];
    insert(tree, keys, value, name);
  }
  return Object.fromEntries([...tree].map(([key, node]) => [key, plain(node)]));
}

type Node = Map<string, string | string[] | Node>;

function insert(tree: Node, keys: string[], value: string, name: string): void {
  const [key = "", ...rest] = keys;
  const there = tree.get(key);
  if (rest.length === 0 || (rest.length === 1 && rest[0] === "")) {
    if (there instanceof Map) throw invalid(`The query parameter ${name} contradicts another one.`);
    if (there === undefined) tree.set(key, rest.length === 0 ? value : [value]);
    else tree.set(key, [...[there].flat(), value]);
    return;
  }
  if (there !== undefined && !(there instanceof Map))
    throw invalid(`The query parameter ${name} contradicts another one.`);
  const below: Node = there ?? new Map();
  tree.set(key, below);
  insert(below, rest, value, name);
}

function plain(node: string | string[] | Node): QueryValue {
  if (!(node instanceof Map)) return node;
  const entries = [...node].map(([key, value]) => [key, plain(value)] as const);
  if (entries.every(([key]) => /^\d+$/.test(key)))
    return entries.sort(([one], [other]) => Number(one) - Number(other)).map(([, value]) => value);
  return Object.fromEntries(entries);
}

/** A whole number as a query has it. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, "must be a whole number")
  .transform(Number);

/** `true` or `false` as a query has it. */
export const flag = z.enum(["true", "false"]).transform((text) => text === "true");

/** One value or several. */
export function oneOrMore<T extends z.ZodType>(item: T) {
  return z.union([z.array(item), item.transform((value) => [value])]);
}

/** The two parameters of lists in pages, with their documented defaults. */
export const pageQuery = { offset: wholeNumber.default(0), limit: wholeNumber.default(10) };

export interface Page {
  offset: number;
  limit: number;
}

/** The page of a list; a limit of 0 or above the service's is 400. */
export function pageOf<T>(list: readonly T[], { offset, limit }: Page, maxLimit: number): T[] {
  requireLimit(limit, maxLimit);
  return list.slice(offset, offset + limit);
}

export function requireLimit(limit: number, maxLimit: number): void {
  if (limit < 1 || limit > maxLimit)
    throw invalid(`The query parameter limit must be from 1 to ${maxLimit}; it was ${limit}.`);
}
