import { ApiError } from "@org/http-core";
import { fixtureJson, fixtureText } from "@org/http-core/testing";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseWebhook } from "./index.ts";

const text = (name: string) => fixtureText(import.meta.url, name);
const json = (name: string) => fixtureJson(import.meta.url, name) as Record<string, Record<string, unknown>>;

describe("the documented shapes become one", () => {
  it("that of the webhook page", () => {
    expect(parseWebhook(text("webhook-full.json"))).toEqual({
      id: '["req-4711","2","generation","completed"]',
      shape: "full",
      requestId: "req-4711",
      iterationId: "2",
      status: "completed",
      type: "generation",
      name: "Ladder",
      userId: "6f1c0f6e",
      studioId: null,
      devId: "609d43109ff0b252cce4bc6e",
      images: ["https://images.example/ladder.png"],
      isRevision: true,
      isAssetComplete: true,
      createdAtMs: Date.UTC(2026, 0, 1, 10),
      completedAtMs: Date.UTC(2026, 0, 1, 10, 14, 30),
      claimedResults: json("webhook-full.json").results?.completedModels,
      message: null,
      cause: null,
      other: {},
    });
  });

  it("that of the API document", () => {
    expect(parseWebhook(text("webhook-short.json"))).toMatchObject({
      shape: "short",
      requestId: "1248947ds7an-ad98q3yhans92S-2Asda9212",
      iterationId: null,
      status: "success",
      userId: "KaedimUser",
      claimedResults: { obj: "https://.....", fbx: "https://.....", glb: "https://.....", gltf: "https://....." },
      message: null,
    });
  });

  it("that of an error", () => {
    expect(parseWebhook(text("webhook-error.json"))).toMatchObject({
      shape: "error",
      requestId: "1248947ds7an-ad98q3yhans92S-2Asda9212",
      status: "error",
      claimedResults: {},
      message: "Asset creation failed",
      cause: "The request was too complex, we aim to deal with…",
    });
  });

  it("from text, bytes and parsed JSON alike", () => {
    for (const name of ["webhook-full.json", "webhook-short.json", "webhook-error.json"]) {
      const parsed = parseWebhook(text(name));
      expect(parseWebhook(Buffer.from(text(name)))).toEqual(parsed);
      expect(parseWebhook(json(name))).toEqual(parsed);
    }
  });

  it("with unknown words and fields kept", () => {
    const results = { requestID: 7, status: "Shipped", type: "hologram", completedModels: null, priority: 1 };
    expect(parseWebhook({ results })).toMatchObject({
      requestId: "7",
      status: "shipped",
      type: "hologram",
      claimedResults: {},
      other: { priority: 1 },
    });
  });
});

describe("the id of a webhook", () => {
  const { results } = json("webhook-full.json");
  const short = json("webhook-short.json");
  const idOf = (body: unknown) => parseWebhook(body).id;

  it("is the same for the same news, whatever the links and dates are", () => {
    const again = {
      ...results,
      completedAt: "2026-01-01T11:00:00Z",
      completedModels: { glb: "https://a.example/new" },
    };
    expect(idOf({ results: again })).toBe(idOf({ results }));
    const signed = (signature: string) => ({
      ...short,
      results: { glb: `https://a.example/m.glb?v=1&Expires=9&${signature}` },
    });
    expect(idOf(signed("X-Amz-Signature=one"))).toBe(idOf(signed("X-Amz-Signature=two")));
    expect(idOf(signed("v=2"))).not.toBe(idOf(signed("v=3")));
  });

  it("is another for another request, iteration, type or status", () => {
    const ids = [{}, { requestID: "x" }, { iterationID: 3 }, { type: "rig" }, { status: "approved" }].map((more) =>
      idOf({ results: { ...results, ...more } }),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("is another for a second result of the same request, where the iteration is not told", () => {
    expect(idOf({ ...short, results: { glb: "https://a.example/revised" } })).not.toBe(idOf(short));
  });
});

describe("what is none of the shapes", () => {
  it.each([
    ["no JSON", "glTF"],
    ["half a JSON", '{"results": {"requestID'],
    ["nothing", ""],
    ["null", "null"],
    ["a list", "[]"],
    ["a text", '"req-1"'],
    ["an empty object", "{}"],
    ["an empty requestID", '{"requestID": " "}'],
    ["a requestID that is an object", '{"requestID": {"$ne": null}}'],
    ["an endless requestID", JSON.stringify({ requestID: "x".repeat(501) })],
    ["results without a request", '{"results": {"completedModels": {}}}'],
    ["a page", "<!doctype html>"],
  ])("%s", (_what, body) => {
    const failure = (() => {
      try {
        return parseWebhook(body);
      } catch (error) {
        return error;
      }
    })();
    expect(ApiError.isInstance(failure)).toBe(true);
    expect(failure).toMatchObject({ kind: "unexpected-shape", code: "webhook-unreadable" });
  });

  it("never throws anything else, and what it reads has its type", () => {
    const anyBody = fc.oneof(
      fc.anything(),
      fc.json(),
      fc.uint8Array(),
      fc.record(
        {
          status: fc.anything(),
          requestID: fc.oneof(fc.string(), fc.anything()),
          results: fc.anything(),
          message: fc.anything(),
        },
        { requiredKeys: [] },
      ),
      fc.record({
        results: fc.record(
          {
            requestID: fc.oneof(fc.string(), fc.integer()),
            iterationID: fc.anything(),
            completedModels: fc.dictionary(fc.string(), fc.anything()),
            image: fc.anything(),
            createdAt: fc.anything(),
            isRevision: fc.anything(),
          },
          { requiredKeys: [] },
        ),
      }),
    );
    fc.assert(
      fc.property(anyBody, (body) => {
        try {
          const webhook = parseWebhook(body);
          expect(webhook.requestId).not.toBe("");
          expect(typeof webhook.requestId).toBe("string");
          expect(["full", "short", "error"]).toContain(webhook.shape);
          expect(webhook.images.every((image) => typeof image === "string")).toBe(true);
          for (const link of Object.values(webhook.claimedResults)) expect(link).toMatch(/^https?:\/\//i);
        } catch (error) {
          if (!ApiError.isInstance(error)) throw error;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
