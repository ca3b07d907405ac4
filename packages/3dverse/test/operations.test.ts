import { readFile } from "node:fs/promises";
import { type Sandbox, startSandbox } from "@org/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create3dverse, type Threedverse } from "../src/index.ts";
import { operationNames } from "./operation-names.ts";
import { inventedWorld } from "./operation-step.ts";
import { openRelay, type Relay } from "./relay.ts";
import { doStep, steps } from "./walk-operations.ts";

const apiKey = "api-key-of-the-table";
const http = { proxy: "none" as const };

it("has a method and a row for every operation of the document, and no row for another", () => {
  const client = create3dverse({ credential: { apiKey } }) as unknown as Record<string, unknown>;
  expect(operationNames).toHaveLength(80);
  for (const name of operationNames) expect(client[name], name).toBeTypeOf("function");
  expect(new Set(steps.map((step) => step.operation))).toEqual(new Set(operationNames));
});

it("tells of every operation in the README, once in the tables and once on the way over", async () => {
  const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");
  for (const name of operationNames) {
    expect(readme, name).toMatch(new RegExp(`^\\| \`${name}\` \\|`, "m"));
    expect(readme, name).toMatch(new RegExp(`^\\| \`${name}\\(`, "m"));
  }
});

describe("every operation, with prepared answers", () => {
  let relay: Relay;
  let client: Threedverse;
  const world = inventedWorld();
  beforeAll(async () => {
    relay = await openRelay();
    client = create3dverse({ credential: { apiKey }, baseUrl: relay.baseUrl, http });
  });
  afterAll(() => relay[Symbol.asyncDispose]());

  it.each(steps.map((step, index) => [step.operation, index] as const))("%s (%i)", async (_, index) => {
    const step = steps[index] as (typeof steps)[number];
    relay.answerNext(step.answer(world));
    await doStep(step, { client, world, sent: relay.sent, apiKey });
  });
});

describe("every operation, against the sandbox", () => {
  let sandbox: Sandbox;
  let relay: Relay;
  let client: Threedverse;
  const world = inventedWorld();
  const key = "3dverse-key-of-the-table";
  beforeAll(async () => {
    sandbox = await startSandbox({ threeDVerse: { apiKey: key } });
    world.texture_id = sandbox.threeDVerse.addAsset({ type: "texture", name: "Sky" });
    relay = await openRelay(sandbox.origins["3dverse"]);
    client = create3dverse({ credential: { apiKey: key }, baseUrl: relay.baseUrl, http });
  });
  afterAll(async () => {
    await relay[Symbol.asyncDispose]();
    await sandbox.close();
  });

  it.each(steps.map((step, index) => [step.operation, index] as const))("%s (%i)", async (_, index) => {
    const step = steps[index] as (typeof steps)[number];
    step.arrange?.(sandbox, world);
    sandbox.clearRequests();
    const { method, path, query = [] } = step.sent(world);
    await doStep(step, { client, world, sent: relay.sent, apiKey: key });
    const [entry, ...more] = sandbox.requests({ host: "3dverse" });
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ method, path: `/app/v1${path}`, refusal: null, leak: null });
    expect(Object.entries(entry?.query ?? {}).map(([name, value]) => `${name}=${value}`)).toEqual(
      expect.arrayContaining(query.filter((one) => !one.startsWith("properties[]"))),
    );
    expect(entry?.status).toBeLessThan(300);
  });
});
