import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { removeUnfinished, writeFileDurably } from "./durable-file.ts";

it("replaces a whole file, and leaves nothing beside it, also where that fails", () => {
  const folder = mkdtempSync(join(tmpdir(), "durable-file-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, "ledger.jsonl");
  for (const text of ["old", "new"]) writeFileDurably(path, text);
  expect(readFileSync(path, "utf8")).toBe("new");
  mkdirSync(join(folder, "taken", "by-a-folder"), { recursive: true });
  expect(() => writeFileDurably(join(folder, "taken"), "text")).toThrow(/rename/);
  expect(readdirSync(folder)).toEqual(["ledger.jsonl", "taken"]);
  writeFileSync(`${path}.new`, "half");
  removeUnfinished(path);
  expect(readdirSync(folder)).toEqual(["ledger.jsonl", "taken"]);
});
