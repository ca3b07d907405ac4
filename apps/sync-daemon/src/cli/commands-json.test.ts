import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiInMemory, startApiInMemory } from "../api/__fixtures__/api-in-memory.ts";
import { Failure } from "../domain/failure.ts";
import { runCommand } from "./__fixtures__/run-command.ts";
import { runInProcess } from "./__fixtures__/run-in-process.ts";
import { commands } from "./commands.ts";

let daemon: ApiInMemory;
beforeAll(async () => {
  daemon = await startApiInMemory();
});
beforeEach(() => {
  daemon.operations.asked.splice(0);
});
afterAll(async () => {
  await daemon.close();
});

const run = (...args: string[]) => runInProcess([...args, "--home", daemon.folder]);

describe("JSON for programs", () => {
  // In processes of their own: nothing may get onto standard output past the command either.
  beforeEach(async () => {
    await daemon.operations.resume({});
    daemon.operations.asked.splice(0);
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
    [["verify", "132602"], 0, (answer) => answer, { assets: 1, problems: [], damaged: [] }],
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
    const result = await runCommand([...args, "--json", "--home", daemon.folder]);
    expect([result.status, result.stderr]).toEqual([status, ""]);
    expect(read(JSON.parse(result.stdout))).toEqual(expected);
  });

  it("prints errors as a document too, with the same exit status", async () => {
    daemon.operations.failNext("sync", new Failure("sign-in-failed", "The shop refuses the password."));
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
    daemon.operations.failNext("plan", new Failure(code, "This happened"));
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
    [["search", "--type", "chair"], '"--type" is one of model, material, geonode, fx, but it is "chair".'],
    [["search", "--sort", "size"], '"--sort" is one of relevance, title, newest, polygons, but it is "size".'],
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
    expect(daemon.operations.asked).toEqual([]);
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
