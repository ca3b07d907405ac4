import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Everything that a module imports at run time, and what those import. */
function importsOf(file: URL, seen = new Set<string>()): Set<string> {
  for (const [, name = ""] of readFileSync(file, "utf8").matchAll(
    /^(?:import|export) (?!type\b)[^;]*?from "([^"]+)";/gm,
  )) {
    const target = name.startsWith(".") ? new URL(name, file).href : name;
    if (seen.has(target)) continue;
    seen.add(target);
    if (name.startsWith(".")) importsOf(new URL(target), seen);
  }
  return seen;
}

it("needs nothing but Node: whoever has a transport of their own installs no other", () => {
  const packages = [...importsOf(new URL("./index.ts", import.meta.url))].filter((name) => !name.startsWith("file:"));
  expect(packages.length).toBeGreaterThan(1);
  expect(packages.filter((name) => !name.startsWith("node:"))).toEqual([]);
  expect([...importsOf(new URL("../index.ts", import.meta.url))]).toContain("got");
});
