import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Config } from "./config.ts";
import { describeConfigChange, listWatchedKeys } from "./config-change.ts";
import { listConfigKeys } from "./config-keys.ts";
import { formatConfig } from "./format-config.ts";
import { resolveHomeFolders } from "./home-folders.ts";
import { formatJsonSchema } from "./json-schema.ts";
import { parseConfig } from "./load-config.ts";
import { findNearest } from "./nearest.ts";
import { watchConfig } from "./watch-config.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "asset-sync-home-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const parse = (text: string): Config =>
  parseConfig({ env: {}, text, home: resolveHomeFolders({ home: folder, env: {} }) }).config;

describe("home folders", () => {
  it("are all below the named one", () => {
    const named = resolveHomeFolders({ env: { ASSET_SYNC_HOME: "/data/sync" }, platform: "linux" });
    expect(named).toEqual({
      home: "/data/sync",
      configFile: "/data/sync/config.jsonc",
      ownFolder: "/data/sync",
      state: "/data/sync",
      archives: "/data/sync/archives",
      partial: "/data/sync/partial",
      feeds: "/data/sync/feeds",
      thumbnails: "/data/sync/thumbnails",
      logs: "/data/sync/logs",
      apiFile: "/data/sync/api.json",
    });
    expect(resolveHomeFolders({ home: "~/x", env: { ASSET_SYNC_HOME: "/data" }, userFolder: "/home/a" }).home).toBe(
      "/home/a/x",
    );
    expect(resolveHomeFolders({ home: "relative", env: {} }).home).toBe(path.resolve("relative"));
  });

  it("are the platform's own otherwise, and archives never lie in a cache", () => {
    const linux = resolveHomeFolders({
      env: { XDG_STATE_HOME: "/s", XDG_CONFIG_HOME: "not/absolute", ASSET_SYNC_HOME: "" },
      platform: "linux",
      userFolder: "/home/a",
    });
    expect(linux).toMatchObject({
      configFile: "/home/a/.config/asset-sync/config.jsonc",
      state: "/s/asset-sync",
      apiFile: "/s/asset-sync/api.json",
      archives: "/home/a/.local/share/asset-sync/archives",
      logs: "/s/asset-sync/logs",
    });
    const mac = resolveHomeFolders({ env: {}, platform: "darwin", userFolder: "/Users/a" });
    expect(mac).toMatchObject({
      configFile: "/Users/a/Library/Application Support/asset-sync/config.jsonc",
      archives: "/Users/a/Library/Application Support/asset-sync/archives",
      logs: "/Users/a/Library/Logs/asset-sync",
    });
    const windows = resolveHomeFolders({
      env: { APPDATA: "C:\\Users\\a\\AppData\\Roaming", LOCALAPPDATA: "C:\\Users\\a\\AppData\\Local" },
      platform: "win32",
      userFolder: "C:\\Users\\a",
    });
    expect(windows).toMatchObject({
      configFile: "C:\\Users\\a\\AppData\\Roaming\\asset-sync\\config.jsonc",
      state: "C:\\Users\\a\\AppData\\Local\\asset-sync",
      archives: "C:\\Users\\a\\AppData\\Local\\asset-sync\\archives",
    });
  });
});

describe("the JSON Schema", () => {
  it("is the checked-in one", async () => {
    const checkedIn = await readFile(new URL("../../config.schema.json", import.meta.url), "utf8");
    expect(JSON.parse(checkedIn), "copy the config.schema.json that `asset-sync init` writes").toEqual(
      JSON.parse(formatJsonSchema()),
    );
  });

  it("describes every key", () => {
    for (const key of listConfigKeys()) expect(key.description, key.path).not.toBe("");
  });

  it("are all in the table of the README", async () => {
    const readme = await readFile(new URL("../../README.md", import.meta.url), "utf8");
    // Those of one section may share a line, each after the first by its last part alone.
    const missing = listConfigKeys().filter(({ path: keyPath }) => {
      const [last = "", ...before] = keyPath.split(".").toReversed();
      const section = before.toReversed().join(".");
      const line = readme.split("\n").find((one) => one.startsWith(`| \`${section}.`) && one.includes(`.${last}\``));
      return line === undefined;
    });
    expect(missing.map((key) => key.path)).toEqual([]);
  });
});

describe("a new configuration's text", () => {
  const anyValue: Record<string, fc.Arbitrary<unknown>> = {
    "library.root": fc.constant('/assets/with "quotes" and // slashes'),
    "imeshh.username": fc.string({ minLength: 1 }),
    "imeshh.pollMinutes": fc.integer({ min: 1, max: 1000 }),
    "imeshh.wanted": fc.array(fc.record({ category: fc.string({ minLength: 1 }), freebie: fc.boolean() }), {
      maxLength: 3,
    }),
    "imeshh.archiveHosts": fc.subarray(["a.example.com", "b.example.com"]),
    "imeshh.origins.shop": fc.constant("https://shop.example.com"),
    "limits.bandwidthMegabytesPerSecond": fc.constantFrom(null, 1, 2.5),
    "api.port": fc.integer({ min: 0, max: 65_535 }),
    "log.level": fc.constantFrom("debug", "info", "warn", "error"),
  };

  it("says what was chosen and nothing else, and comments name every other default", () => {
    fc.assert(
      fc.property(fc.record(anyValue, { requiredKeys: [] }), (chosen) => {
        const text = formatConfig(chosen as Record<string, unknown>);
        const home = resolveHomeFolders({ home: "/h", env: {} });
        const { origins, config } = parseConfig({ env: {}, text, home });
        const fromFile = [...origins].filter(([, origin]) => origin === "file").map(([key]) => key);
        expect(fromFile.sort()).toEqual(Object.keys(chosen).sort());
        const direct = parseConfig({ env: {}, text: "{}", home, overrides: chosen as Record<string, unknown> });
        expect(config).toEqual(direct.config);
        for (const { path: keyPath, description } of listConfigKeys())
          expect(text, keyPath).toContain(`// ${description}`);
      }),
    );
  });

  it("can be put to use key by key: taking the // of all of them away leaves the same configuration", () => {
    const home = resolveHomeFolders({ home: "/h", env: {} });
    for (const chosen of [{}, { "imeshh.username": "me", "limits.downloads": 6 }]) {
      const text = formatConfig(chosen);
      const used = text.replace(/^( *)\/\/ (?=")/gm, "$1");
      expect(parseConfig({ env: {}, text: used, home }).config).toEqual(parseConfig({ env: {}, text, home }).config);
    }
  });
});

describe("changes while running", () => {
  it("are known for every key", () => {
    expect(listWatchedKeys().sort()).toEqual(
      listConfigKeys()
        .map(({ path: keyPath }) => keyPath)
        .sort(),
    );
  });

  it("are told by the names of the file, apart by what needs a restart", () => {
    const before = parse("{}");
    expect(describeConfigChange(before, parse("{ /* only a comment */ }"))).toEqual({ applied: [], needsRestart: [] });
    const after = parse(
      `{ "library": { "root": "/new" }, "api": { "port": 1 }, "imeshh": { "pollMinutes": 20, "wanted": [{ "tag": "a" }], "origins": { "blog": "https://b.example.com" } }, "log": { "level": "debug" } }`,
    );
    expect(describeConfigChange(before, after)).toEqual({
      applied: ["imeshh.pollMinutes", "imeshh.wanted", "log.level"],
      needsRestart: ["library.root", "imeshh.origins.blog", "api.port"],
    });
  });
});

describe("watching the file", () => {
  it("hands on good versions, reports bad ones, and survives editors that rename", async () => {
    const file = path.join(folder, "config.jsonc");
    await writeFile(file, "{}");
    const seen: (number | string)[] = [];
    const watcher = await watchConfig({
      file,
      load: async () => parse(await readFile(file, "utf8")),
      onChange: (config) => seen.push(config.api.port),
      onProblem: (message) => seen.push(message),
    });
    try {
      await writeFile(file, '{ "api": { "port": 1 } }');
      await expect.poll(() => seen.at(-1), { timeout: 60_000 }).toBe(1);
      await writeFile(file, '{ "api": { "prot": 2 } }');
      await expect.poll(() => seen.at(-1), { timeout: 60_000 }).toContain('did you mean "port"?');
      for (const port of [3, 4]) {
        await writeFile(path.join(folder, "config.jsonc.tmp"), `{ "api": { "port": ${port} } }`);
        await rename(path.join(folder, "config.jsonc.tmp"), file);
        await expect.poll(() => seen.at(-1), { timeout: 60_000 }).toBe(port);
      }
      await rm(file);
      // Long enough that it is noticed as gone, not as replaced.
      await new Promise((resolve) => setTimeout(resolve, 500));
      await writeFile(file, '{ "api": { "port": 5 } }');
      await expect.poll(() => seen.at(-1), { timeout: 60_000 }).toBe(5);
    } finally {
      await watcher.close();
    }
    const count = seen.length;
    await writeFile(file, '{ "api": { "port": 6 } }');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(seen).toHaveLength(count);
  });
});

describe("the nearest known word", () => {
  it.each([
    ["serch", ["search", "serve", "show"], "search"],
    ["pasue", ["pause", "plan"], "pause"],
    ["POLLMINUTES", ["pollMinutes"], "pollMinutes"],
    ["stat", ["status", "sync"], "status"],
    ["xyz", ["status", "sync"], undefined],
    ["ge", ["get", "why"], "get"],
    ["", ["get"], undefined],
  ])("%s of %o is %s", (written, known, nearest) => {
    expect(findNearest(written, known)).toBe(nearest);
  });
});
