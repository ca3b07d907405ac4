import { describe, expect, it } from "vitest";
import { createMemoryWebhookStore } from "./index.ts";

describe("a store in memory", () => {
  it("forgets the oldest first, and what was given back", async () => {
    const store = createMemoryWebhookStore({ maxIds: 2 });
    expect(await store.claim("a")).toBe(true);
    expect(await store.claim("a")).toBe(false);
    expect(await store.claim("b")).toBe(true);
    expect(await store.claim("c")).toBe(true);
    expect(await store.claim("c")).toBe(false);
    expect(await store.claim("a")).toBe(true);
    await store.release("a");
    expect(await store.claim("a")).toBe(true);
  });
});
