import { readFileSync } from "node:fs";

/** The text of `__fixtures__/NAME` beside the calling test: `fixtureText(import.meta.url, "status.json")`. */
export function fixtureText(testUrl: string, name: string): string {
  return readFileSync(new URL(`__fixtures__/${name}`, testUrl), "utf8");
}

/** The same, parsed as JSON. */
export function fixtureJson(testUrl: string, name: string): unknown {
  return JSON.parse(fixtureText(testUrl, name));
}
