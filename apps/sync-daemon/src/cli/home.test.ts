import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runCommand, startCommand } from "./__fixtures__/run-command.ts";

// These start the real daemon, without a shop: every origin is a port where nobody listens.

let folder: string;
let home: string;
let env: Record<string, string>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-home-"));
  home = path.join(folder, "home");
  const nobody = `http://127.0.0.1:${await findClosedPort()}`;
  env = {
    ASSET_SYNC_HOME: home,
    ASSET_SYNC_API_PORT: "0",
    ASSET_SYNC_LIMITS_DISKFLOORGIGABYTES: "0",
    ASSET_SYNC_IMESHH_ORIGINS_SHOP: nobody,
    ASSET_SYNC_IMESHH_ORIGINS_BLOG: nobody,
    ASSET_SYNC_IMESHH_ORIGINS_FEEDS: nobody,
    ASSET_SYNC_IMESHH_ORIGINS_EXTENSIONS: nobody,
  };
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 1;
}

const init = (args: string[] = [], input?: string) =>
  runCommand(
    ["init", "--library", path.join(folder, "library"), ...args],
    input === undefined ? { env } : { env, input },
  );

describe("init", () => {
  it("--sample-shop writes a configuration that needs no account, with libraries of its own", async () => {
    const done = await init(["--sample-shop", "--wanted", "free", "--json"]);
    expect(JSON.parse(done.stdout)).toMatchObject({
      account: "none",
      library: path.join(folder, "library", "sample-shop"),
    });
    const refused = await init(["--sample-shop", "--username", "me@example.com", "--force"]);
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("an account of its own")]);
  });

  it("writes a configuration with comments, its schema, and says what comes next", async () => {
    const result = await init(["--wanted", "free", "--set", "imeshh.pollMinutes=30"]);
    expect([result.status, result.stderr]).toEqual([0, ""]);
    expect(result.stdout).toContain("`asset-sync plan` shows what a sync would fetch");
    expect((await readdir(home)).sort()).toEqual(["config.jsonc", "config.schema.json"]);
    const text = await readFile(path.join(home, "config.jsonc"), "utf8");
    expect(text).toContain(`"root": ${JSON.stringify(path.join(folder, "library"))}`);
    expect(text).toContain('{ "freebie": true }');
    expect(text).toContain('"pollMinutes": 30');
    expect(text).toContain('// "downloadLimit": 4');
    expect(JSON.parse(await readFile(path.join(home, "config.schema.json"), "utf8")).title).toBe(
      "asset-sync configuration",
    );
    if (process.platform !== "win32") expect((await stat(path.join(home, "config.jsonc"))).mode & 0o777).toBe(0o600);
  });

  it("never overwrites: without --force it stops, with it the old one is kept", async () => {
    await init();
    await writeFile(path.join(home, "config.jsonc"), '{ "library": { "root": "/mine" } } // mine');
    const refused = await init();
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining("init --force")]);
    const forced = await init(["--force", "--json"]);
    expect(JSON.parse(forced.stdout)).toEqual({
      configFile: path.join(home, "config.jsonc"),
      home,
      library: path.join(folder, "library"),
      account: "none",
      password: null,
    });
    expect(await readFile(path.join(home, "config.jsonc.old-1"), "utf8")).toContain("// mine");
  });

  it("writes nothing when the shop cannot be asked, and stores the password only when told to skip that", async () => {
    const unreachable = await init(["--username", "me@example.com", "--password-stdin"], "hunter2secret\n");
    expect(unreachable.status).toBe(6);
    expect(unreachable.stderr).not.toContain("hunter2secret");
    await expect(readdir(home)).rejects.toThrow("ENOENT");
    const skipped = await init(
      ["--username", "me@example.com", "--password-stdin", "--skip-check", "--no-keychain"],
      "hunter2secret\n",
    );
    expect([skipped.status, skipped.stdout]).toEqual([0, expect.stringContaining("The account was not tested.")]);
    expect(skipped.stdout).not.toContain("hunter2secret");
    expect(await readFile(path.join(home, "config.jsonc"), "utf8")).not.toContain("hunter2secret");
    expect(JSON.parse(await readFile(path.join(home, "secrets.json"), "utf8"))).toEqual({
      imeshh: { password: "hunter2secret" },
    });
  });

  it("--password-only stores a new password and leaves the configuration as it is", async () => {
    const change = ["init", "--password-only", "--password-stdin", "--skip-check", "--no-keychain"];
    expect((await runCommand(change, { env, input: "hunter2secret\n" })).stderr).toContain("asset-sync init` first");
    await init();
    const nameless = await runCommand(change, { env, input: "hunter2secret\n" });
    expect([nameless.status, nameless.stderr]).toEqual([2, expect.stringContaining("imeshh.username")]);
    const text = '{ "library": { "root": "/mine" }, "imeshh": { "username": "me@example.com" } } // mine';
    await writeFile(path.join(home, "config.jsonc"), text);
    const changed = await runCommand(change, { env, input: "hunter2secret\n" });
    expect([changed.status, changed.stderr]).toEqual([0, ""]);
    expect(changed.stdout).not.toContain("hunter2secret");
    expect(JSON.parse(await readFile(path.join(home, "secrets.json"), "utf8"))).toEqual({
      imeshh: { password: "hunter2secret" },
    });
    expect(await readFile(path.join(home, "config.jsonc"), "utf8")).toBe(text);
  });

  it.each([
    [["--set", "imeshh.pollMinuts=3"], 'Did you mean "imeshh.pollMinutes"?'],
    [["--set", "api.port=many"], 'api.port (set by hand): expected a number, but it is "many".'],
    [["--wanted", "all"], '"--wanted" needs free or none'],
    [["--password-stdin"], "no password on standard input"],
  ])("refuses %j and writes nothing", async (args, said) => {
    const result = await init(args);
    expect([result.status, result.stderr]).toEqual([2, expect.stringContaining(said)]);
    await expect(readdir(home)).rejects.toThrow("ENOENT");
  });
});

describe("a configuration that cannot be used", () => {
  it("is told with every problem and exit status 2", async () => {
    await mkdir(home);
    await writeFile(path.join(home, "config.jsonc"), '{\n  "imesh": {},\n  "api": { "port": "x" }\n}');
    const { ASSET_SYNC_API_PORT: _, ...rest } = env;
    const result = await runCommand(["sync"], { env: rest });
    expect([result.status, result.stdout]).toEqual([2, ""]);
    expect(result.stderr.trim().split("\n").sort()).toEqual([
      'api.port (config.jsonc, line 3): expected a number, but it is "x".',
      'imesh (config.jsonc, line 2): there is no such key; did you mean "imeshh"?',
    ]);
  });

  it.skipIf(process.platform === "win32")("because others can read the password is told the same way", async () => {
    await init();
    await writeFile(path.join(home, "secrets.json"), '{"imeshh":{"password":"hunter2"}}');
    await chmod(path.join(home, "secrets.json"), 0o644);
    const result = await runCommand(["status"], { env });
    expect([result.status, result.stderr]).toEqual([2, expect.stringContaining("chmod 600")]);
  });
});

describe("serve", () => {
  it("runs until told to stop, answers the other commands, and lets no second one in", async () => {
    await init();
    const server = startCommand(["serve", "--json"], { env });
    await expect.poll(server.stdout, { timeout: 60_000 }).toContain("\n}\n");
    const { address, pid } = JSON.parse(server.stdout());
    expect([pid, address]).toEqual([server.pid, expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/)]);

    const status = JSON.parse((await runCommand(["status", "--json"], { env })).stdout);
    expect([status.running, status.pid]).toEqual([true, server.pid]);
    const second = await runCommand(["serve"], { env });
    expect([second.status, second.stderr]).toEqual([7, expect.stringContaining(`process ${server.pid}`)]);

    server.kill("SIGTERM");
    const ended = await server.result;
    expect([ended.status, JSON.parse(ended.stdout)]).toEqual([0, expect.objectContaining({ address })]);
    expect(await readdir(home)).not.toContain("api.json");
  });

  it("ends in good order when one Ctrl-C arrives twice, from the terminal and passed on", async () => {
    await init();
    const server = startCommand(["serve"], { env });
    await expect.poll(server.stdout, { timeout: 60_000 }).toContain("Ctrl-C stops it");
    server.kill("SIGINT");
    server.kill("SIGTERM");
    expect([(await server.result).status, await readdir(home)]).toEqual([0, expect.not.arrayContaining(["api.json"])]);
  });

  it("is not needed: a command does the job itself, and says that none runs", async () => {
    await init();
    const status = await runCommand(["status"], { env });
    expect([status.status, status.stdout]).toEqual([0, expect.stringContaining("is not running")]);
    const sync = await runCommand(["sync", "--json"], { env });
    expect(sync.status).toBe(6);
    JSON.parse(sync.stdout);
  });
});

describe("logs", () => {
  const line = (msg: string, more: object = {}) =>
    `${JSON.stringify({ level: "warn", time: "2026-07-01T08:00:00.000Z", pid: 1, ...more, msg })}\n`;

  it("shows the newest lines over several files, and nothing that steers a terminal", async () => {
    await mkdir(path.join(home, "logs"), { recursive: true });
    await writeFile(path.join(home, "logs", "asset-sync.9.log"), line("one") + line("two"));
    await writeFile(
      path.join(home, "logs", "asset-sync.10.log"),
      `${line("three\u001b[2J", { productId: 7 })}{"cut sho`,
    );
    const result = await runCommand(["logs", "--lines", "2"], { env });
    expect([result.status, result.stderr]).toEqual([0, ""]);
    expect(result.stdout).toBe(
      "2026-07-01 08:00:00  warn   two\n2026-07-01 08:00:00  warn   three\ufffd[2J  productId=7\n",
    );
    const json = JSON.parse((await runCommand(["logs", "--json"], { env })).stdout);
    expect(json.lines.map(({ msg }: { msg: string }) => msg)).toEqual(["one", "two", "three\u001b[2J"]);
  });

  it("follows what comes, also into the next file, until Ctrl-C", async () => {
    const logs = path.join(home, "logs");
    await mkdir(logs, { recursive: true });
    await writeFile(path.join(logs, "asset-sync.1.log"), line("before"));
    const command = startCommand(["logs", "--follow"], { env });
    await expect.poll(command.stdout, { timeout: 60_000 }).toContain("before");
    await writeFile(path.join(logs, "asset-sync.1.log"), line("appended"), { flag: "a" });
    await expect.poll(command.stdout, { timeout: 60_000 }).toContain("appended");
    await writeFile(path.join(logs, "asset-sync.2.log"), line("rotated"));
    await expect.poll(command.stdout, { timeout: 60_000 }).toContain("rotated");
    command.kill("SIGINT");
    const result = await command.result;
    expect(result.status).toBe(0);
    expect(result.stdout.match(/before|appended|rotated/g)).toEqual(["before", "appended", "rotated"]);
  });
});
