import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../pinned-node.mjs";
import { mutants } from "./list.mjs";

interface Mutant {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly tests: readonly string[];
}

// `pnpm test:mutants` runs for an hour; that a bug can still be planted is known at once.
describe.each(mutants as readonly Mutant[])("the planted bug $name", ({ file, find, tests }) => {
  it("has one place in its file, and its tests are there", () => {
    expect(readFileSync(join(root, file), "utf8").split(find)).toHaveLength(2);
    expect(tests.filter((test) => !existsSync(join(root, test)))).toEqual([]);
  });
});
