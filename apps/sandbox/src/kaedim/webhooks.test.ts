import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { until } from "../../test/ask.ts";
import { order } from "../../test/kaedim.ts";
import { receiveWebhooks } from "../../test/webhook-receiver.ts";
import { type KaedimSettings, type Sandbox, startSandbox } from "../index.ts";
import { isLoopbackUrl } from "./webhooks.ts";

let sandbox: Sandbox;
let receiver: Awaited<ReturnType<typeof receiveWebhooks>>;
beforeEach(async () => {
  sandbox = await startSandbox();
  receiver = await receiveWebhooks();
  sandbox.kaedim.setHook(receiver.url);
});
afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

/** Orders, waits for the outcome and gives what the receiver got. */
async function hookOf(settings: Partial<KaedimSettings> = {}) {
  sandbox.kaedim.configure(settings);
  const requestID = await order(sandbox, sandbox.kaedim.issueJwt());
  sandbox.kaedim.finishRequest(requestID);
  await sandbox.kaedim.webhooksSettled();
  const hook = receiver.received.at(-1);
  return { requestID, hook, value: JSON.parse(hook?.body ?? "null") as Record<string, unknown> };
}

function hmac(text: string, secret = sandbox.kaedim.credentials().secret): string {
  return createHmac("sha256", secret).update(text).digest("hex");
}

function signatureIn(hook: (typeof receiver.received)[number] | undefined): { t: number; v1: string } {
  return JSON.parse(hook?.headers["kaedim-signature"] ?? "null");
}

test("the outcome is told once, when the sandbox's clock reaches it", async () => {
  const requestID = await order(sandbox, sandbox.kaedim.issueJwt());
  sandbox.advanceClock(12 * 60_000 - 5000);
  await sandbox.kaedim.webhooksSettled();
  expect(receiver.received).toEqual([]);
  sandbox.advanceClock(5000);
  // Nothing but the clock sends it.
  await until(() => receiver.received.length === 1);
  sandbox.advanceClock(60 * 60_000);
  await sandbox.kaedim.webhooksSettled();
  expect(receiver.received).toMatchObject([
    { method: "POST", url: "/kaedim/hook?path=1", headers: { "content-type": "application/json" } },
  ]);
  expect(sandbox.kaedim.lastWebhook()).toMatchObject({
    requestID,
    status: "completed",
    destination: receiver.url,
    body: receiver.received[0]?.body,
    answer: 200,
    problem: null,
  });
});

test("it comes by itself too, as time goes by", async () => {
  sandbox.kaedim.configure({ durationMs: 30 });
  await order(sandbox, sandbox.kaedim.issueJwt());
  await until(() => receiver.received.length === 1);
});

describe("the payload", () => {
  test("as the document has it: flat, with four files", async () => {
    const { requestID, value } = await hookOf();
    expect(value).toEqual({ status: "success", userID: expect.any(String), requestID, results: expect.any(Object) });
    expect(Object.keys(value.results as object)).toEqual(["obj", "fbx", "glb", "gltf"]);
  });

  test("as the document has it for a failure", async () => {
    const { requestID, value } = await hookOf({ outcome: "dismissed", dismissedReason: "Too dark" });
    expect(value).toEqual({ status: "error", requestID, message: "Asset creation failed", cause: "Too dark" });
  });

  test("as the older page has it: everything inside results, with six files", async () => {
    const { requestID, value } = await hookOf({ webhookShape: "results" });
    expect(value).toEqual({
      results: expect.objectContaining({
        status: "completed",
        requestID,
        iterationID: 0,
        isRevision: false,
        assetComplete: true,
        devID: sandbox.kaedim.credentials().devId,
      }),
    });
    const { completedModels } = value.results as { completedModels: Record<string, string> };
    expect(Object.keys(completedModels)).toEqual(["obj", "fbx", "glb", "gltf", "mtl", "usd"]);
  });

  test("a failure inside results", async () => {
    const { value } = await hookOf({ failureShape: "results", outcome: "dismissed" });
    expect(value).toMatchObject({ results: { status: "dismissed", assetComplete: false, completedModels: {} } });
  });
});

describe("the signature", () => {
  test("is over t and the raw body, with the sandbox's time in milliseconds or seconds", async () => {
    for (const [signatureTime, unitMs] of [
      ["ms", 1],
      ["s", 1000],
    ] as const) {
      sandbox.advanceClock(1e9);
      const { hook } = await hookOf({ signatureTime });
      const { t, v1 } = signatureIn(hook);
      expect(v1).toBe(hmac(`${t}${hook?.body}`));
      const nowMs = Date.parse(sandbox.state().clock.now);
      expect(Math.abs(nowMs - t * unitMs)).toBeLessThan(60_000);
    }
  });

  test("may be over the body as JSON.stringify writes it, which is not how it was sent", async () => {
    const { hook, value } = await hookOf({ signedText: "reserialised" });
    const { t, v1 } = signatureIn(hook);
    expect(v1).toBe(hmac(`${t}${JSON.stringify(value)}`));
    expect(v1).not.toBe(hmac(`${t}${hook?.body}`));
  });

  test("can be wrong, old or missing on purpose; a webhook can come again", async () => {
    const { requestID, hook } = await hookOf();
    const first = sandbox.kaedim.lastWebhook();
    await sandbox.kaedim.sendWebhook(requestID);
    expect(JSON.parse(receiver.received[1]?.body ?? "")).toMatchObject({ requestID });
    await sandbox.kaedim.sendWebhook(requestID, { secret: "another secret" });
    const forged = signatureIn(receiver.received[2]);
    expect(forged.v1).toBe(hmac(`${forged.t}${receiver.received[2]?.body}`, "another secret"));
    await sandbox.kaedim.sendWebhook(requestID, { atMs: 1000 });
    expect(signatureIn(receiver.received[3])).toMatchObject({ t: 1000 });
    await sandbox.kaedim.sendWebhook(requestID, { header: null });
    expect(receiver.received[4]?.headers).not.toHaveProperty("kaedim-signature");
    expect([first?.signature, receiver.received.length]).toEqual([hook?.headers["kaedim-signature"], 5]);
  });
});

describe("where webhooks go", () => {
  test.each(["http://192.0.2.1/hook", "https://hooks.example.com/", "http://127.0.0.1.example.com/"])(
    "%s is not called",
    async (destination) => {
      sandbox.kaedim.setHook(destination);
      await hookOf();
      expect(receiver.received).toEqual([]);
      expect(sandbox.kaedim.lastWebhook()).toMatchObject({
        destination,
        answer: null,
        problem: expect.stringContaining("loopback"),
      });
    },
  );

  test("only loopback counts as this machine", () => {
    const own = ["http://localhost:1/", "https://127.0.0.1/", "http://127.1.2.3:80/x", "http://[::1]:9/"];
    const others = [
      "http://0.0.0.0/",
      "http://10.0.0.1/",
      "http://localhost.example/",
      "file:///etc",
      "",
      "http://[::2]/",
    ];
    expect([own.map(isLoopbackUrl), others.map(isLoopbackUrl)]).toEqual([own.map(() => true), others.map(() => false)]);
  });

  test("redirects are not followed", async () => {
    const redirecting = await receiveWebhooks("redirect");
    sandbox.kaedim.setHook(redirecting.url);
    await hookOf();
    expect([redirecting.received.length, sandbox.kaedim.lastWebhook()?.answer]).toEqual([1, 307]);
    await redirecting.close();
  });

  test("a receiver that is gone is noted", async () => {
    await receiver.close();
    await hookOf();
    expect(sandbox.kaedim.lastWebhook()).toMatchObject({
      answer: null,
      problem: expect.stringContaining("ECONNREFUSED"),
    });
    receiver = await receiveWebhooks();
  });

  test("closing the sandbox ends the wait for one that never answers", async () => {
    const silent = await receiveWebhooks("never");
    sandbox.kaedim.setHook(silent.url);
    sandbox.kaedim.finishRequest(await order(sandbox, sandbox.kaedim.issueJwt()));
    await until(() => silent.received.length === 1);
    await sandbox.close();
    expect(sandbox.kaedim.lastWebhook()).toMatchObject({ answer: null, problem: expect.stringContaining("abort") });
    await silent.close();
  });

  test("without a registered hook, or switched off, nothing is sent", async () => {
    await hookOf({ sendsWebhooks: false });
    sandbox.kaedim.setHook(null);
    await hookOf({ sendsWebhooks: true });
    expect([receiver.received, sandbox.kaedim.webhooks()]).toEqual([[], []]);
    const requestID = await order(sandbox, sandbox.kaedim.issueJwt());
    await expect(sandbox.kaedim.sendWebhook(requestID)).rejects.toThrow("no iteration yet");
    sandbox.kaedim.finishRequest(requestID);
    await expect(sandbox.kaedim.sendWebhook(requestID)).rejects.toThrow("No webhook is registered");
  });
});
