import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { makeForm } from "./__fixtures__/nock-imagine.ts";
import { findFormProblem, readUploadForm, readUploadPolicy } from "./presigned-post.ts";

const file = { kind: "model" as const, bytes: 10, name: "m.glb", now: Date.UTC(2026, 0, 1) };

describe("T25 readUploadPolicy", () => {
  it("reads time, size and fields", () => {
    const form = makeForm({
      conditions: [
        ["content-length-range", 1, 100],
        ["content-length-range", 5, 500],
        ["starts-with", "$Content-Type", "image/"],
      ],
    });
    expect(readUploadPolicy(form)).toEqual({
      expiresAtMs: Date.UTC(2099, 0, 1),
      minBytes: 5,
      maxBytes: 100,
      fields: [
        { name: "bucket", match: "eq", value: "example-bucket" },
        { name: "key", match: "eq", value: "media/private/model.glb" },
        { name: "content-type", match: "starts-with", value: "image/" },
      ],
    });
  });

  it.each(["XXXXXXXX", "", "bnVsbA==", "W10=", "ZnJvZw=="])("is nothing for %j", (policy) => {
    expect(readUploadPolicy({ url: "https://x/", fields: { key: "k", policy } })).toBeNull();
  });

  it("never throws, and lets through what it does not understand", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.base64String()), (policy) => {
        for (const encoded of [policy, Buffer.from(policy).toString("base64")]) {
          readUploadPolicy({ url: "https://x/", fields: { key: "k", policy: encoded } });
        }
      }),
    );
  });

  it("refuses exactly the sizes outside the range, and exactly the times after the end", () => {
    const end = Date.UTC(2027, 0, 1);
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.nat(1000),
        fc.nat(1000),
        fc.integer({ min: -1000, max: 1000 }),
        (min, max, bytes, afterMs) => {
          const form = makeForm({
            expiration: new Date(end).toISOString(),
            conditions: [["content-length-range", min, max]],
          });
          const problem = findFormProblem(form, { ...file, bytes, now: end + afterMs });
          const holds = afterMs < 0 && bytes >= min && bytes <= max;
          expect(problem === null).toBe(holds);
        },
      ),
    );
  });
});

describe("T25 the edges of a policy", () => {
  const end = Date.UTC(2027, 0, 1);
  const form = makeForm({ expiration: new Date(end).toISOString(), conditions: [["content-length-range", 5, 10]] });
  it.each([
    [5, -1, undefined],
    [10, -1, undefined],
    [4, -1, "upload-too-small"],
    [11, -1, "upload-too-large"],
    [7, 0, "upload-form-expired"],
    [7, 1, "upload-form-expired"],
  ])("%i bytes, %i ms after the end", (bytes, afterMs, code) => {
    expect(findFormProblem(form, { ...file, bytes, now: end + afterMs })?.code).toBe(code);
  });
});

describe("readUploadForm", () => {
  it("reads what the service gives, and nothing else", () => {
    expect(readUploadForm({ url: "https://x/", fields: { key: "k", n: 1 }, more: true })).toEqual({
      url: "https://x/",
      fields: { key: "k", n: "1" },
    });
    for (const value of [null, "https://x/", {}, { url: "", fields: {} }, { url: "x", fields: { a: null } }]) {
      expect(readUploadForm(value)).toBeNull();
    }
  });
});

describe("T25 findFormProblem", () => {
  it("is content with the collection's sample, whose policy is crossed out", () => {
    const form = { url: "https://S3_BUCKET_URL/", fields: { key: "media/astronaut.glb", policy: "XXXX" } };
    expect(findFormProblem(form, file)).toBeNull();
  });

  it("wants a key", () => {
    expect(findFormProblem({ url: "https://x/", fields: {} }, file)?.code).toBe("upload-form-invalid");
  });

  it("compares a thumbnail's kind with the form's content type", () => {
    const form = makeForm({ key: "t", fields: { "Content-Type": "image/png" } });
    const thumbnail = { ...file, kind: "thumbnail" as const };
    expect(findFormProblem(form, { ...thumbnail, name: "t.jpg" })?.code).toBe("upload-type-mismatch");
    expect(findFormProblem(form, { ...thumbnail, name: "t.png" })).toBeNull();
  });
});
