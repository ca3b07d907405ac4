import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Failure } from "../domain/failure.ts";
import { type ApiInMemory, startApiInMemory } from "./__fixtures__/api-in-memory.ts";
import { createIdempotentAnswers, type GivenAnswer } from "./idempotency.ts";

const answer = (body: string): GivenAnswer => ({ status: 200, headers: {}, body });

describe("remembered keys", () => {
  it("are forgotten after a day, and beyond the last thousand, but not while they are under way", async () => {
    let nowMs = 0;
    const answers = createIdempotentAnswers({ now: () => nowMs, record: null });
    const ask = (key: string, body: string) =>
      answers.once({ key, fingerprint: "f", record: false }, async () => answer(body));
    const held = Promise.withResolvers<GivenAnswer>();
    const underWay = answers.once({ key: "slow", fingerprint: "f", record: false }, () => held.promise);
    expect((await ask("one", "first")).body).toBe("first");
    expect((await ask("one", "second")).body).toBe("first");
    nowMs = 24 * 3_600_000;
    expect((await ask("one", "second")).body).toBe("first");
    nowMs += 1;
    expect((await ask("one", "third")).body).toBe("third");
    for (let count = 0; count < 1_001; count += 1) await ask(`more-${count}`, "more");
    expect((await ask("one", "fourth")).body).toBe("fourth");
    const again = answers.once({ key: "slow", fingerprint: "f", record: false }, async () => answer("done twice"));
    held.resolve(answer("done once"));
    expect((await Promise.all([underWay, again])).map(({ body }) => body)).toEqual(["done once", "done once"]);
  });

  it("hold answers up to 32 MB together", async () => {
    const answers = createIdempotentAnswers({ now: () => 0, record: null });
    const ask = async (key: string, text: string) =>
      (await answers.once({ key, fingerprint: "f", record: false }, async () => answer(text))).body.at(0);
    for (let count = 0; count < 5; count += 1) await ask(`large-${count}`, "x".repeat(10_000_000));
    expect(await ask("large-4", "again")).toBe("x");
    expect(await ask("large-0", "again")).toBe("a");
  });
});

describe("a key over the wire", () => {
  let daemon: ApiInMemory;
  let folder: string;
  let requestFile: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "asset-sync-requests-"));
    requestFile = join(folder, "requests.jsonl");
    daemon = await startApiInMemory({ requestFile });
  });
  afterEach(async () => {
    await daemon.close();
    await rm(folder, { recursive: true, force: true });
  });

  const post = async (path: string, key: string | undefined, body: unknown = {}) => {
    const response = await fetch(new URL(path, daemon.api.address), {
      method: "POST",
      headers: {
        authorization: `Bearer ${daemon.token}`,
        "content-type": "application/json",
        ...(key === undefined ? {} : { "idempotency-key": key }),
      },
      body: JSON.stringify(body),
    });
    return { status: response.status, text: await response.text(), type: response.headers.get("content-type") };
  };
  const codeOf = (text: string): unknown => (JSON.parse(text) as { code: unknown }).code;
  const restart = async () => {
    await daemon.close();
    daemon = await startApiInMemory({ requestFile });
  };

  it("has the request done once and answered the same each time, also while the first is under way", async () => {
    const held = Promise.withResolvers<void>();
    daemon.operations.holdNext("get", held.promise);
    const both = [
      post("/api/v1/downloads", "k1", { products: [132602] }),
      post("/api/v1/downloads", "k1", { products: [132602] }),
    ];
    await expect.poll(() => daemon.operations.asked.length).toBe(1);
    held.resolve();
    const [first, second] = await Promise.all(both);
    expect(second).toEqual(first);
    expect(first?.status).toBe(200);
    expect(await post("/api/v1/downloads", "k1", { products: [132602] })).toEqual(first);
    expect(daemon.operations.asked).toHaveLength(1);
    await post("/api/v1/downloads", "k2", { products: [132602] });
    await post("/api/v1/downloads", undefined, { products: [132602] });
    expect(daemon.operations.asked).toHaveLength(3);
  });

  it("with another request is refused", async () => {
    await post("/api/v1/downloads", "k1", { products: [132602] });
    for (const [path, body] of [
      ["/api/v1/downloads", { products: [7] }],
      ["/api/v1/sync", {}],
    ] as const) {
      const refused = await post(path, "k1", body);
      expect([refused.status, codeOf(refused.text)]).toEqual([422, "idempotency-key-reused"]);
      expect(refused.type).toBe("application/problem+json");
    }
    expect(daemon.operations.asked).toHaveLength(1);
  });

  it("keeps a failure as the outcome, and nothing of a request that was refused", async () => {
    daemon.operations.failNext("get", new Failure("quota-exhausted", "None is left."));
    const failed = await post("/api/v1/downloads", "k1", { products: [1] });
    expect([failed.status, codeOf(failed.text)]).toEqual([409, "quota-exhausted"]);
    expect(await post("/api/v1/downloads", "k1", { products: [1] })).toEqual(failed);
    expect((await post("/api/v1/downloads", "k2", { products: [] })).status).toBe(400);
    expect((await post("/api/v1/downloads", "k2", { products: [1] })).status).toBe(200);
    expect((await post("/api/v1/downloads", "k 3", { products: [1] })).status).toBe(400);
    expect((await post("/api/v1/downloads", "k".repeat(201), { products: [1] })).status).toBe(400);
    expect(daemon.operations.asked).toHaveLength(2);
  });

  it("of what spends outlives a restart; of anything else it does not", async () => {
    const got = await post("/api/v1/downloads", "k1", { products: [132602] });
    await post("/api/v1/pause", "k2");
    const text = await readFile(requestFile, "utf8");
    expect(text).not.toContain("k1");
    if (process.platform !== "win32") expect((await stat(requestFile)).mode & 0o777).toBe(0o600);
    await restart();
    expect(await post("/api/v1/downloads", "k1", { products: [132602] })).toEqual(got);
    expect((await post("/api/v1/downloads", "k1", { products: [7] })).status).toBe(422);
    expect(daemon.operations.asked).toEqual([]);
    await post("/api/v1/pause", "k2");
    expect(daemon.operations.asked).toHaveLength(1);
    // The last line is cut short by a power cut; what comes after it stands on a line of its own.
    await daemon.close();
    await writeFile(requestFile, `${text}{"keyHash":"`);
    daemon = await startApiInMemory({ requestFile });
    await post("/api/v1/downloads", "k4", { products: [132602] });
    await restart();
    await post("/api/v1/downloads", "k4", { products: [132602] });
    expect(daemon.operations.asked).toEqual([]);
  });

  it("of what was begun and not answered before a restart is not done again", async () => {
    daemon.operations.failNext("get", new Failure("stopped", "Stopped."));
    expect((await post("/api/v1/downloads", "k1", { products: [132602] })).status).toBe(503);
    await restart();
    const unknown = await post("/api/v1/downloads", "k1", { products: [132602] });
    expect([unknown.status, codeOf(unknown.text)]).toEqual([409, "idempotency-outcome-unknown"]);
    expect(daemon.operations.asked).toEqual([]);
    expect((await post("/api/v1/downloads", "k2", { products: [132602] })).status).toBe(200);
  });

  it("that cannot be written down is not begun", async () => {
    await daemon.close();
    daemon = await startApiInMemory({ requestFile: join(folder, "gone", "requests.jsonl") });
    const refused = await post("/api/v1/downloads", "k1", { products: [132602] });
    expect(refused.status).toBeGreaterThanOrEqual(500);
    expect(daemon.operations.asked).toEqual([]);
  });
});
