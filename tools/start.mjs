// `npm start`: the main job against the bundled sandbox, without an account. Its files lie in demo/, and a second start
// goes on from them. The page in the browser is built where it is not yet, or is older than its sources. `-- --once`
// ends after the first whole sync and needs no page.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join, relative } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { findPinnedTools, root } from "./pinned-node.mjs";

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

/** The newest change below a folder, or of a file, in milliseconds; 0 where there is none. */
async function newestChange(path) {
  const stats = await stat(path).catch(() => null);
  if (stats === null) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  const names = (await readdir(path)).filter((name) => name !== "node_modules");
  return Math.max(0, ...(await Promise.all(names.map((name) => newestChange(join(path, name))))));
}

/** Resolves to null, or to why there is no page. */
async function buildConsole() {
  const console = join(root, "apps", "console");
  const sources = ["src", "index.html", "vite.config.ts", "package.json"].map((name) => join(console, name));
  // The page is made from the contract of the API too.
  sources.push(join(root, "apps", "sync-daemon", "src", "api", "contract"));
  const changes = await Promise.all(sources.map(newestChange));
  const built = await newestChange(join(root, "apps", "sync-daemon", "console", "index.html"));
  if (built >= Math.max(...changes)) return null;
  const { pnpm } = findPinnedTools();
  const child = spawn(pnpm, ["--filter", "@org/console", "build"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  running.add(child);
  child.on("exit", () => running.delete(child));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  const code = await ended(child).catch((error) => error.message);
  return code === 0 ? null : `The page could not be built (${code}):\n${said}`;
}

/** A new address of the page, from the daemon that runs as `pid`; undefined when that has ended. */
async function askForPage(child) {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      const { address, token, pid } = JSON.parse(await readFile(join(home, "api.json"), "utf8"));
      if (pid === child.pid) {
        const answer = await fetch(`${address}/api/v1/page-code`, {
          method: "POST",
          headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
          body: "{}",
        });
        if (answer.ok) return await answer.json();
      }
    } catch {
      // It has not begun to answer yet.
    }
    await wait(200);
  }
  return undefined;
}

/** Tells the page's address, and another one whenever Enter is pressed: each works once and not for long. */
async function tellPage(child) {
  const tell = async () => {
    const page = await askForPage(child);
    if (page === undefined) return;
    say(`\nOpen ${page.url} in your browser (it works once, within ${Math.round(page.lifeMs / 1000)} seconds).`);
  };
  await tell();
  say(
    `${process.stdin.isTTY ? "Enter shows a new address. Or" : "Later,"} in another terminal in this folder: node_modules/.bin/asset-sync open --home demo/home\n`,
  );
  if (!process.stdin.isTTY) return;
  const lines = createInterface({ input: process.stdin });
  lines.on("line", () => void tell());
  child.on("exit", () => lines.close());
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

const building = once ? null : buildConsole();
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
  const pageProblem = await building;
  // Standard input is for the one who asks for the page's address.
  const serving = start(daemonCommand, ["serve"], { stdio: ["ignore", "inherit", "inherit"], env: environment });
  if (pageProblem === null) void tellPage(serving);
  else say(pageProblem);
  process.exitCode = await ended(serving);
}
for (const child of running) {
  child.kill("SIGTERM");
  await ended(child);
}
