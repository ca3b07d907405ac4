// What the API may do besides answering: the client against the sandbox with its settings and faults turned.

import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failureOf } from "@org/http-core/testing";
import { describe, expect, it } from "vitest";
import { type ConfirmedWebhook, createWebhookHandler, spendOutcome } from "../src/index.ts";
import { type Account, png, withAccount } from "./account.ts";

const image = { imageUrls: ["https://example.com/image.png"], loq: "standard" } as const;
const processPath = "/api/v1/process";
const sentPaths = ({ sandbox }: Account) =>
  sandbox.requests({ host: "kaedim" }).map(({ path }) => path.split("/").at(-1));

describe("signing in", () => {
  it.each([
    ["bearer", ["refreshJWT", "fetchProjects", "fetchProjects"]],
    ["raw", ["refreshJWT", "fetchProjects", "fetchProjects", "fetchProjects"]],
  ] as const)("finds the form that is understood: %s", async (authorization, paths) => {
    await withAccount({ authorization }, async (account) => {
      await account.kaedim.fetchProjects();
      await account.kaedim.fetchProjects();
      expect(sentPaths(account)).toEqual(paths);
    });
  });

  it("goes on after the twelve hours, and after another program's refresh, with one refresh each", async () => {
    await withAccount({}, async (account) => {
      const { kaedim, sandbox } = account;
      await kaedim.fetchProjects();
      sandbox.advanceClock(12 * 3_600_000);
      await kaedim.fetchProjects();
      sandbox.kaedim.issueJwt();
      await kaedim.fetchProjects();
      expect(sentPaths(account).filter((path) => path === "refreshJWT")).toHaveLength(3);
    });
  });

  it("is shared by clients with one store, however they take turns", async () => {
    await withAccount({}, async (account) => {
      const clients = [account.kaedim, account.createClient(), account.createClient()];
      for (const kaedim of clients) await kaedim.fetchProjects();
      account.sandbox.kaedim.expireJwt();
      for (const kaedim of clients) await kaedim.fetchProjects();
      expect(sentPaths(account).filter((path) => path === "refreshJWT")).toHaveLength(2);
    });
  });

  it("ends with what to do where a key is wrong", async () => {
    await withAccount({ client: { refreshToken: "regenerated-by-a-copy", tokenStore: undefined } }, async (account) => {
      const error = await failureOf(account.kaedim.process(image));
      expect(error).toMatchObject({ code: "sign-in-failed", status: 400 });
      expect(error.message).toContain("Copy");
      expect(spendOutcome(error)).toBe("not-spent");
      await failureOf(account.kaedim.process(image));
      expect(sentPaths(account)).toEqual(["refreshJWT"]);
    });
  });
});

describe("a process whose answer is lost", () => {
  it.each([
    ["the connection breaks", { kind: "refuse", afterHandling: true }],
    ["half an answer comes", { kind: "cut", afterBytes: 20 }],
    ["a page comes", { kind: "html", afterHandling: true }],
    ["503 comes", { kind: "status", status: 503, afterHandling: true }],
    ["nothing comes", { kind: "stall", afterBytes: 0 }],
    ["it is sent on elsewhere", { kind: "redirect", to: "http://127.0.0.1:9/", status: 307, afterHandling: true }],
  ] as const)("is paid for once and found again: %s", async (_what, fault) => {
    const http = { retry: { baseDelayMs: 0 }, proxy: "none", timeouts: { stallMs: 300, responseMs: 300 } } as const;
    await withAccount({ client: { http } }, async ({ kaedim, sandbox }) => {
      await kaedim.fetchProjects();
      const sentAt = new Date();
      sandbox.addFault({ host: "kaedim", path: processPath, times: 1, ...fault });
      const error = await failureOf(kaedim.process({ ...image, polycount: 4711 }));
      expect(spendOutcome(error)).toBe("unknown");
      expect(sandbox.kaedim.credits()).toBe(99);
      expect(sandbox.requests({ path: processPath })).toHaveLength(1);
      const lost = await kaedim.findLostRequest({ sentAt, polycount: 4711, loq: "standard" });
      expect(lost).toMatchObject({
        outcome: "found",
        request: { requestId: sandbox.kaedim.requests()[0]?.requestID },
      });
    });
  });

  it("is not there where it never arrived", async () => {
    await withAccount({}, async ({ kaedim, sandbox }) => {
      sandbox.kaedim.addRequest({ createdAt: new Date(Date.now() - 86_400_000).toISOString() });
      await kaedim.fetchProjects();
      const sentAt = new Date();
      sandbox.addFault({ host: "kaedim", path: processPath, kind: "status", status: 502, times: 1 });
      expect(spendOutcome(await failureOf(kaedim.process(image)))).toBe("unknown");
      expect(await kaedim.findLostRequest({ sentAt })).toEqual({ outcome: "none", candidates: [] });
    });
  });
});

describe("refusals of process", () => {
  it.each([
    ["no credits", { credits: 0 }, image, "quota-exhausted"],
    ["no webhook yet", { webhookRequired: true }, image, "request-refused"],
    ["an unknown project", {}, { ...image, projectId: "none" }, "request-refused"],
    ["another part name", { imagePartName: "image-N" }, { images: [png], loq: "high" }, "request-refused"],
    ["5 MB for all", { maxRequestBytes: 200 }, { images: [png, png], loq: "high" }, "request-refused"],
  ] as const)("cost nothing and say why: %s", async (_what, settings, options, code) => {
    await withAccount({ ...settings, imageUrlForms: ["json-body"] }, async ({ kaedim, sandbox }) => {
      const before = sandbox.kaedim.credits();
      const error = await failureOf(kaedim.process(options as typeof image));
      expect(error).toMatchObject({ code, status: 400 });
      expect(spendOutcome(error)).toBe("not-spent");
      expect(sandbox.kaedim.credits()).toBe(before);
    });
  });

  it("of a part name are over once the right one is set", async () => {
    const imagePartName = (index: number) => `image-${index}`;
    await withAccount({ imagePartName: "image-N", client: { imagePartName } }, async ({ kaedim, sandbox }) => {
      await kaedim.process({ images: [png, png], loq: "high" });
      const partNames = sandbox.kaedim.requests()[0]?.order.images.map(({ partName }) => partName);
      expect(partNames).toEqual(["image-0", "image-1"]);
    });
  });
});

describe("dates", () => {
  const createdAts = ["2022-01-31T23:59:59Z", "2022-02-01T00:00:00Z", "2022-02-14T23:00:00Z", "2022-02-15T00:00:01Z"];
  it.each([
    ["MM-DD-YYYY", "MM-DD-YYYY", "refuse"],
    ["YYYY-MM-DD", "YYYY-MM-DD", "refuse"],
    // The wrong format, which the server ignores: the second filter saves it.
    ["MM-DD-YYYY", "YYYY-MM-DD", "ignore"],
  ] as const)("sent as %s to a server of %s find the same", async (dateFormat, serverFormat, otherDates) => {
    await withAccount({ dateFormat: serverFormat, otherDates, client: { dateFormat } }, async ({ kaedim, sandbox }) => {
      const ids = createdAts.map((createdAt) => sandbox.kaedim.addRequest({ createdAt }));
      const { requests } = await kaedim.fetchAll({
        start: new Date("2022-02-01T00:00:00Z"),
        end: new Date("2022-02-14T23:59:59Z"),
      });
      expect(requests.map(({ requestId }) => requestId).sort()).toEqual(ids.slice(1, 3).sort());
    });
  });

  it("that the server refuses end in an error that says so", async () => {
    await withAccount({ dateFormat: "YYYY-MM-DD" }, async ({ kaedim }) => {
      const error = await failureOf(kaedim.fetchAll({ start: new Date() }));
      expect(error).toMatchObject({ code: "request-refused" });
      expect(error.message).toContain("YYYY-MM-DD");
    });
  });
});

describe("from images to a model", () => {
  const quick = { firstDelayMs: 0, intervalMs: 20, deadlineMs: 20_000 };

  it.each(["completed", "approved", "uploaded"])("waits until it is %s", async (outcome) => {
    await withAccount({ outcome, startAfterMs: 40, durationMs: 120 }, async ({ kaedim }) => {
      const { requestId } = await kaedim.process(image);
      const statuses: (string | null)[] = [];
      const finished = await kaedim.waitForRequest({
        requestId,
        ...quick,
        onProgress: ({ state }) => void statuses.push(state.status),
      });
      expect(finished.iteration.status).toBe(outcome);
      expect(Object.keys(finished.results)).toEqual(["obj", "fbx", "glb", "gltf", "mtl"]);
      expect(statuses.at(-1)).toBe(outcome);
    });
  });

  it.each([
    ["null", "null"],
    ["empty", "missing"],
    ["empty", "empty"],
  ] as const)("waits while iterations are %s and results %s", async (pendingIterations, pendingResults) => {
    const settings = { pendingIterations, pendingResults, startAfterMs: 40, durationMs: 120 };
    await withAccount(settings, async ({ kaedim }) => {
      const { requestId } = await kaedim.process(image);
      const states: string[] = [];
      await kaedim.waitForRequest({ requestId, ...quick, onProgress: ({ state }) => void states.push(state.state) });
      expect(states[0]).toBe("running");
      expect(states.at(-1)).toBe("done");
    });
  });

  it.each(["dismissed", "cancelled"])("ends with the reason where it is %s", async (outcome) => {
    await withAccount({ outcome, startAfterMs: 0, durationMs: 0 }, async ({ kaedim }) => {
      const { requestId } = await kaedim.process(image);
      const error = await failureOf(kaedim.waitForRequest({ requestId, ...quick }));
      expect(error).toMatchObject({ code: "generation-failed", requestId });
      expect(error.message).toContain("not visible enough");
    });
  });

  it("ends at the deadline where the status is a word nobody knows", async () => {
    await withAccount({ outcome: "shelved", startAfterMs: 0, durationMs: 0 }, async ({ kaedim }) => {
      const { requestId } = await kaedim.process(image);
      const error = await failureOf(kaedim.waitForRequest({ requestId, ...quick, deadlineMs: 100 }));
      expect(error).toMatchObject({ code: "deadline-passed", retryable: true });
    });
  });

  it("takes the newest iteration of a revised model", async () => {
    await withAccount({ startAfterMs: 0, durationMs: 0 }, async ({ kaedim, sandbox }) => {
      const { requestId } = await kaedim.process(image);
      await kaedim.waitForRequest({ requestId, ...quick });
      sandbox.kaedim.addIteration(requestId, "a longer leg");
      const finished = await kaedim.waitForRequest({ requestId, ...quick });
      expect(finished.iteration).toMatchObject({ iterationId: "1", editDescription: "a longer leg" });
    });
  });

  it("fetches every format, and a link that has ended anew, once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kaedim-sandbox-"));
    try {
      await withAccount({ startAfterMs: 0, durationMs: 0 }, async (account) => {
        const { kaedim, sandbox } = account;
        const { requestId } = await kaedim.process(image);
        const { request } = await kaedim.waitForRequest({ requestId, ...quick });
        for (const format of ["obj", "fbx", "glb", "gltf", "mtl"]) {
          const file = await kaedim.downloadResult({ request, format, path: join(folder, `a.${format}`) });
          expect(file.bytes).toBeGreaterThan(0);
        }
        sandbox.advanceClock(61 * 60_000);
        sandbox.clearRequests();
        await kaedim.downloadResult({ request, format: "glb", path: join(folder, "b.glb") });
        expect(sandbox.requests().map(({ host, status }) => [host, status])).toEqual([
          ["kaedimFiles", 403],
          ["kaedim", 200],
          ["kaedimFiles", 200],
        ]);
        sandbox.clearRequests();
        sandbox.addFault({ host: "kaedimFiles", kind: "expired-link" });
        const error = await failureOf(kaedim.downloadResult({ request, format: "glb", path: join(folder, "c.glb") }));
        expect(error).toMatchObject({ code: "link-expired" });
        expect(sandbox.requests()).toHaveLength(3);
        expect((await readdir(folder)).sort()).toEqual(["a.fbx", "a.glb", "a.gltf", "a.mtl", "a.obj", "b.glb"]);
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("T26 webhooks of the sandbox", () => {
  /** Runs a receiver on loopback and registers it. */
  async function withReceiver(
    settings: Parameters<typeof withAccount>[0],
    use: (
      account: Account,
      seen: { confirmed: ConfirmedWebhook[]; rejected: string[]; idle: () => Promise<void> },
    ) => Promise<void>,
  ) {
    await withAccount({ startAfterMs: 0, durationMs: 0, ...settings }, async (account) => {
      const seen = { confirmed: [] as ConfirmedWebhook[], rejected: [] as string[] };
      const handler = createWebhookHandler({
        kaedim: account.kaedim,
        secret: account.sandbox.kaedim.credentials().secret,
        path: "/hook",
        onConfirmed: (confirmed) => void seen.confirmed.push(confirmed),
        onRejected: (reason) => void seen.rejected.push(reason),
      });
      const server = createServer(handler.node);
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      try {
        await account.kaedim.registerHook({ destination: `http://127.0.0.1:${port}/hook` });
        const idle = async () => {
          await account.sandbox.kaedim.webhooksSettled();
          await handler.whenIdle();
        };
        await use(account, { ...seen, idle });
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    });
  }

  const shapes = [
    ["document", "raw", "ms", "short"],
    ["results", "raw", "s", "full"],
    ["document", "reserialised", "s", "short"],
    ["results", "reserialised", "ms", "full"],
  ] as const;
  it.each(shapes)(
    "are verified and confirmed: %s, signed %s, in %s",
    async (webhookShape, signedText, signatureTime, shape) => {
      await withReceiver({ webhookShape, signedText, signatureTime }, async ({ kaedim, sandbox }, seen) => {
        const { requestId } = await kaedim.process(image);
        await seen.idle();
        expect(sandbox.kaedim.lastWebhook()).toMatchObject({ answer: 200, problem: null });
        expect(seen.confirmed).toHaveLength(1);
        expect(seen.confirmed[0]).toMatchObject({
          webhook: { shape, requestId },
          state: { state: "done", status: "completed" },
          request: { requestId },
        });
        // Delivered again, with links that are signed anew.
        sandbox.advanceClock(2_000);
        await sandbox.kaedim.sendWebhook(requestId);
        await seen.idle();
        expect(sandbox.kaedim.lastWebhook()).toMatchObject({ answer: 200 });
        expect(seen.confirmed).toHaveLength(1);
      });
    },
  );

  it.each([
    ["error", "error"],
    ["results", "full"],
  ] as const)("tell of a failure as %s", async (failureShape, shape) => {
    await withReceiver({ failureShape, outcome: "dismissed" }, async ({ kaedim }, seen) => {
      await kaedim.process(image);
      await seen.idle();
      expect(seen.confirmed[0]).toMatchObject({
        webhook: { shape },
        state: { state: "failed", reason: expect.any(String) },
      });
    });
  });

  it.each([
    ["a wrong secret", { secret: "not the secret" }, "signature-mismatch"],
    ["a time an hour ago", { atMs: Date.now() - 3_600_000 }, "timestamp-too-old"],
    ["no header", { header: null }, "signature-missing"],
    ["another header", { header: "sha256=ab" }, "signature-malformed"],
  ] as const)("with %s change nothing", async (_what, signing, reason) => {
    await withReceiver({ sendsWebhooks: false }, async ({ kaedim, sandbox }, seen) => {
      const { requestId } = await kaedim.process(image);
      sandbox.clearRequests();
      expect(await sandbox.kaedim.sendWebhook(requestId, signing)).toMatchObject({ answer: 401 });
      await seen.idle();
      expect(seen.confirmed).toEqual([]);
      expect(seen.rejected).toEqual([reason]);
      expect(sandbox.requests()).toEqual([]);
    });
  });
});
