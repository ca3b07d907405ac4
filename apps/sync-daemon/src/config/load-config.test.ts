import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError } from "./config-error.ts";
import { listConfigKeys } from "./config-keys.ts";
import type { Environment } from "./home-folders.ts";
import { type LoadRequest, loadConfig } from "./load-config.ts";

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), "asset-sync-config-"));
});
afterEach(async () => {
  await rm(home, { recursive: true, force: true });
});

async function load(text: unknown, env: Environment = {}, more: Partial<LoadRequest> = {}) {
  await writeFile(path.join(home, "config.jsonc"), typeof text === "string" ? text : JSON.stringify(text));
  return loadConfig({ home, env, userFolder: "/home/artist", ...more });
}

async function problemsOf(
  text: unknown,
  env: Environment = {},
  more: Partial<LoadRequest> = {},
): Promise<readonly string[]> {
  try {
    await load(text, env, more);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("defaults", () => {
  it("are those of the contract, with units turned into bytes and milliseconds", async () => {
    const { config, origins } = await load({});
    const { home: _, ...rest } = config;
    expect(rest).toEqual({
      library: { root: "/home/artist/Documents/iMeshh" },
      quietHours: [],
      imeshh: {
        shop: "imeshh",
        username: null,
        origins: {
          shop: "https://shop.imeshh.com",
          blog: "https://blog.imeshh.com",
          feeds: "http://imeshh-lambda.s3-website-us-east-1.amazonaws.com",
          extensions: "https://extensions.imeshh.com",
        },
        archiveHosts: ["r2.imeshh.com"],
        pollMs: 900_000,
        downloadLimit: 4,
        keepInReserve: 1,
        wanted: [],
        updates: "ask",
      },
      limits: {
        downloads: 6,
        bandwidthBytesPerSecond: null,
        diskFloorBytes: 5_000_000_000,
        maxArchiveBytes: 8_000_000_000,
        maxExtractedBytes: 32_000_000_000,
        maxEntries: 100_000,
        maxArchiveStoreBytes: 50_000_000_000,
      },
      api: { host: "127.0.0.1", port: 4747 },
      network: { proxy: null, noProxy: null, extraCertificateFiles: [], silenceMs: 30_000 },
      log: { level: "info" },
    });
    expect(new Set(origins.values())).toEqual(new Set(["default"]));
    expect([...origins.keys()]).toEqual(listConfigKeys().map((key) => key.path));
  });
});

describe("the file", () => {
  it("may hold comments, trailing commas and a byte order mark, and every rule", async () => {
    const { config, origins } = await load(`\uFEFF{
      // mine
      "$schema": "./config.schema.json",
      "library": { "root": "~/Assets/../Library" },
      "imeshh": {
        "username": "me@example.com",
        "origins": { "shop": "https://shop.example.com/", },
        "archiveHosts": ["CDN.Example.com", "127.0.0.1"],
        "pollMinutes": 2.5,
        "wanted": [
          { "freebie": true, "assetType": "geonode", "category": "Wood", "subCategory": "Oak", "tag": "a", "search": "b c", "productId": 7, "download": "2k", "updates": "auto" },
          { "productId": 132602 },
        ],
      },
      "limits": { "bandwidthMegabytesPerSecond": 1.5, "diskFloorGigabytes": 0 },
      "network": { "proxy": "http://proxy.example.com:3128", "extraCertificateFiles": ["~/ca.pem"] },
    }`);
    expect(config.library.root).toBe("/home/artist/Library");
    expect(config.imeshh.origins.shop).toBe("https://shop.example.com");
    expect(config.imeshh.archiveHosts).toEqual(["cdn.example.com", "127.0.0.1"]);
    expect(config.imeshh.pollMs).toBe(150_000);
    expect(config.imeshh.wanted).toHaveLength(2);
    expect(config.limits.bandwidthBytesPerSecond).toBe(1_500_000);
    expect(config.limits.diskFloorBytes).toBe(0);
    expect(config.network.extraCertificateFiles).toEqual(["/home/artist/ca.pem"]);
    expect(origins.get("imeshh.pollMinutes")).toBe("file");
    expect(origins.get("imeshh.updates")).toBe("default");
  });

  it("is asked for with one sentence when it is missing", async () => {
    await expect(loadConfig({ home, env: {} })).rejects.toThrow(
      `There is no configuration at ${path.join(home, "config.jsonc")} yet; run \`asset-sync init\` first.`,
    );
  });

  it("is named in plain words when it is a folder, or may not be read", async ({ skip }) => {
    const file = path.join(home, "config.jsonc");
    await mkdir(file);
    await expect(loadConfig({ home, env: {} })).rejects.toThrow(`${file} is a folder and should be a file`);
    await rm(file, { recursive: true });
    if (process.platform === "win32" || process.getuid?.() === 0) skip("nothing is forbidden to this user");
    await writeFile(file, "{}", { mode: 0o000 });
    await expect(loadConfig({ home, env: {} })).rejects.toThrow(`You may not read the configuration ${file}`);
  });

  it("need not be there when the environment names the library", async () => {
    const { config, text } = await loadConfig({ home, env: { ASSET_SYNC_LIBRARY_ROOT: "/assets" } });
    expect([config.library.root, text]).toEqual(["/assets", ""]);
  });
});

describe("what is wrong", () => {
  it("is told all at once, with the line, what was expected and what came", async () => {
    const text = `{
  "library": { "root": "Assets" },
  "imeshh": {
    "pollMinutes": "soon",
    "updates": "atuo",
    "downloadLimit": 2.5,
    "wanted": [
      { "freebie": "yes" },
      { "download": "2k" },
      { "assetType": "materials" }
    ],
    "origins": { "shop": "http://shop.example.com", "blog": "blog.example.com" },
    "archiveHosts": ["https://r2.example.com"]
  },
  "limits": { "downloads": 33, "entries": 0 },
  "api": { "host": "0.0.0.0", "port": 70000 },
  "log": { "level": null }
}`;
    const where = (key: string, line: number) => `${key} (config.jsonc, line ${line}): expected `;
    expect([...(await problemsOf(text))].sort()).toEqual(
      [
        `${where("imeshh.pollMinutes", 4)}a number, but it is "soon".`,
        `${where("imeshh.updates", 5)}one of "ask", "auto", "never" (did you mean "auto"?), but it is "atuo".`,
        `${where("imeshh.downloadLimit", 6)}a whole number, but it is 2.5.`,
        `${where("imeshh.wanted[0].freebie", 8)}true or false, but it is "yes".`,
        `${where("imeshh.wanted[1]", 9)}a rule that selects something, by any of freebie, assetType, category, subCategory, tag, search, productId, but it is {"download":"2k"}.`,
        `${where("imeshh.wanted[2].assetType", 10)}one of "model", "material", "geonode", "fx" (did you mean "material"?), but it is "materials".`,
        `${where("imeshh.origins.shop", 12)}an https address, because the password is sent there, but it is "http://shop.example.com".`,
        `${where("imeshh.origins.blog", 12)}a web address such as https://shop.example.com, but it is "blog.example.com".`,
        `${where("imeshh.archiveHosts[0]", 13)}a host name without "https://", port and path, such as r2.example.com, but it is "https://r2.example.com".`,
        `${where("limits.downloads", 15)}at most 32, but it is 33.`,
        `${where("limits.entries", 15)}more than 0, but it is 0.`,
        `${where("api.host", 16)}"127.0.0.1", but it is "0.0.0.0".`,
        `${where("api.port", 16)}at most 65535, but it is 70000.`,
        `${where("log.level", 17)}one of "debug", "info", "warn", "error", but it is null.`,
      ].sort(),
    );
  });

  it.each([
    ['{ "imesh": {} }', 'imesh (config.jsonc, line 1): there is no such key; did you mean "imeshh"?'],
    [
      '{\n"imeshh": {\n"pollMinute": 3 } }',
      'imeshh.pollMinute (config.jsonc, line 3): there is no such key; did you mean "pollMinutes"?',
    ],
    [
      '{ "imeshh": { "wanted": [{ "freeby": true }] } }',
      'imeshh.wanted[0].freeby (config.jsonc, line 1): there is no such key; did you mean "freebie"?',
    ],
    [
      '{ "imeshh": { "origins": { "shpo": "" } } }',
      'imeshh.origins.shpo (config.jsonc, line 1): there is no such key; did you mean "shop"?',
    ],
    [
      '{ "pollMinutes": 3 }',
      'pollMinutes (config.jsonc, line 1): there is no such key; did you mean "imeshh.pollMinutes"?',
    ],
    ['{ "api": { "colour": 3 } }', "api.colour (config.jsonc, line 1): there is no such key; known here: host, port."],
    ['{ "api": { "port": 1 }, "api": {} }', 'config.jsonc: "api" is given twice, on lines 1 and 1.'],
    [
      '{ "library": { "root": "relative/folder" } }',
      'library.root (config.jsonc, line 1): expected a whole path such as /Assets/iMeshh or ~/Documents/iMeshh, but it is "relative/folder".',
    ],
    [
      '{ "imeshh": { "pollMinutes": 0.5 } }',
      "imeshh.pollMinutes (config.jsonc, line 1): expected at least 1 minute between looks at the real shop, but it is 0.5.",
    ],
    ["[]", "The whole (config.jsonc, line 1): expected a group of keys in { }, but it is []."],
    ['{\n"api": { "port": 1\n', "config.jsonc, line 3: a closing } is missing."],
    [
      '{\n"library": { "root": "C:\\Users" } }',
      "config.jsonc, line 2: a backslash with a letter that means nothing (write \\\\ for a backslash in a path).",
    ],
    ['{ "api": 5 }', "api (config.jsonc, line 1): expected a group of keys in { }, but it is 5."],
  ])("%s", async (text, problem) => {
    expect(await problemsOf(text)).toEqual([problem]);
  });

  it("is never a crash or a silent pass, whatever the text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.json()), async (text) => {
        try {
          await load(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect((error as ConfigError).problems.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the environment", () => {
  it("sets every key, in both spellings, and wins over the file", async () => {
    const { config, origins } = await load(
      { api: { port: 1 }, imeshh: { pollMinutes: 3 } },
      {
        ASSET_SYNC_API_PORT: "0",
        ASSET_SYNC_IMESHH_POLLMINUTES: "30",
        ASSET_SYNC_IMESHH_KEEP_IN_RESERVE: "0",
        ASSET_SYNC_IMESHH_USERNAME: "12345",
        ASSET_SYNC_IMESHH_WANTED: '[{"freebie":true}]',
        ASSET_SYNC_IMESHH_ORIGINS_BLOG: "http://127.0.0.1:9999",
        ASSET_SYNC_LIMITS_BANDWIDTHMEGABYTESPERSECOND: "null",
        ASSET_SYNC_NETWORK_NOPROXY: "localhost,10.0.0.0/8",
        ASSET_SYNC_HOME: "/elsewhere",
        ASSET_SYNC_IMESHH_PASSWORD: "secret",
        UNRELATED: "x",
      },
    );
    expect(config.api.port).toBe(0);
    expect(config.imeshh).toMatchObject({
      pollMs: 1_800_000,
      keepInReserve: 0,
      username: "12345",
      wanted: [{ freebie: true }],
    });
    expect(config.imeshh.origins.blog).toBe("http://127.0.0.1:9999");
    expect(config.limits.bandwidthBytesPerSecond).toBeNull();
    expect(config.network.noProxy).toBe("localhost,10.0.0.0/8");
    expect(origins.get("api.port")).toBe("environment");
    expect(origins.get("imeshh.pollMinutes")).toBe("environment");
  });

  it("has a variable for every key", async () => {
    for (const key of listConfigKeys()) {
      for (const variable of key.variables) {
        const value = key.isText ? String(key.default ?? "http://127.0.0.1") : JSON.stringify(key.default);
        const { origins } = await load({}, { [variable]: value });
        expect(origins.get(key.path), variable).toBe("environment");
      }
    }
  });

  it.each([
    [
      { ASSET_SYNC_IMESHH_POLLMINUTE: "3" },
      "ASSET_SYNC_IMESHH_POLLMINUTE in the environment: there is no such setting; did you mean ASSET_SYNC_IMESHH_POLLMINUTES?",
    ],
    [
      { ASSET_SYNC_PASSWORD: "hunter2" },
      "ASSET_SYNC_PASSWORD in the environment: there is no such setting; did you mean ASSET_SYNC_IMESHH_PASSWORD?",
    ],
    [{ ASSET_SYNC_API_PORT: "many" }, 'api.port (ASSET_SYNC_API_PORT): expected a number, but it is "many".'],
    [
      { ASSET_SYNC_IMESHH_WANTED: '[{"freeby":1}]' },
      'imeshh.wanted[0].freeby (ASSET_SYNC_IMESHH_WANTED): there is no such key; did you mean "freebie"?',
    ],
    [
      { ASSET_SYNC_API_PORT: "1", ASSET_SYNC_IMESHH_POLLMINUTES: "9", ASSET_SYNC_IMESHH_POLL_MINUTES: "9" },
      "imeshh.pollMinutes is set twice in the environment, by ASSET_SYNC_IMESHH_POLLMINUTES and ASSET_SYNC_IMESHH_POLL_MINUTES.",
    ],
  ])("%o", async (env, problem) => {
    expect(await problemsOf({}, env)).toEqual([problem]);
  });

  it("never repeats a misspelled password's value", async () => {
    expect((await problemsOf({}, { ASSET_SYNC_IMESH_PASSWORD: "hunter2" })).join()).not.toContain("hunter2");
  });
});

describe("overrides", () => {
  it("win over everything, and unknown ones are told", async () => {
    const { config, origins } = await load(
      { api: { port: 1 } },
      { ASSET_SYNC_API_PORT: "2" },
      { overrides: { "api.port": 3 } },
    );
    expect([config.api.port, origins.get("api.port")]).toEqual([3, "override"]);
    expect(await problemsOf({}, {}, { overrides: { "api.prot": 3 } })).toEqual([
      'api.prot: there is no such key; did you mean "api.port"?',
    ]);
  });
});
