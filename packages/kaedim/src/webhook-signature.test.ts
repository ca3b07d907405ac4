import { createHmac } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signatureOf } from "./__fixtures__/sign-webhook.ts";
import { verifyWebhook } from "./index.ts";

const secret = "planted-kaedim-secret";
const nowMs = Date.UTC(2026, 0, 1);
const now = () => nowMs;
const body = '{"results": {"requestID": "req-1",  "status": "completed"}}';
const verify = (more: Partial<Parameters<typeof verifyWebhook>[0]> = {}) =>
  verifyWebhook({ secret, body, signature: signatureOf({ secret, body, t: nowMs }), now, ...more });
const isValid = { isValid: true, signedAtMs: nowMs };
const because = (reason: string) => ({ isValid: false, reason });

describe("T26 a signature", () => {
  it("over the bytes as they came is valid", () => {
    expect(verify()).toEqual(isValid);
    expect(verify({ body: Buffer.from(body) })).toEqual(isValid);
  });

  it("over the body parsed and written again is valid too", () => {
    const rewritten = JSON.stringify(JSON.parse(body));
    expect(rewritten).not.toBe(body);
    expect(verify({ signature: signatureOf({ secret, body: rewritten, t: nowMs }) })).toEqual(isValid);
  });

  it("is valid with one of several secrets", () => {
    expect(verify({ secret: ["the-next-one", secret] })).toEqual(isValid);
    expect(verify({ secret: ["the-next-one"] })).toEqual(because("signature-mismatch"));
  });

  it("may be in capitals, and its time in seconds or written out", () => {
    const v1 = createHmac("sha256", secret).update(`${nowMs}${body}`).digest("hex").toUpperCase();
    expect(verify({ signature: JSON.stringify({ t: nowMs, v1 }) })).toEqual(isValid);
    for (const t of [nowMs / 1000, String(nowMs), String(nowMs / 1000), new Date(nowMs).toISOString()]) {
      expect(verify({ signature: signatureOf({ secret, body, t }) })).toEqual(isValid);
    }
  });

  it.each([
    ["another secret", { signature: signatureOf({ secret: "wrong", body, t: nowMs }) }, "signature-mismatch"],
    ["another body", { body: body.replace("req-1", "req-2") }, "signature-mismatch"],
    [
      "another time",
      { signature: signatureOf({ secret, body, t: nowMs }).replace(String(nowMs), String(nowMs + 1)) },
      "signature-mismatch",
    ],
    [
      "the body alone",
      { signature: JSON.stringify({ t: nowMs, v1: createHmac("sha256", secret).update(body).digest("hex") }) },
      "signature-mismatch",
    ],
    ["no header", { signature: undefined }, "signature-missing"],
    ["a null header", { signature: null }, "signature-missing"],
    ["an empty header", { signature: "" }, "signature-missing"],
    ["two headers", { signature: [signatureOf({ secret, body, t: nowMs })] }, "signature-missing"],
    ["no JSON", { signature: "t=1,v1=ab" }, "signature-malformed"],
    ["a JSON list", { signature: "[1]" }, "signature-malformed"],
    ["no t", { signature: JSON.stringify({ v1: "a".repeat(64) }) }, "signature-malformed"],
    ["an empty t", { signature: signatureOf({ secret, body, t: "" }) }, "signature-malformed"],
    ["no v1", { signature: JSON.stringify({ t: nowMs }) }, "signature-malformed"],
    ["a short v1", { signature: JSON.stringify({ t: nowMs, v1: "abcd" }) }, "signature-malformed"],
    ["a long v1", { signature: JSON.stringify({ t: nowMs, v1: "a".repeat(66) }) }, "signature-malformed"],
    ["a v1 that is no hex", { signature: JSON.stringify({ t: nowMs, v1: "z".repeat(64) }) }, "signature-malformed"],
    [
      "an endless header",
      { signature: JSON.stringify({ t: nowMs, v1: "a".repeat(64), x: "y".repeat(1_000) }) },
      "signature-malformed",
    ],
    ["a body above 1 MB", { body: `"${"x".repeat(1_000_000)}"` }, "body-too-large"],
    ["a time that is none", { signature: signatureOf({ secret, body, t: "noon" }) }, "timestamp-malformed"],
  ])("of %s is not valid", (_what, more, reason) => {
    expect(verify(more)).toEqual(because(reason));
  });

  it.each([
    [5 * 60_000, true],
    [5 * 60_000 + 1, false],
    [60 * 60_000, false],
    [-5 * 60_000, true],
    [-5 * 60_000 - 1, false],
  ])("made %i ms ago: valid is %s", (ageMs, valid) => {
    const signature = signatureOf({ secret, body, t: nowMs - ageMs });
    expect(verify({ signature }).isValid).toBe(valid);
    expect(verify({ signature, maxAgeMs: null })).toEqual({ isValid: true, signedAtMs: nowMs - ageMs });
  });

  it("need not tell the time where nobody looks at it", () => {
    const signature = signatureOf({ secret, body, t: "noon" });
    expect(verify({ signature, maxAgeMs: null })).toEqual({ isValid: true, signedAtMs: null });
  });

  it("is compared with a secret that is one", () => {
    for (const wrong of ["", "  ", [], [""], undefined as never, [secret, ""]]) {
      expect(() => verify({ secret: wrong })).toThrow(TypeError);
    }
  });
});

describe("T26 whatever a stranger sends", () => {
  it("nothing throws, and nothing is valid", () => {
    const headers = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ t: fc.anything(), v1: fc.anything() }).map((value) => JSON.stringify(value) ?? ""),
      fc.record({ t: fc.integer(), v1: fc.stringMatching(/^[0-9a-f]{64}$/) }).map((value) => JSON.stringify(value)),
    );
    const bodies = fc.oneof(fc.string(), fc.json(), fc.uint8Array());
    fc.assert(
      fc.property(headers, bodies, (signature, sent) => {
        expect(verifyWebhook({ secret, signature, body: sent, now }).isValid).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("a signed body stays valid only as long as none of its bytes is another", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (json, place, change) => {
        const bytes = Buffer.from(json);
        const signature = signatureOf({ secret, body: json, t: nowMs });
        expect(verify({ body: bytes, signature })).toEqual(isValid);
        const index = place % bytes.length;
        const changed = Buffer.from(bytes);
        changed[index] = (bytes[index] ?? 0) ^ change;
        expect(verify({ body: changed, signature }).isValid).toBe(isWrittenAlike(changed, json));
      }),
      { numRuns: 300 },
    );
  });
});

/** Another spelling of the very same JSON is covered by the second form of the signature. */
function isWrittenAlike(changed: Buffer, json: string): boolean {
  try {
    return JSON.stringify(JSON.parse(changed.toString("utf8"))) === json;
  } catch {
    return false;
  }
}
