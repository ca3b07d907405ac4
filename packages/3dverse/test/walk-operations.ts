import { expect } from "vitest";
import type { Threedverse } from "../src/index.ts";
import { assetEndSteps, assetSteps, folderAssetSteps } from "./asset-steps.ts";
import { folderEndSteps, folderSteps } from "./folder-steps.ts";
import type { Step, World } from "./operation-step.ts";
import { peopleEndSteps, peopleSteps } from "./people-steps.ts";
import type { SentRequest } from "./relay.ts";
import { sceneEndSteps, sceneSteps } from "./scene-steps.ts";

/** Every operation in an order in which a service that keeps what it is told can answer all of them. */
export const steps: readonly Step[] = [
  ...peopleSteps,
  ...folderSteps,
  ...folderAssetSteps,
  ...assetSteps,
  ...sceneSteps,
  ...sceneEndSteps,
  ...assetEndSteps,
  ...folderEndSteps,
  ...peopleEndSteps,
];

/** Does one step and compares what was sent and what came of it. */
export async function doStep(
  step: Step,
  facts: { client: Threedverse; world: World; sent: readonly SentRequest[]; apiKey: string },
): Promise<void> {
  const { client, world, sent, apiKey } = facts;
  const before = sent.length;
  const expected = step.sent(world);
  const caller = step.as === "guestToken" ? client.withCredential({ guestToken: world.guest_token }) : client;
  const result = (await step.call(caller, world)) as never;
  const requests = sent.slice(before);
  expect(requests, "one operation is one request").toHaveLength(1);
  const [request] = requests as [SentRequest];
  const { method, path, query, headers, body } = request;
  expect({ method, path, query }).toEqual({
    method: expected.method,
    path: expected.path,
    query: expected.query ?? [],
  });
  const credentials = { api_key: headers.api_key, user_token: headers.user_token, guest_token: headers.guest_token };
  expect(credentials).toEqual(
    step.as === "guestToken"
      ? { api_key: undefined, user_token: undefined, guest_token: world.guest_token }
      : { api_key: apiKey, user_token: undefined, guest_token: undefined },
  );
  expect(headers.accept).toBe(expected.accept ?? "application/json");
  expect(headers["user-agent"]).toBe("@org/3dverse");
  if (expected.json !== undefined) {
    expect(headers["content-type"]).toBe("application/json");
    expect(JSON.parse(body.toString())).toEqual(expected.json);
  } else if (expected.content !== undefined) {
    expect(headers["content-type"]).toMatch(expected.content.type);
    expect(body.toString("latin1")).toContain(expected.content.holds);
    expect(headers["content-length"]).toBe(String(body.length));
  } else {
    expect(headers["content-type"]).toBeUndefined();
    expect(body).toHaveLength(0);
  }
  step.check(result, world);
  step.learn?.(result, world);
}
