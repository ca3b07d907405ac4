import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "../api/__fixtures__/api-in-memory.ts";
import type { Desktop } from "../programs/desktop.ts";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { createApiClient } from "./api-client.ts";
import { openPage } from "./open-page.ts";
import { createOutput } from "./output.ts";

let daemon: ApiInMemory;
let folder: string;
let desktop: Desktop;
const stderr = new PassThrough();
const notes = () => String(stderr.read() ?? "");

beforeEach(async () => {
  daemon = await startApiInMemory();
  folder = await mkdtemp(join(tmpdir(), "asset-sync-open-"));
  for (const name of ["bin", "user", "seen"]) await mkdir(join(folder, name));
  // The person's browser: it notes what it was called with, and the file with its mode.
  const browser = `#!/bin/sh
printf '%s' "$*" > "${folder}/seen/arguments"
stat -c %a "$1" > "${folder}/seen/mode"
cp "$1" "${folder}/seen/file.new" && mv "${folder}/seen/file.new" "${folder}/seen/file"
`;
  await writeFile(join(folder, "bin", "xdg-open"), browser);
  await chmod(join(folder, "bin", "xdg-open"), 0o755);
  desktop = { platform: "linux", env: { DISPLAY: ":0" }, programFolders: [join(folder, "bin"), "/usr/bin", "/bin"] };
});
afterEach(async () => {
  await daemon.close();
  await rm(folder, { recursive: true, force: true });
});

function open(options: { print?: boolean; desktop?: Desktop; signal?: AbortSignal } = {}) {
  const signal = options.signal ?? new AbortController().signal;
  const output = createOutput({ stdout: stderr, stderr } as unknown as Parameters<typeof createOutput>[0], {
    json: false,
  });
  const client = createApiClient({ address: daemon.api.address, token: daemon.token, signal });
  return openPage({ home: daemon.folder, env: {}, output, signal }, client, {
    print: options.print ?? false,
    desktop: options.desktop ?? desktop,
    userFolder: join(folder, "user"),
  });
}
const post = (path: string, body: unknown) =>
  fetch(new URL(path, daemon.api.address), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

describe.skipIf(process.platform !== "linux")("opening the page", () => {
  it("hands the browser a private file and no address, and removes it when the page has come", async () => {
    const opening = open();
    await expect.poll(() => readdir(join(folder, "seen")), { timeout: 60_000 }).toContain("file");
    const given = await readFile(join(folder, "seen", "arguments"), "utf8");
    expect(given).toMatch(new RegExp(`^${join(folder, "user")}/asset-sync-[0-9a-f-]{36}\\.html$`));
    expect((await readFile(join(folder, "seen", "mode"), "utf8")).trim()).toBe("600");
    const [, url = ""] =
      /location\.replace\("([^"]+)"\)/.exec(await readFile(join(folder, "seen", "file"), "utf8")) ?? [];
    expect(url).toMatch(new RegExp(`^${daemon.api.address}/open#code=[\\w-]{43}$`));

    const landed = await post("/page-landing", { code: new URL(url).hash.slice("#code=".length) });
    expect((await post("/page-session", (await landed.json()) as object)).status).toBe(200);
    expect(await opening).toEqual({ state: "opened", url: null });
    expect(await readdir(join(folder, "user"))).toEqual([]);
  });

  it("puts the file where the state lies when the person's folder takes none, and removes it when it is stopped", async () => {
    await rm(join(folder, "user"), { recursive: true });
    const stopping = new AbortController();
    const opening = open({ signal: stopping.signal });
    await expect.poll(() => readdir(join(folder, "seen")), { timeout: 60_000 }).toContain("file");
    const given = await readFile(join(folder, "seen", "arguments"), "utf8");
    expect(given.startsWith(`${daemon.folder}/asset-sync-`)).toBe(true);
    expect((await stat(given)).isFile()).toBe(true);
    stopping.abort();
    expect((await opening).state).toBe("not-come");
    await expect(stat(given)).rejects.toThrow("ENOENT");
  });

  it.each([
    ["only printing is asked for", { print: true }, ""],
    ["there is no screen", { desktop: { env: {} } }, "without a screen"],
    ["there is no program for it", { desktop: { programFolders: ["/nonexistent"] } }, '"xdg-open"'],
  ])("gives the address back when %s, and writes nothing", async (_, options, said) => {
    const opened = await open({
      ...options,
      desktop: { ...desktop, ...("desktop" in options ? options.desktop : {}) },
    });
    expect(opened).toEqual({ state: "printed", url: expect.stringMatching(/\/#code=[\w-]{43}$/) });
    expect(notes()).toContain(said);
    expect(await readdir(join(folder, "user"))).toEqual([]);
    expect(await readdir(join(folder, "seen"))).toEqual([]);
  });
});

it("`asset-sync open --print` prints the address of the running daemon's page and nothing else", async () => {
  const printed = await runInProcess(["open", "--print", "--home", daemon.folder]);
  expect([printed.status, printed.stderr]).toEqual([0, ""]);
  expect(printed.stdout).toMatch(new RegExp(`^${daemon.api.address}/#code=[\\w-]{43}\n$`));
  const json = await runInProcess(["open", "--print", "--json", "--home", daemon.folder]);
  expect(JSON.parse(json.stdout)).toEqual({ state: "printed", address: expect.stringContaining("/#code=") });
});
