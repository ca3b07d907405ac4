import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { commands } from "./commands.ts";
import { globalOptions, parseCommandLine } from "./parse-command-line.ts";

// What a command lacks here it lacks in the help, the manual page, every shell's completion and the README.

const isSentence = expect.stringMatching(/^[A-Z].*\.$/s);

describe.each(commands.map((command) => [command.name, command] as const))("%s", (name, command) => {
  it("has a summary, an example that is understood, and documented options", () => {
    expect(command.summary).toEqual(isSentence);
    expect(command.summary.length).toBeLessThanOrEqual(100);
    const [line = ""] = command.example.split(/ [|>] /);
    const [program, ...args] = line.split(" ");
    expect(program).toBe("asset-sync");
    expect(parseCommandLine(args, commands).command?.name).toBe(name);
    for (const option of command.options) {
      expect(option.help).toEqual(isSentence);
      expect(option.name).toMatch(/^[a-z][a-z-]+$/);
      expect(globalOptions.map((known) => known.name)).not.toContain(option.name);
    }
    expect(new Set(command.options.map((option) => option.name)).size).toBe(command.options.length);
    expect(command.usage === "").toBe(command.maxArguments === 0);
  });

  it("has a help that fits 80 columns", async () => {
    const { status, stdout } = await runInProcess([name, "--help"]);
    expect(status).toBe(0);
    expect(stdout.split("\n").filter((line) => line.length > 80 && !line.includes("Example"))).toEqual([]);
    for (const option of command.options) expect(stdout).toContain(`--${option.name}`);
  });
});

it("the list of commands fits 80 columns", async () => {
  const { stdout } = await runInProcess(["help"]);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  for (const { name } of commands) expect(stdout).toContain(`\n  ${name} `);
});

it("the README's table lists these commands and no other, in the same order, each with its example", () => {
  const readme = readFileSync(fileURLToPath(new URL("../../README.md", import.meta.url)), "utf8");
  const [, table = ""] = readme.split("\n| Command | What it does | Example |\n");
  const rows = (table.split("\n\n")[0] ?? "").split("\n").slice(1);
  const named = rows.map((row) => /^\| `([a-z]+)[ `]/.exec(row)?.[1]);
  expect(named).toEqual(commands.map(({ name }) => name));
  for (const [index, row] of rows.entries()) expect(row).toContain(`\`asset-sync ${commands[index]?.name}`);
});
