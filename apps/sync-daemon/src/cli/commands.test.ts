import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createOperationsInMemory, type OperationsInMemory } from "../api/__fixtures__/operations-in-memory.ts";
import { createEventLog, type EventLog } from "../api/event-stream.ts";
import { type RunningApi, startApi } from "../api/listen.ts";
import { Failure } from "../domain/failure.ts";
import { type CommandResult, runCommand, startCommand } from "./__fixtures__/run-command.ts";
import type { Terminal } from "./command.ts";
import { commands } from "./commands.ts";
import { formatTime } from "./format.ts";
import { runCommandLine } from "./run.ts";

const token = "fedcba9876543210".repeat(4);
let home: string;
let api: RunningApi;
let operations: OperationsInMemory;
let events: EventLog;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), "asset-sync-cli-"));
  const inMemory = createOperationsInMemory();
  operations = inMemory;
  events = createEventLog({ now: Date.now });
  api = await startApi({
    host: "127.0.0.1",
    port: 0,
    operations: inMemory,
    events,
    token,
    apiFile: path.join(home, "api.json"),
    version: "0.0.0",
  });
});
beforeEach(() => {
  operations.asked.splice(0);
});
afterAll(async () => {
  await api.close();
  await rm(home, { recursive: true, force: true });
});

/** As a person types it, but in this process: a process of its own for each would take minutes. */
async function run(...args: string[]): Promise<CommandResult> {
  const stdin = new PassThrough();
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const terminal = { stdin, stdout, stderr } as unknown as Terminal;
  const status = await runCommandLine({
    args: [...args, "--home", home],
    env: {},
    terminal,
    signal: new AbortController().signal,
  });
  return { status, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
}

describe("text for people", () => {
  it.each<[string[], number, string, unknown[]]>([
    [
      ["status"],
      0,
      `asset-sync 0.0.0 waits for news (process ${process.pid}, since ${formatTime("2026-07-01T08:00:00Z")}).
The shop offers 2 products; 1 of its records cannot be read.
1 asset in the libraries:
  /assets/iMeshh-Models: 1 asset
  /assets/iMeshh-Effects: The library folder /assets/iMeshh-Effects is missing.
Last sync ${formatTime("2026-07-01T08:00:01Z")}: 1 installed, 0 not done, 1 download spent.
Next look for news ${formatTime("2026-07-01T08:15:00Z")}.
  Table: 5.0 MB of 20.0 MB
Please look at:
  Only 1 of 4 downloads of "Lamp" is left.
`,
      ["status", {}],
    ],
    [
      ["sync", "--accept-feed"],
      4,
      `Installed 1 product, 1 download spent, in 12 s. The shop offers 2 products.
1 record of the shop's list cannot be read and is left out.
Not done:
  8: Only 1 of 4 downloads of "Lamp" is left.
\`asset-sync why ID\` says more about a product.
`,
      ["sync", { acceptFeed: true }],
    ],
    [
      ["plan"],
      0,
      `        Number  Product  Costs               Size  Because
fetch        7  Table    1 download  size unknown  A rule wants it; costs 1 download.
update       9  Shelf    free              260 MB  Its zip is kept.

Not now:
  8 Lamp: Only 1 of 4 downloads is left.

No longer in the shop, your copies stay:
  Old Sofa in iMeshh-Models/Furniture/Sofas/old_sofa

1 product is in the library and current.
A sync would fetch 2 products (260 MB and 1 zip of unknown size) and spend 1 download. 120.0 GB of disk are free.
`,
      ["plan", {}],
    ],
    [
      ["search", "oak", "chair", "--limit", "1"],
      0,
      `Number  Product              Kind   Category
132602  Oak Chair\ufffd[31m & Co  model  Furniture / Chairs  free  installed

2 products found. The first 1 are shown; --limit shows more.
`,
      ["search", { text: "oak chair", limit: 1, offset: 0 }],
    ],
    [
      ["search", "nothing"],
      0,
      "The catalog has nothing like that. `asset-sync sync` brings the newest catalog.\n",
      ["search", { text: "nothing", limit: 20, offset: 0 }],
    ],
    [
      ["show", "oak-chair"],
      0,
      `Oak Chair\ufffd[31m & Co (free)
  Number     132602
  Short name oak-chair
  Kind       model
  Category   Furniture / Chairs
  Blender    Blender 4.2
  Licence    Royalty free
  Polygons   12,345
  Dimensions 50 x 50 x 90 cm
  Tags       oak, seat
  Page       https://shop.example.com/oak-chair
  Downloads  2 of 4 left, 1 in doubt
  Zips
    oak_chair_Blender.zip  (--download d-1)  taken if you do not say
    oak_chair_8k.zip  (--download d-2)
  Installed in iMeshh-Models/Furniture/Chairs/oak_chair, ${formatTime("2026-05-02T08:00:00Z")}
`,
      ["show", "oak-chair"],
    ],
    [
      ["get", "132602", "--spend-last", "--download", "d-2"],
      0,
      "In the library: 132602. Installed.\n1 download spent.\n",
      ["get", { products: [132602], downloadId: "d-2", spendLast: true }],
    ],
    [
      ["get", "oak-chair", "8"],
      4,
      "In the library: oak-chair. Installed.\nNot done: 8. Only 1 of 4 downloads is left.\n1 download spent.\n",
      ["get", { products: ["oak-chair", 8], spendLast: false }],
    ],
    [
      ["quota"],
      0,
      `Number  Product    Zip  Spent  In doubt    Left
132602  Oak Chair  d-1      1         1  2 of 4
     7             t        4         0  0 of 4

In doubt: asked for without an answer. It counts as spent until the shop says otherwise.
`,
      ["quota", {}],
    ],
    [["why", "132602"], 0, "Oak Chair (132602) is in the library.\n  A rule wants it.\n", ["why", "132602"]],
    [
      ["why", "999"],
      0,
      "Product 999 is not in the shop's catalog.\n  The catalog has no such product.\n",
      ["why", "999"],
    ],
    [
      ["verify"],
      1,
      `Table (7) in iMeshh-Models/table: 1 file missing, 1 changed.
  table.blend
  wood.png
  \`asset-sync repair 7\` mends it at no cost.
2 assets of 3 are whole.
`,
      ["verify", { products: [] }],
    ],
    [["repair", "7"], 5, "Mended 7: Whole again.\nNot done 9: No room for Shelf.\n", ["repair", { products: [7] }]],
    [["pause"], 0, "Paused until `asset-sync resume`.\n", ["pause", { untilMs: null }]],
    [["resume"], 0, "No longer paused.\n", ["resume", {}]],
  ])("%j", async (args, status, stdout, asked) => {
    const result = await run(...args);
    expect(result).toEqual({ status, stdout, stderr: "" });
    expect(operations.asked).toEqual([asked]);
  });

  it("shows a product's quota by its short name", async () => {
    const { stdout, status } = await run("quota", "oak-chair");
    expect(status).toBe(0);
    expect(stdout).toContain("132602");
    expect(stdout).not.toContain("     7 ");
  });

  it("pauses for a while", async () => {
    const before = Date.now();
    const { stdout, status } = await run("pause", "--for", "1h30m");
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^Paused until .*; `asset-sync resume` ends it earlier\.\n$/),
    ]);
    const [[, request] = []] = operations.asked as [string, { untilMs: number }][];
    expect(request?.untilMs).toBeGreaterThanOrEqual(before + 5_400_000);
    expect(request?.untilMs).toBeLessThanOrEqual(Date.now() + 5_400_000);
  });
});

describe("JSON for programs", () => {
  // In processes of their own: nothing may get onto standard output past the command either.
  beforeEach(async () => {
    await operations.resume();
    operations.asked.splice(0);
  });

  it.each<[string[], number, (answer: Record<string, never>) => unknown, unknown]>([
    [["status"], 0, (answer) => [answer.running, answer.apiVersion, answer.state], [true, 1, "idle"]],
    [
      ["sync"],
      4,
      (answer) => Object.keys(answer),
      ["catalogRevision", "products", "skipped", "planned", "committed", "failed", "spent", "durationMs"],
    ],
    [
      ["plan"],
      0,
      (answer) => answer.price,
      { downloads: 1, knownBytes: 260_000_000, unknownSizes: 1, freeBytes: 120_000_000_000 },
    ],
    [["search"], 0, (answer) => answer.total, 2],
    [["show", "132602"], 0, (answer) => answer.slug, "oak-chair"],
    [
      ["get", "132602"],
      0,
      (answer) => answer.products,
      [
        {
          product: 132602,
          productId: 132602,
          state: "installed",
          folder: "iMeshh-Models/Furniture/Chairs/oak_chair",
          spent: 1,
          code: null,
          message: "Installed.",
        },
      ],
    ],
    [
      ["quota", "7"],
      0,
      (answer) => answer,
      { products: [{ productId: 7, downloadId: "t", limit: 4, spent: 4, inDoubt: 0, left: 0 }] },
    ],
    [
      ["why", "132602"],
      0,
      (answer) => answer,
      {
        productId: 132602,
        title: "Oak Chair",
        state: "installed",
        reasons: [{ code: "installed", message: "A rule wants it." }],
      },
    ],
    [["verify", "132602"], 0, (answer) => answer, { assets: 1, damaged: [] }],
    [["repair"], 5, (answer) => Object.keys(answer), ["repaired", "failed"]],
    [["pause"], 0, (answer) => answer.state, "paused"],
    [["resume"], 0, (answer) => answer.state, "idle"],
    [["logs"], 0, (answer) => answer.lines, []],
    [
      ["help"],
      0,
      (answer) => (answer.commands as unknown as { name: string }[]).map(({ name }) => name),
      commands.map(({ name }) => name),
    ],
    [["help", "get"], 0, (answer) => answer.name, "get"],
    [["--version"], 0, (answer) => answer, { version: "0.0.0" }],
  ])("%j prints one document and nothing else", async (args, status, read, expected) => {
    const result = await runCommand([...args, "--json", "--home", home]);
    expect([result.status, result.stderr]).toEqual([status, ""]);
    expect(read(JSON.parse(result.stdout))).toEqual(expected);
  });

  it("prints errors as a document too, with the same exit status", async () => {
    operations.failNext("sync", new Failure("sign-in-failed", "The shop refuses the password."));
    const result = await run("sync", "--json");
    const message =
      "The shop refuses the password. Check user name and password, then run `asset-sync init`; it is not tried again until then.";
    expect(result.status).toBe(3);
    expect(JSON.parse(result.stdout)).toEqual({ error: { code: "sign-in-failed", message } });
    expect(result.stderr).toBe(`${message}\n`);
  });
});

describe("errors", () => {
  it.each([
    ["provider-unreachable", 6],
    ["quota-exhausted", 4],
    ["disk-full", 5],
    ["feed-shrunken", 1],
    ["unexpected", 1],
  ] as const)("%s ends with %i and says what to do", async (code, status) => {
    operations.failNext("plan", new Failure(code, "This happened"));
    const result = await run("plan");
    expect([result.status, result.stdout]).toEqual([status, ""]);
    expect(result.stderr).toMatch(/^This happened\. .+\.\n$/);
  });

  it.each<[string[], string]>([
    [["serch", "chair"], 'There is no command "serch". Did you mean "search"?'],
    [["xyzzy"], 'There is no command "xyzzy". `asset-sync help` lists them all.'],
    [["sync", "--acept-feed"], 'There is no option "--acept-feed" here. Did you mean "--accept-feed"?'],
    [["sync", "now"], '"sync" does not know what to do with "now": `asset-sync sync`.'],
    [["get"], '"get" needs more: `asset-sync get ID…`, for example `asset-sync get 132602`.'],
    [["show"], '"show" needs more: `asset-sync show ID`, for example `asset-sync show 132602`.'],
    [["get", "1", "2", "--download", "x"], '"--download" names a zip of one product; give one product with it.'],
    [["get", "1", "--download="], '"--download" needs a value: --download ID.'],
    [["get", "1", "--download"], '"--download" needs a value: --download ID.'],
    [["get", "1", "--download", "--spend-last"], '"--download" needs a value: --download ID.'],
    [["get", "1", "--download=a", "--download=b"], '"--download" is given twice.'],
    [["sync", "--accept-feed=yes"], '"--accept-feed" takes no value.'],
    [["search", "x", "--limit", "many"], '"--limit" needs a whole number from 1 to 10000, but it is "many".'],
    [["pause", "--for", "soon"], '"--for" needs a time such as 30m, 1h or 2d, but it is "soon".'],
    [["pause", "--for", "1h", "--until", "tomorrow"], 'Give "--for" or "--until", not both.'],
    [["pause", "--until", "2020-01-01"], '"--until 2020-01-01" is already past.'],
    [
      ["logs", "--follow", "--json"],
      '"--follow" never ends, so it cannot print one JSON document; leave one of the two out.',
    ],
    [["help", "serch"], 'There is no command "serch". Did you mean "search"?'],
  ])("%j is told with exit status 2 and nothing is asked", async (args, message) => {
    const result = await run(...args);
    expect([result.status, result.stderr]).toEqual([2, `${message}\n`]);
    expect(operations.asked).toEqual([]);
  });

  it("an unknown product is no defect", async () => {
    const result = await run("show", "no-such");
    expect(result).toEqual({
      status: 1,
      stdout: "",
      stderr: 'The shop\'s catalog has no product "no-such". Look it up with `asset-sync search`.\n',
    });
  });
});

describe("while waiting", () => {
  it("prints a line for each thing that began, ended or failed, and none per tick", async () => {
    const hold = Promise.withResolvers<void>();
    operations.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", home]);
    await expect.poll(() => operations.asked.length, { timeout: 10_000 }).toBe(1);
    events.publish({ type: "catalog-replaced", catalogRevision: "r", products: 22, skipped: 0 });
    events.publish({ type: "plan-made", downloads: 2, deferred: 0 });
    events.publish({ type: "download-started", productId: 1, title: "Oak\u001b[2J", resumed: false });
    for (let bytes = 0; bytes < 50; bytes += 1)
      events.publish({
        type: "download-progressed",
        productId: 1,
        title: "Oak",
        bytes,
        totalBytes: 50,
        bytesPerSecond: 1,
      });
    events.publish({ type: "download-fetched", productId: 1, title: "Oak", bytes: 12_300_000 });
    events.publish({ type: "asset-committed", productId: 1, title: "Oak", assetType: "material", folder: "Wood/Oak" });
    events.publish({
      type: "download-failed",
      productId: 2,
      title: "Lamp",
      code: "link-expired",
      message: "The link no longer works.",
    });
    hold.resolve();
    const { stdout, stderr, status } = await command.result;
    expect(stderr).toBe(
      `News from the shop: 22 products.
2 products to fetch.
Downloading Oak\ufffd[2J.
Downloaded Oak (12.3 MB).
Installed Oak in iMeshh-Materials/Wood/Oak.
Not done: Lamp. The link no longer works.
`,
    );
    expect([status, stdout.split("\n").length]).toEqual([4, 6]);
  });

  it("ends when the daemon does", async () => {
    const second = await mkdtemp(path.join(tmpdir(), "asset-sync-cli-"));
    const inMemory = createOperationsInMemory();
    const other = await startApi({
      host: "127.0.0.1",
      port: 0,
      operations: inMemory,
      events,
      token,
      apiFile: path.join(second, "api.json"),
      version: "0.0.0",
    });
    const hold = Promise.withResolvers<void>();
    inMemory.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", second]);
    await expect.poll(() => inMemory.asked.length, { timeout: 10_000 }).toBe(1);
    await other.close();
    const result = await command.result;
    hold.resolve();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("asset-sync ended before it answered");
    await rm(second, { recursive: true });
  });

  it("Ctrl-C lets go; the daemon goes on", async () => {
    const hold = Promise.withResolvers<void>();
    operations.holdNext("sync", hold.promise);
    const command = startCommand(["sync", "--home", home]);
    await expect.poll(() => operations.asked.length, { timeout: 10_000 }).toBe(1);
    command.kill("SIGINT");
    const result = await command.result;
    hold.resolve();
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("Stopped before it was done.");
    expect((await run("status")).status).toBe(0);
  });
});

describe("a stranger on the port", () => {
  let stranger: Server;
  let heard: string[];
  let strangersHome: string;
  beforeEach(async () => {
    heard = [];
    stranger = createServer((request, response) => {
      heard.push(`${request.url} ${JSON.stringify(request.headers)}`);
      response
        .setHeader("content-type", "application/json")
        .end(JSON.stringify({ status: "ok", version: "0.0.0", apiVersion: 1, proof: "00".repeat(32) }));
    });
    await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
    strangersHome = await mkdtemp(path.join(tmpdir(), "asset-sync-cli-"));
    const { port } = stranger.address() as AddressInfo;
    const file = {
      address: `http://127.0.0.1:${port}`,
      token,
      pid: process.pid,
      version: "0.0.0",
      apiVersion: 1,
      startedAt: "",
    };
    await writeFile(path.join(strangersHome, "api.json"), JSON.stringify(file));
  });
  afterEach(async () => {
    await new Promise((resolve) => stranger.close(resolve));
    await rm(strangersHome, { recursive: true });
  });

  it("is never given the token", async () => {
    const result = await runCommand(["status", "--home", strangersHome]);
    // It looks as if no daemon ran, and this home has no configuration to start one with.
    expect([result.status, result.stderr]).toEqual([2, expect.stringContaining("run `asset-sync init` first")]);
    expect(heard).toHaveLength(1);
    expect(heard[0]).toMatch(/^\/healthz\?nonce=/);
    expect(heard.join()).not.toContain(token);
    expect(heard.join().toLowerCase()).not.toContain("authorization");
  });

  it("elsewhere than on this machine is not even asked", async () => {
    const file = {
      address: "http://192.0.2.1:80",
      token,
      pid: process.pid,
      version: "0.0.0",
      apiVersion: 1,
      startedAt: "",
    };
    await writeFile(path.join(strangersHome, "api.json"), JSON.stringify(file));
    expect((await runCommand(["status", "--home", strangersHome])).status).toBe(2);
  });
});

it("prints the same from a process of its own", async () => {
  expect(await runCommand(["quota", "7", "--home", home])).toEqual(await run("quota", "7"));
  expect(await runCommand(["serch"])).toEqual(await run("serch"));
});

it("every command has help with an example that parses", async () => {
  for (const command of commands) {
    const result = await run(command.name, "--help");
    expect([result.status, result.stderr]).toEqual([0, ""]);
    expect(result.stdout).toContain(`Example: ${command.example}`);
    expect(command.example).toMatch(new RegExp(`^asset-sync ${command.name}\\b`));
  }
});
