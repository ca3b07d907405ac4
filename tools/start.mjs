// `npm start`: the main job against the bundled sandbox, without an account. Its files lie in demo/, and a second start
// goes on from them. `-- --once` ends after the first whole sync.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { root } from "./pinned-node.mjs";

const once = process.argv.includes("--once");
const home = join(root, "demo", "home");
const library = join(root, "demo", "library");
const sandboxCommand = join(root, "apps", "sandbox", "bin", "asset-sandbox.mjs");
const daemonCommand = join(root, "apps", "sync-daemon", "bin", "asset-sync.mjs");
/** Tried first, so that a transfer that was cut off finds its link again at the next start. */
const preferredSandboxPort = 4760;

const say = (text = "") => process.stdout.write(`${text}\n`);
const running = new Set();

function start(script, args, options) {
  const child = spawn(process.execPath, [script, ...args], { cwd: root, ...options });
  running.add(child);
  child.on("exit", () => running.delete(child));
  return child;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal === null ? code : 130));
  });
}

async function isFree(port) {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

async function startSandbox() {
  const port = (await isFree(preferredSandboxPort)) ? preferredSandboxPort : 0;
  const child = start(sandboxCommand, ["--json", "--port", String(port)], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  for await (const line of lines) return JSON.parse(line);
  throw new Error("The sandbox ended before it was ready; its message stands above.");
}

async function writeDemoConfig(origins) {
  const file = join(home, "config.jsonc");
  if (existsSync(file)) return;
  await mkdir(home, { recursive: true, mode: 0o700 });
  await mkdir(library, { recursive: true });
  const config = {
    library: { root: library },
    imeshh: {
      username: "artist@example.com",
      // Without them a command that finds no sandbox running would ask the real shop.
      origins,
      archiveHosts: ["127.0.0.1"],
      pollMinutes: 1,
      wanted: [
        { freebie: true },
        { assetType: "material", category: "Wood" },
        { assetType: "model", category: "Furniture" },
        { assetType: "geonode" },
      ],
      updates: "ask",
    },
    limits: { diskFloorGigabytes: 1 },
    api: { port: 0 },
  };
  const text = `// The demo's configuration: it talks to the sandbox that \`npm start\` starts, not to the shop.\n${JSON.stringify(config, null, 2)}\n`;
  await writeFile(file, text, { mode: 0o600 });
}

async function describeLibrary() {
  const lines = [];
  for (const folder of (await readdir(library)).sort()) {
    const catalogs = await readFile(join(library, folder, "blender_assets.cats.txt"), "utf8").catch(() => "");
    const catalogCount = catalogs.split("\n").filter((line) => /^[0-9a-f-]{36}:/.test(line)).length;
    lines.push(`  ${folder}/   blender_assets.cats.txt with ${catalogCount} catalogs`);
    for (const entry of await readdir(join(library, folder), { recursive: true })) {
      if (entry.endsWith(".asset.json") && !entry.startsWith(".sync"))
        lines.push(`      ${entry.replace(/[/\\]\.asset\.json$/, "")}`);
    }
  }
  return lines.join("\n");
}

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.on(signal, () => {
    for (const child of running) child.kill("SIGTERM");
  });
}

const sandbox = await startSandbox();
const { shop, blog, feeds, extensions } = sandbox.origins;
const environment = {
  ...process.env,
  ASSET_SYNC_HOME: home,
  ASSET_SYNC_IMESHH_PASSWORD: "sandbox",
  ASSET_SYNC_IMESHH_ORIGINS_SHOP: shop,
  ASSET_SYNC_IMESHH_ORIGINS_BLOG: blog,
  ASSET_SYNC_IMESHH_ORIGINS_FEEDS: feeds,
  ASSET_SYNC_IMESHH_ORIGINS_EXTENSIONS: extensions,
};
await writeDemoConfig({ shop, blog, feeds, extensions });
say("A sandbox shop is running on this machine; no account is needed and nothing leaves it.\n");

const synced = await ended(start(daemonCommand, ["sync"], { stdio: "inherit", env: environment }));
process.exitCode = synced;
if (synced === 0) {
  say(
    `\nYour Blender asset library is in ${relative(process.cwd(), library) || library}:\n\n${await describeLibrary()}\n`,
  );
  say("What was spent, of the downloads the shop allows per product:");
  await ended(start(daemonCommand, ["quota"], { stdio: "inherit", env: environment }));
  say(`
Look at it in Blender: Edit > Preferences > File Paths > Asset Libraries, add the four folders above.

With a real account:
  node_modules/.bin/asset-sync init     asks for library folder, user name and password, and tests the sign-in
  node_modules/.bin/asset-sync plan     says what a sync would fetch and what it costs, before anything is spent
  node_modules/.bin/asset-sync serve    keeps the library current from then on
`);
}
if (!once && synced === 0) {
  say("The demo goes on following the sandbox. Ctrl-C ends it. Meanwhile, in another terminal in this folder, try");
  say("  node_modules/.bin/asset-sync status --home demo/home\n");
  process.exitCode = await ended(start(daemonCommand, ["serve"], { stdio: "inherit", env: environment }));
}
for (const child of running) {
  child.kill("SIGTERM");
  await ended(child);
}
