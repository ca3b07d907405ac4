import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { commands } from "./commands.ts";

// The shells themselves say what they would offer.

let folder: string;
const scripts = new Map<string, string>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "asset-sync-completion-"));
  await mkdir(join(folder, "My Assets"));
  await writeFile(join(folder, "notes.txt"), "");
  for (const shell of ["bash", "zsh", "fish", "powershell"]) {
    const { status, stdout } = await runInProcess(["completion", shell]);
    expect(status).toBe(0);
    scripts.set(shell, join(folder, `completion.${shell}`));
    await writeFile(join(folder, `completion.${shell}`), stdout);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const isThere = (program: string) => spawnSync("which", [program]).status === 0;
const allNames = [...commands.map(({ name }) => name), "help"].sort();

/** What is offered for the last of `words`. */
function askBash(words: string[]): string[] {
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _asset_sync; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const args = ["--norc", "-c", program, "bash", scripts.get("bash") ?? "", ...words];
  const { stdout, stderr } = spawnSync("bash", args, { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean).sort();
}

describe.skipIf(!isThere("bash"))("bash", () => {
  it("knows the commands, their options, and what may be a value", () => {
    expect(askBash(["asset-sync", ""])).toEqual(allNames);
    expect(askBash(["asset-sync", "do"])).toEqual(["doctor"]);
    expect(askBash(["asset-sync", "--home", "x", "do"])).toEqual(["doctor"]);
    expect(askBash(["asset-sync", "init", "--wanted", ""])).toEqual(["free", "none"]);
    expect(askBash(["asset-sync", "init", "--wanted", "=", "f"])).toEqual(["free"]);
    expect(askBash(["asset-sync", "init", "--wan"])).toEqual(["--wanted"]);
    expect(askBash(["asset-sync", "get", "--h"])).toEqual(["--help", "--home"]);
    expect(askBash(["asset-sync", "completion", ""])).toEqual(["bash", "fish", "powershell", "zsh"]);
    expect(askBash(["asset-sync", "help", "res"])).toEqual(["resume"]);
    expect(askBash(["asset-sync", "init", "--library", ""])).toEqual(["My Assets"]);
    expect(askBash(["asset-sync", "get", "1"])).toEqual([]);
  });
  it.each(commands.map(({ name, options }) => [name, options] as const))(
    "offers every option of %s",
    (name, options) => {
      const offered = askBash(["asset-sync", name, "--"]);
      for (const option of options) expect(offered).toContain(`--${option.name}`);
    },
  );
});

describe.skipIf(!isThere("fish"))("fish", () => {
  const ask = (line: string) => {
    const program = `source ${scripts.get("fish")}; complete -C '${line}'`;
    const { stdout, stderr } = spawnSync("fish", ["--no-config", "-c", program], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, HOME: folder },
    });
    expect(stderr).toBe("");
    return stdout
      .split("\n")
      .map((one) => one.split("\t")[0] ?? "")
      .filter(Boolean)
      .sort();
  };
  it("knows the commands, their options, and what may be a value", () => {
    expect(ask("asset-sync ")).toEqual(allNames);
    expect(ask("asset-sync init --wanted ")).toEqual(["free", "none"]);
    expect(ask("asset-sync get --sp")).toEqual(["--spend-last"]);
    expect(ask("asset-sync completion ")).toEqual(["bash", "fish", "powershell", "zsh"]);
    expect(ask("asset-sync support --output n")).toContain("notes.txt");
  });
});

describe.skipIf(!isThere("zsh"))("zsh", () => {
  it("takes the script without complaint and offers through its own completion", () => {
    // zsh completes at a terminal only; its zpty module is one. Ctrl-D lists what is offered.
    const program = [
      "zmodload zsh/zpty",
      "zpty z zsh -f -i",
      `zpty -w z "autoload -U compinit; compinit -u -D; source ${scripts.get("zsh")}; PS1=ALL''SET"`,
      "zpty -r z before '*ALLSET*'",
      `zpty -w -n z $'asset-sync init --wanted \\x04'`,
      "zpty -r z shown '*none*'",
      "print -r -- $shown",
      "zpty -d z",
    ].join("\n");
    const { stdout } = spawnSync("zsh", ["-f", "-c", program], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, HOME: folder, TERM: "dumb" },
      timeout: 60_000,
    });
    expect(stdout).toMatch(/free\s+none/);
    expect(spawnSync("zsh", ["-f", "-n", scripts.get("zsh") ?? ""]).status).toBe(0);
  }, 60_000);
});

it("other shells get a script that names every command, or are told which there are", async () => {
  const { stdout } = await runInProcess(["completion", "powershell"]);
  for (const name of allNames) expect(stdout).toContain(`'${name}' = '`);
  const refused = await runInProcess(["completion", "tcsh"]);
  expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("bash, zsh, fish, powershell")]);
});
