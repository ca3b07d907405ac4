import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { listConfigKeys } from "../config/config-keys.ts";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { commands } from "./commands.ts";

async function readPage(): Promise<string> {
  const { status, stdout, stderr } = await runInProcess(["man"]);
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

const isThere = (program: string) => spawnSync("which", [program]).status === 0;

it("holds every command, option, variable and exit status", async () => {
  const page = await readPage();
  const plain = page.replaceAll("\\-", "-").replaceAll(/\\f[BIR]/g, "");
  for (const { name, options } of commands) {
    expect(plain).toMatch(new RegExp(`^asset-sync ${name}( |$)`, "m"));
    for (const option of options) expect(plain).toContain(`--${option.name}`);
  }
  for (const { variables } of listConfigKeys()) expect(plain).toContain(variables[0]);
  expect(plain).toContain(".B 7\n");
});

it("is the same each time, so that what is published does not change by itself", async () => {
  expect(await readPage()).toBe(await readPage());
});

it.skipIf(!isThere("mandoc"))("mandoc has nothing to say but that there is no date", async () => {
  const { stdout } = spawnSync("mandoc", ["-T", "lint", "-W", "warning"], {
    input: await readPage(),
    encoding: "utf8",
  });
  const complaints = stdout.split("\n").filter((line) => line !== "" && !/missing date|what is a date/i.test(line));
  expect(complaints).toEqual([]);
});

it.skipIf(!isThere("groff"))("groff has nothing to warn of and prints what a person reads", async () => {
  const options = ["-man", "-ww", "-K", "utf8", "-T", "utf8", "-rLL=78n"];
  const { stdout, stderr } = spawnSync("groff", options, { input: await readPage(), encoding: "utf8" });
  expect(stderr).toBe("");
  const shown = stdout.replaceAll(/.\u0008|\u001b\[[\d;]*m/g, "");
  expect(shown).toContain("asset-sync get ID...");
  expect(shown).toContain("--spend-last");
});
