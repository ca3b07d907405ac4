// Started by browser.test.ts as a process of its own, so that it can be put into a network of its own. Runs a real
// daemon, a hostile web site and a real browser, and prints what came of it as one line of JSON.
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { startSandbox } from "@org/sandbox";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { pageCookieName } from "../../../src/api/contract/page.ts";
import { writePageFile } from "../../../src/cli/page-file.ts";
import { createConfigAccess, startDaemon } from "../../scene/built-daemon.ts";
import { type Answered, watchAnswers } from "./answered-requests.ts";
import { hostilePage, startHostileServer } from "./hostile-server.ts";
import { startNaiveServer } from "./naive-server.ts";
import { createRandom, type RandomFetch, randomFetch } from "./random-fetch.ts";

/** What one hostile page got. */
export interface SceneReport {
  readonly name: string;
  /** Attacks that the page began. */
  readonly tried: number;
  /** Different attacks that reached the daemon, by name and the host they named. */
  readonly arrived: number;
  readonly answers: Readonly<Record<string, number>>;
  /** Answers that were not a refusal, but for those of the landing page. */
  readonly served: readonly Answered[];
  /** What came of navigations to the landing page, which everybody may send a person to. */
  readonly landed: readonly Answered[];
  /** What the page could learn from an answer. */
  readonly read: readonly string[];
}

export interface AttackReport {
  /** Names of attacks, and of those that did not reach, or learned nothing from, a server without defences. */
  readonly attacks: readonly string[];
  readonly didNotReachNaive: readonly string[];
  readonly readFromNaive: number;
  readonly scenes: readonly SceneReport[];
  /** What the daemon's own page got: a status for each step. */
  readonly ownPage: Readonly<Record<string, unknown>>;
  /** Did a server on another port of this host see the page's cookie, and what did it get with it? */
  readonly cookieSeenByOthers: boolean;
  readonly replayed: readonly number[];
  /** What changed in the daemon's status or home, or was asked of the shop. */
  readonly changed: readonly string[];
}

interface Attack {
  readonly name: string;
  readonly base: string;
  readonly read: string | null;
}

interface AttackSettings {
  readonly seed: number;
  readonly randomFetches: number;
  /** An address that is not loopback, where there is one. */
  readonly publicAddress: string | null;
}

// The functions that attack-page.mjs leaves in a page.
declare const attackAll: (bases: readonly string[]) => Promise<Attack[]>;
declare const attackWith: (request: RandomFetch) => Promise<string | null>;

const browserArguments = (resolve: string, trusted: readonly string[]) => [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  `--host-resolver-rules=${resolve}`,
  // Only a secure page may be let into the local network at all; here the browser's own guard is to step aside.
  `--unsafely-treat-insecure-origin-as-secure=${trusted.join(",")}`,
];

async function runAttacks(settings: AttackSettings): Promise<AttackReport> {
  const folder = await mkdtemp(join(tmpdir(), "asset-sync-browser-"));
  const closing: (() => Promise<unknown> | unknown)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const home = join(folder, "home");
    await mkdir(home);
    const sandbox = await startSandbox();
    closing.push(() => sandbox.close());
    const { shop, blog, feeds, extensions } = sandbox.origins;
    const written = {
      library: { root: join(folder, "library") },
      imeshh: {
        username: "artist@example.com",
        origins: { shop, blog, feeds, extensions },
        archiveHosts: ["127.0.0.1"],
      },
      api: { port: 0 },
    };
    await writeFile(join(home, "config.jsonc"), JSON.stringify(written));
    const configAccess = createConfigAccess({ home, env: {} });
    const { config } = await configAccess.load();
    const daemon = await startDaemon({
      config,
      configAccess,
      password: "sandbox",
      follow: false,
      version: "0.0.0-test",
    });
    closing.push(() => daemon.stop());
    const port = Number(new URL(daemon.address).port);

    const naive = await startNaiveServer();
    closing.push(() => naive.close());
    const hostile = await startHostileServer("127.0.0.1");
    closing.push(() => hostile.close());
    const { publicAddress } = settings;
    const far = publicAddress === null ? null : await startHostileServer(publicAddress);
    if (far !== null) closing.push(() => far.close());
    const farOrigin = far === null ? null : `http://${publicAddress}:${far.port}`;

    const rebound = ["rebind.test", "0.0.0.0"].map((name) => `http://${name}:${port}`);
    const browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: browserArguments("MAP rebind.test 127.0.0.1", [...rebound, ...(farOrigin === null ? [] : [farOrigin])]),
    });
    closing.push(() => browser.close());
    const context = await browser.newContext();

    const scenes: SceneReport[] = [];
    const watched = watchAnswers(port);
    closing.push(() => watched.close());

    // First of all what must work, in the same browser: so the hostile pages meet a person who is signed in.
    const own = await context.newPage();
    const ownPage = await signIn({ page: own, daemon, folder });
    const before = await lookAt({ home, status: await askStatus(daemon) });
    const bases = ["127.0.0.1", "localhost", "0.0.0.0", "rebind.test", "[::1]"].map((name) => `http://${name}:${port}`);

    const control = await openPage(context, `http://127.0.0.1:${hostile.port}/`);
    const naively = await control.evaluate((bases) => attackAll(bases), [`http://localhost:${naive.port}`]);
    await control.close();

    const attackFrom = async (name: string, page: Page, targets: readonly string[]) => {
      watched.answered.splice(0);
      const results = await page.evaluate((at) => attackAll(at), targets);
      const read = results.flatMap((one) => (one.read === null ? [] : [`${one.name} at ${one.base}: ${one.read}`]));
      await closeWindows(context, [own]);
      scenes.push(summarise({ name, tried: results.length, read, answered: watched.answered }));
    };
    await attackFrom("another port", await openPage(context, `http://127.0.0.1:${hostile.port}/`), bases);
    await attackFrom("another port by name", await openPage(context, `http://localhost:${hostile.port}/`), bases);
    if (farOrigin !== null) {
      await attackFrom("a public address", await openPage(context, `${farOrigin}/`), bases);
      await context.grantPermissions(["local-network-access"], { origin: farOrigin });
      await attackFrom("a public address that was let in", await openPage(context, `${farOrigin}/`), bases);
    }
    for (const base of rebound) {
      // As after rebinding: the page came from there a moment ago, and the name now leads here.
      await context.grantPermissions(["local-network-access"], { origin: base });
      const page = await context.newPage();
      await page.route(`${base}/`, (route) => route.fulfill({ contentType: "text/html", body: hostilePage }));
      await page.goto(`${base}/`);
      await page.unroute(`${base}/`);
      await attackFrom(`after rebinding ${new URL(base).hostname}`, page, [base]);
    }
    scenes.push(
      await attackAtRandom({
        settings,
        page: await openPage(context, `http://127.0.0.1:${hostile.port}/`),
        bases,
        watched,
      }),
    );
    await closeWindows(context, [own]);

    // A server of somebody else on this host, under a path where the browser sends our cookie along.
    await (await context.newPage()).goto(`http://127.0.0.1:${hostile.port}/api/anything`);
    const cookie = hostile.cookies.find((sent) => sent.includes(`${pageCookieName(port)}=`));
    const replayed = cookie === undefined ? [] : await replay(`${daemon.address}/api/v1/status`, cookie);

    const after = await lookAt({ home, status: await askStatus(daemon) });
    const changed = [
      ...Object.keys({ ...before, ...after })
        .filter((key) => before[key] !== after[key])
        .map((key) => `${key}: ${before[key]} -> ${after[key]}`),
      ...sandbox.requests().map(({ host, path }) => `asked ${host} for ${path}`),
    ];
    return {
      attacks: naively.map(({ name }) => name),
      didNotReachNaive: naively.map(({ name }) => name).filter((name) => !naive.arrived.has(name)),
      readFromNaive: naively.filter(({ read }) => read !== null).length,
      scenes,
      ownPage,
      cookieSeenByOthers: cookie !== undefined,
      replayed,
      changed,
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

async function openPage(context: BrowserContext, url: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function closeWindows(context: BrowserContext, but: readonly Page[]): Promise<void> {
  for (const page of context.pages()) if (!but.includes(page)) await page.close();
}

function isRefusal(status: number): boolean {
  return status === 401 || status === 403 || status === 405 || status === 415;
}

/** The page itself where it was navigated to, and the script that it loads. */
function isOfLandingPage({ attack, method, path }: Answered): boolean {
  if (method !== "GET") return false;
  return path === "/open" ? attack === "new window on the landing page" : path === "/open.js";
}

function summarise(seen: { name: string; tried: number; read: string[]; answered: readonly Answered[] }): SceneReport {
  const answered = seen.answered.filter(({ path }) => path !== "/favicon.ico");
  const byStatus = Object.entries(Object.groupBy(answered, ({ status }) => status));
  return {
    name: seen.name,
    tried: seen.tried,
    arrived: new Set(answered.map(({ attack, host }) => `${attack} ${host}`)).size,
    answers: Object.fromEntries(byStatus.map(([status, list]) => [status, list?.length ?? 0])),
    served: answered.filter((one) => !isRefusal(one.status) && !isOfLandingPage(one)),
    landed: answered.filter(isOfLandingPage),
    // A page under a name that leads here can read that it is refused, which says nothing.
    read: seen.read.filter((text) => !text.includes("urn:asset-sync:refusal:host-refused")),
  };
}

async function attackAtRandom(attack: {
  settings: AttackSettings;
  page: Page;
  bases: readonly string[];
  watched: { readonly answered: Answered[] };
}): Promise<SceneReport> {
  const { settings, page, bases, watched } = attack;
  watched.answered.splice(0);
  const random = createRandom(settings.seed);
  const read: string[] = [];
  for (let at = 0; at < settings.randomFetches; at += 1) {
    const request = randomFetch({ random, bases, mark: `random-${at}` });
    const seen = await page.evaluate((one) => attackWith(one), request);
    if (seen !== null) read.push(`${JSON.stringify(request)}: ${seen}`);
  }
  return summarise({ name: "requests at random", tried: settings.randomFetches, read, answered: watched.answered });
}

/**
 * As `asset-sync open` and the console do: from a private file over the landing page into the console, which exchanges the
 * code of its address and then calls with cookie and key. The console's own scripts are left out, so that the code is ours.
 */
async function signIn(own: {
  page: Page;
  daemon: { address: string; token: string };
  folder: string;
}): Promise<Record<string, unknown>> {
  const { page, daemon, folder } = own;
  const asked = await fetch(`${daemon.address}/api/v1/page-code`, {
    method: "POST",
    headers: { authorization: `Bearer ${daemon.token}`, "content-type": "application/json" },
    body: "{}",
  });
  const { landingUrl } = (await asked.json()) as { landingUrl: string };
  await page.route("**/assets/**", (route) => route.abort());
  const file = await writePageFile({ url: landingUrl, folders: [folder] });
  await page.goto(pathToFileURL(file.path).href, { waitUntil: "commit" });
  await page.waitForURL(`${daemon.address}/#code=*`, { waitUntil: "load" });
  await file.remove();
  const usedCode = new URL(landingUrl).hash.slice("#code=".length);
  return await page.evaluate(`(async () => {
    const json = { "content-type": "application/json" };
    const code = location.hash.slice("#code=".length);
    const exchange = () => fetch("/page-session", { method: "POST", headers: json, body: JSON.stringify({ code }) });
    const exchanged = await exchange();
    const { key } = await exchanged.json();
    const keyed = { "x-asset-sync-page": key };
    const asked = async (headers) => (await fetch("/api/v1/status", { headers })).status;
    const events = await fetch("/api/v1/events", { headers: keyed });
    await events.body.cancel();
    const streamed = await new Promise((resolve) => {
      const stream = new EventSource("/api/v1/events");
      stream.onopen = () => resolve("opened");
      stream.onerror = () => resolve("refused");
    });
    const used = { method: "POST", headers: json, body: JSON.stringify({ code: ${JSON.stringify(usedCode)} }) };
    const statusOf = async (path, headers = keyed) => (await fetch(path, { headers })).status;
    return {
      console: document.title.length > 0,
      usedLandingCode: [(await fetch("/page-landing", used)).status, (await fetch("/page-session", used)).status],
      metrics: [await statusOf("/metrics"), await statusOf("/metrics", {})],
      openApi: [await statusOf("/api/v1/openapi.json"), await statusOf("/api/v1/openapi.json", {})],
      exchanged: exchanged.status,
      again: (await exchange()).status,
      withKey: await asked(keyed),
      withoutKey: await asked({}),
      wrongKey: await asked({ "x-asset-sync-page": "x".repeat(43) }),
      events: events.status,
      eventSource: streamed,
      cookieThatScriptsSee: document.cookie,
    };
  })()`);
}

/** As another user's program does that has seen the cookie: no browser, so no header tells where it comes from. */
async function replay(url: string, cookie: string): Promise<number[]> {
  const keys: Record<string, string>[] = [{}, { "x-asset-sync-page": "1" }, { "x-asset-sync-page": cookie }];
  return Promise.all(keys.map(async (headers) => (await fetch(url, { headers: { cookie, ...headers } })).status));
}

/** Without what the daemon says of its own memory, which every request changes. */
async function askStatus(daemon: { address: string; token: string }): Promise<string> {
  const headers = { authorization: `Bearer ${daemon.token}` };
  const { process: _, ...status } = (await (
    await fetch(`${daemon.address}/api/v1/status`, { headers })
  ).json()) as object & {
    process?: unknown;
  };
  return JSON.stringify(status);
}

/** The daemon's answer and every file of its home by hash, without what logging writes. */
async function lookAt(at: { home: string; status: string }): Promise<Record<string, string>> {
  const seen: Record<string, string> = { status: at.status };
  for (const entry of await readdir(at.home, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (!entry.isFile() || file.includes("/logs/")) continue;
    seen[file.slice(at.home.length + 1)] = createHash("sha256")
      .update(await readFile(file))
      .digest("hex");
  }
  return seen;
}

const report = await runAttacks(JSON.parse(process.argv[2] ?? "{}") as AttackSettings);
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
