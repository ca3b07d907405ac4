import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

// Reliability plan §5.2: child processes without a shell and with lists of arguments. What is no Node of ours is started in
// one place, by its whole path (docs/decisions/0044).

const root = fileURLToPath(new URL("../../../../../", import.meta.url));

/** What is published, apart from tests. */
const sources = ["packages", "apps"]
  .flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  .flatMap((folder) => ["src", "bin"].map((part) => join(folder, part)))
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true, encoding: "utf8" }).filter((entry) =>
      entry.isFile(),
    ),
  )
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => /\.(?:ts|mjs)$/.test(path) && !/\.test\.ts$|__fixtures__|[/\\]testing[/\\]/.test(path));

const starters = sources
  .map((path) => ({ path: path.slice(root.length), text: readFileSync(path, "utf8") }))
  .filter(({ text }) => text.includes("child_process"));

const otherPrograms = ["run", "start"].map((how) => `apps/sync-daemon/src/programs/${how}-program.ts`);

describe("child processes of what is published", () => {
  it("are started in few places, each by a name that is imported", () => {
    expect(starters.length).toBeGreaterThan(1);
    for (const { path, text } of starters) {
      const imported = [...text.matchAll(/import \{([^}]*)\} from "node:child_process"/g)].flatMap(([, names = ""]) =>
        names
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== "" && !name.startsWith("type ")),
      );
      // exec and its kin take a command line; spawn and fork take a list.
      expect({ path, imported }).toEqual({ path, imported: [expect.stringMatching(/^(?:spawn|fork)$/)] });
    }
  });

  it("have no shell, are this very Node but in one place, and get an environment that was chosen", () => {
    for (const { path, text } of starters) {
      expect({ path, shell: /\bshell\s*:/.test(text) }).toEqual({ path, shell: false });
      for (const [, program = ""] of text.matchAll(/\bspawn\(\s*([^,]+),/g))
        expect({ path, program }).toEqual({
          path,
          program: otherPrograms.includes(path) ? "program" : "process.execPath",
        });
      expect({ path, env: /\benv: /.test(text) }).toEqual({ path, env: true });
    }
  });

  it("that are no Node of ours have whole paths", async () => {
    const { runProgram } = await import("../../../src/programs/run-program.ts");
    const { startProgram } = await import("../../../src/programs/start-program.ts");
    const signal = new AbortController().signal;
    for (const program of ["echo", "./echo", ""]) {
      await expect(runProgram({ program, args: [], env: {}, limitMs: 1_000, signal })).rejects.toThrow("whole path");
      await expect(startProgram({ program, args: [], env: {} })).rejects.toThrow("whole path");
    }
  });

  it("are started nowhere else", () => {
    const hidden = sources.filter((path) => {
      const text = readFileSync(path, "utf8");
      return /require\(["'](?:node:)?child_process|import\(["'](?:node:)?child_process|from ["']child_process/.test(
        text,
      );
    });
    expect(hidden).toEqual([]);
  });
});
