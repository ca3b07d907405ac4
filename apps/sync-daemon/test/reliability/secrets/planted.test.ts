import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Command, startCommand } from "../../scene/command.ts";
import { makeScene, type Scene, until } from "../../scene/scene.ts";
import { record, recordSkipped } from "../record.ts";
import { createPlantedSecrets, makePassword, type PlantedSecrets } from "./planted-secrets.ts";
import { type ShopFront, startShopFront } from "./shop-front.ts";
import { look, watchDescendants } from "./watch-processes.ts";

const what = "planted password, token, links in files, outputs, API answers, processes";
const impossible = process.platform === "linux" ? null : "processes are looked at through /proc, which Linux has";
if (impossible !== null) recordSkipped("I11", what, impossible);

const startedMs = performance.now();
const counted = { injections: 0, wrong: 0, values: 0, bytes: 0, processes: 0 };
afterAll(() => {
  if (impossible !== null) return;
  const { injections, wrong, values, bytes, processes } = counted;
  const note = `${values} planted values looked for in ${(bytes / 2 ** 20).toFixed(0)} MB and ${processes} processes`;
  record({
    test: "I11",
    what,
    injections,
    wrong,
    secondSpends: null,
    seed: null,
    ms: performance.now() - startedMs,
    note,
  });
});

const username = "artist@example.com";
const vase = 132611;
const vaseZip = "/2025/06/28170130/Decor_Vase_Clay_01_Blender.zip";

interface Planting {
  readonly scene: Scene;
  readonly planted: PlantedSecrets;
  readonly front: ShopFront;
  readonly password: string;
  /** Runs a command; what it and its children say and are goes into the search. */
  start(args: string[], environment?: Record<string, string>): Command;
  run(
    args: string[],
    environment?: Record<string, string>,
  ): Promise<{ code: number | null; stdout: string; stderr: string }>;
  /** Everything that was said so far, and everything on disk: what was found where it does not belong. */
  leaks(options?: { links?: "may be in the state" }): string[];
  /** Looks through these bytes at the end as well. */
  hear(name: string, bytes: Buffer | string): void;
}

/** A sandbox whose account has a planted password, a home that keeps it in a file, and a shop front that plants the rest. */
async function plant(options: { wanted?: unknown[]; shopPassword?: string } = {}): Promise<Planting> {
  const planted = createPlantedSecrets();
  const password = makePassword();
  planted.add("password", password);
  const scene = await makeScene({
    wanted: options.wanted ?? [{ freebie: true }],
    sandbox: { accounts: [{ username, password: options.shopPassword ?? password }] },
  });
  const front = await startShopFront(scene.sandbox.origins.shop, planted);
  const heard: { name: string; bytes: Buffer }[] = [];
  const hear = (name: string, bytes: Buffer | string) => void heard.push({ name, bytes: Buffer.from(bytes) });
  const environment = { ASSET_SYNC_IMESHH_PASSWORD: "", ASSET_SYNC_LOG_LEVEL: "debug" };
  const { blog, feeds, extensions } = scene.sandbox.origins;
  await scene.writeConfig({ imeshh: { origins: { shop: front.origin, blog, feeds, extensions } } });
  await mkdir(scene.home, { recursive: true });
  await writeFile(join(scene.home, "secrets.json"), JSON.stringify({ imeshh: { password } }), { mode: 0o600 });

  const planting: Planting = {
    scene,
    planted,
    front,
    password,
    hear,
    start(args, more = {}) {
      const command = startCommand(scene, args, { ...environment, ...more });
      const watch = watchDescendants(command.process.pid ?? 0);
      const ended = command.ended.then(async (result) => {
        hear(`output of ${args.join(" ")}`, result.stdout);
        hear(`errors of ${args.join(" ")}`, result.stderr);
        const processes = await watch.stop();
        counted.processes += processes.length;
        for (const { pid, commandLine, environment: variables } of processes) {
          hear(`command line of ${pid}, ${commandLine}`, commandLine);
          hear(`environment of ${pid}, ${commandLine}`, variables);
        }
        return result;
      });
      return { ...command, ended };
    },
    run(args, more) {
      return planting.start(args, more).ended;
    },
    leaks({ links } = {}) {
      const inState = (hit: string) => links !== undefined && /state\.db(-wal)?: (signature|id) of a link$/.test(hit);
      const found = [
        ...planted
          .findBelow(scene.folder, (path) => path === join(scene.home, "secrets.json"))
          .filter((hit) => !inState(hit)),
        ...heard.flatMap(({ name, bytes }) => planted.findIn(bytes).map((hit) => `${name}: ${hit}`)),
      ];
      counted.injections += 1;
      counted.wrong += found.length === 0 ? 0 : 1;
      counted.values += planted.size;
      counted.bytes += planted.searchedBytes();
      return found;
    },
  };
  return planting;
}

/** The one place of each secret, so that a search that finds nothing at all is noticed. */
function expectInPlace({ planted, scene }: Planting): void {
  expect(planted.findIn(readFileSync(join(scene.home, "secrets.json")))).toContain("password");
}

/** What a person would send when asking for help. The log itself is searched where it lies. */
const reports = [
  ["status", "--json"],
  ["plan", "--json"],
  ["quota", "--json"],
  ["why", String(vase), "--json"],
  ["show", String(vase), "--json"],
  ["logs", "--lines", "1000"],
  ["logs", "--json", "--lines", "1000"],
];

/** One process for each report takes long; where something failed, this is the one that says why. */
const askWhy = (planting: Planting) => planting.run(["why", String(vase), "--json"]);

/** Every GET of the API, the page, and what a stranger gets; the daemon's own token is planted too. */
async function askApi(planting: Planting): Promise<void> {
  const { address, token } = JSON.parse(readFileSync(join(planting.scene.home, "api.json"), "utf8"));
  const paths = ["/", "/healthz?nonce=0123456789abcdef0123456789abcdef", "/api/v1/nothing"].concat(
    ["status", "plan", "quota", `products/${vase}`, `products/${vase}/why`, "products?query=vase"].map(
      (path) => `/api/v1/${path}`,
    ),
  );
  for (const path of paths) {
    for (const headers of [{ authorization: `Bearer ${token}` }, {}]) {
      const answer = await fetch(address + path, { headers });
      planting.hear(`answer to ${path}`, `${JSON.stringify([...answer.headers])}\n${await answer.text()}`);
    }
  }
  const stop = AbortSignal.timeout(500);
  const events = await fetch(`${address}/api/v1/events`, {
    headers: { authorization: `Bearer ${token}`, "last-event-id": "0" },
  });
  const reader = events.body?.getReader();
  stop.addEventListener("abort", () => void reader?.cancel());
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read())
    planting.hear("events", Buffer.from(part.value));
  // The token has its place too: from here on nothing but api.json may hold it.
  expect(planting.planted.findIn(Buffer.from(token))).toEqual([]);
}

describe.skipIf(impossible !== null)("planted secrets are found nowhere", { timeout: 240_000 }, () => {
  it("after a good sync, in reports and in the API", async () => {
    const planting = await plant();
    const synced = await planting.run(["sync", "--json"]);
    expect([synced.code, JSON.parse(synced.stdout).failed]).toEqual([0, []]);
    expect((await planting.scene.assets()).length).toBeGreaterThan(2);
    // A password, a token, and a signature and an id for each link.
    expect(planting.planted.size).toBeGreaterThan(6);

    const serve = planting.start(["serve"]);
    await until("the daemon", () => existsSync(join(planting.scene.home, "api.json")));
    await askApi(planting);
    for (const args of reports) await planting.run(args);
    const { token } = JSON.parse(readFileSync(join(planting.scene.home, "api.json"), "utf8"));
    planting.planted.add("token of the API", token);
    serve.process.kill("SIGTERM");
    await serve.ended;
    expect(existsSync(join(planting.scene.home, "api.json"))).toBe(false);

    expectInPlace(planting);
    expect(planting.leaks()).toEqual([]);
    expect(counted.processes).toBeGreaterThan(0);
  });

  it("after a password that the shop refuses, and echoes", async () => {
    const refused = await plant({ shopPassword: makePassword() });
    expect((await refused.run(["sync", "--json"])).code).toBe(3);
    await askWhy(refused);
    expectInPlace(refused);
    expect(refused.leaks()).toEqual([]);

    const echoed = await plant();
    echoed.front.manners = "echoes";
    expect((await echoed.run(["sync", "--json"])).code).toBe(3);
    expect(echoed.front.misbehaved).toBeGreaterThan(0);
    await askWhy(echoed);
    expectInPlace(echoed);
    expect(echoed.leaks()).toEqual([]);
  });

  it("after links that fail, that point elsewhere, and errors that echo the token", async () => {
    for (const manners of ["foreign-host", "echoes"] as const) {
      const planting = await plant({ wanted: [{ productId: vase }] });
      // A first look signs in, so that what is echoed holds the token.
      if (manners === "echoes") {
        planting.scene.fault({
          host: "shop",
          path: "/wp-json/imeshh/product-information/download-link",
          kind: "refuse",
          times: 1,
        });
        await planting.run(["sync", "--json"]);
      }
      planting.front.manners = manners;
      const failed = await planting.run(["get", String(vase), "--json"]);
      expect(failed.code).not.toBe(0);
      expect(planting.front.misbehaved).toBeGreaterThan(0);
      await askWhy(planting);
      expectInPlace(planting);
      // A link to a host that is not trusted was paid for, too: it serves once a person trusts the host.
      expect(planting.leaks(manners === "foreign-host" ? { links: "may be in the state" } : {})).toEqual([]);
    }
    for (const fault of [
      { kind: "status", status: 403, body: "<Error><Code>AccessDenied</Code></Error>" },
      { kind: "html" },
      { kind: "cut", afterBytes: 100 },
      { kind: "redirect", to: "https://cdn.example.com/elsewhere.zip" },
    ] as const) {
      const planting = await plant({ wanted: [{ productId: vase }] });
      planting.scene.fault({ host: "cdn", path: vaseZip, ...fault });
      expect((await planting.run(["sync", "--json"])).code).not.toBe(0);
      expect(planting.scene.sandbox.faults().some(({ fired }) => fired > 0)).toBe(true);
      await askWhy(planting);
      expectInPlace(planting);
      // The link may serve again without another spend: that is what it is kept for, until it is used or given up.
      expect(planting.leaks({ links: "may be in the state" })).toEqual([]);
    }
  });

  it("after a crash in mid-download, with the link in the state alone, and not there once it is used", async () => {
    const planting = await plant({ wanted: [{ productId: vase }] });
    const { scene, planted } = planting;
    const stall = scene.fault({ host: "cdn", path: vaseZip, kind: "stall", afterBytes: 2_000 });
    const reportFolder = join(scene.folder, "reports");
    await mkdir(reportFolder);
    const command = planting.start(["sync", "--json"], {
      NODE_OPTIONS: `--report-on-signal --report-signal=SIGUSR2 --report-directory=${reportFolder}`,
      ASSET_SYNC_IMESHH_PASSWORD: planting.password,
    });
    await until("the stalled download", () => scene.sandbox.faults().some(({ fired }) => fired > 0));
    // A report that Node writes when it is asked to holds the environment, unless somebody thought of it.
    command.process.kill("SIGUSR2");
    await until("a report", () =>
      readdirSync(reportFolder).some((name) => statSync(join(reportFolder, name)).size > 0),
    );
    await until("the whole report", () => {
      const [name = ""] = readdirSync(reportFolder);
      return readFileSync(join(reportFolder, name), "utf8").trimEnd().endsWith("}");
    });
    const own = look(command.process.pid ?? 0);
    expect(planted.findIn(own?.commandLine ?? Buffer.from("gone"))).toEqual([]);
    command.process.kill("SIGKILL");
    await command.ended;

    expect(planting.leaks({ links: "may be in the state" })).toEqual([]);
    const state = readdirSync(scene.home)
      .filter((name) => /^state\.db(-wal)?$/.test(name))
      .map((name) => join(scene.home, name));
    expect(state.flatMap((path) => planted.findIn(readFileSync(path)))).toContain("signature of a link");
    for (const path of [
      ...state,
      ...readdirSync(join(scene.home, "partial")).map((name) => join(scene.home, "partial", name)),
    ])
      expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);

    scene.sandbox.removeFault(stall);
    expect((await planting.run(["sync", "--json"])).code).toBe(0);
    expect(scene.spentAtShop()).toBe(1);
    await askWhy(planting);
    expectInPlace(planting);
    expect(planting.leaks()).toEqual([]);
  });
});
