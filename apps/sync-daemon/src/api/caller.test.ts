import { expect, it } from "vitest";
import { startApiInMemory } from "./__fixtures__/api-in-memory.ts";

const wait = { timeout: 60_000 };

it("an operation hears that its caller has gone, and only then", async () => {
  const daemon = await startApiInMemory();
  const release = Promise.withResolvers<void>();
  try {
    daemon.operations.holdNext("sync", release.promise);
    const gone = new AbortController();
    const answer = fetch(`${daemon.api.address}/api/v1/sync`, {
      method: "POST",
      headers: { authorization: `Bearer ${daemon.token}`, "content-type": "application/json" },
      body: "{}",
      signal: gone.signal,
    });
    const refused = expect(answer).rejects.toThrow();
    await expect.poll(() => daemon.operations.callers.length, wait).toBe(1);
    const [caller] = daemon.operations.callers;
    expect(caller?.signal.aborted).toBe(false);
    gone.abort();
    await refused;
    await expect.poll(() => caller?.signal.aborted, wait).toBe(true);
  } finally {
    release.resolve();
    await daemon.close();
  }
});
