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
