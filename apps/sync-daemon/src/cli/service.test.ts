import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runInProcess } from "./__fixtures__/run-in-process.ts";

// A recording systemctl is the far side. With a real one of a person this was tried by hand (docs/decisions/0055).

const isLinux = process.platform === "linux";
let folder: string;
let unit: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "asset-sync-service-"));
  unit = join(folder, "config", "systemd", "user", "asset-sync.service");
  env = { HOME: folder, XDG_CONFIG_HOME: join(folder, "config"), PATH: join(folder, "bin") };
  await mkdir(join(folder, "bin"));
  await mkdir(join(folder, "home"));
  await writeFile(join(folder, "home", "config.jsonc"), "{}");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Answers as `script` says, and writes down what it was asked and which of our variables it got. */
async function makeSystemctl(script: string): Promise<void> {
  const text = `#!/bin/sh\necho "$*" >> "${folder}/asked"\nset >> "${folder}/environment"\n${script}\n`;
  await writeFile(join(folder, "bin", "systemctl"), text, { mode: 0o755 });
}
const asked = async () => (await readFile(join(folder, "asked"), "utf8")).trim().split("\n");
const service = (action: string, more: Record<string, string> = {}) =>
  runInProcess(["service", action, "--home", join(folder, "home")], { ...env, ...more });

describe.skipIf(!isLinux)("service", () => {
  it("writes a unit for this Node and home, starts it, and is calm when asked again", async () => {
    await makeSystemctl("exit 0");
    const first = await service("install", { ASSET_SYNC_IMESHH_PASSWORD: "planted-secret" });
    expect([first.status, first.stderr]).toEqual([0, ""]);
    expect(first.stdout).toContain(`Written: ${unit}`);
    expect(first.stdout).toContain("does not see what is set in this terminal: ASSET_SYNC_IMESHH_PASSWORD");
    const text = await readFile(unit, "utf8");
    expect(text).toContain(`ExecStart="${process.execPath}" "`);
    expect(text).toContain(`bin/asset-sync.mjs" "serve" "--home" "${join(folder, "home")}"\n`);
    expect(await asked()).toEqual([
      "--user daemon-reload",
      "--user enable asset-sync.service",
      "--user start asset-sync.service",
    ]);
    expect(await readFile(join(folder, "environment"), "utf8")).not.toContain("planted-secret");
    const { mtimeMs } = await stat(unit);
    expect((await service("install")).stdout).toContain(`There already: ${unit}`);
    expect((await stat(unit)).mtimeMs).toBe(mtimeMs);
    await writeFile(unit, `${text}# older\n`);
    expect((await service("install")).stdout).toContain(`Written anew: ${unit}`);
    expect((await asked()).at(-1)).toBe("--user restart asset-sync.service");

    const gone = await service("uninstall");
    expect([gone.status, existsSync(unit)]).toEqual([0, false]);
    expect((await asked()).slice(-2)).toEqual(["--user disable --now asset-sync.service", "--user daemon-reload"]);
    expect((await service("uninstall")).stdout).toContain("nothing was changed");
  });

  it("writes the unit and says so where no systemd of the person runs, or none at all", async () => {
    await makeSystemctl('echo "Failed to connect to bus: No medium found" >&2; exit 1');
    const result = await service("install");
    expect(result.status).toBe(0);
    expect(result.stdout).toContain("It could not be started now: Failed to connect to bus: No medium found.");
    expect(existsSync(unit)).toBe(true);
    expect((await service("status")).stdout).toContain("It is not known whether it runs.");
    await rm(join(folder, "bin", "systemctl"));
    expect((await service("install")).stdout).toContain("There is no program systemctl here.");
    expect((await service("uninstall")).status).toBe(0);
    expect(existsSync(unit)).toBe(false);
  });

  it("leaves a unit that is not ours as it is", async () => {
    await makeSystemctl("exit 0");
    await mkdir(join(folder, "config", "systemd", "user"), { recursive: true });
    await writeFile(unit, "[Service]\nExecStart=/mine\n");
    for (const action of ["install", "uninstall"]) {
      const result = await service(action);
      expect([result.status, result.stderr]).toEqual([1, expect.stringContaining("did not make")]);
    }
    expect(await readFile(unit, "utf8")).toBe("[Service]\nExecStart=/mine\n");
    expect(existsSync(join(folder, "asked"))).toBe(false);
  });

  it("tells whether it runs, and installs nothing that could not start", async () => {
    await makeSystemctl('case "$2" in is-active) echo active;; esac');
    expect((await service("status")).status).toBe(1);
    await service("install");
    const running = await service("status");
    expect([running.status, running.stdout]).toEqual([0, `Installed: ${unit}\nIt runs.\n`]);
    await rm(unit);
    await writeFile(join(folder, "home", "config.jsonc"), "{ broken");
    expect((await service("install")).status).toBe(2);
    expect(existsSync(unit)).toBe(false);
  });
});

it("knows three actions", async () => {
  const result = await service("start");
  expect([result.status, result.stderr]).toEqual([2, expect.stringContaining("install, uninstall and status")]);
});
