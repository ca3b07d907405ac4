import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createSecretScrubber, redactHeaders, redactUrl } from "./redact.ts";

describe("redactUrl", () => {
  it.each([
    ["https://u:p@shop.example/a?b=c#frag", "https://shop.example/a?b=c"],
    [
      "https://x.example/a.zip?X-Amz-Signature=abc&X-Amz-Date=2026&part=2",
      "https://x.example/a.zip?X-Amz-Signature=[redacted]&X-Amz-Date=[redacted]&part=2",
    ],
    [
      "https://x.example/?access_token=1&apiKey=2&sig=3&q=chair",
      "https://x.example/?access_token=[redacted]&apiKey=[redacted]&sig=[redacted]&q=chair",
    ],
    ["https://x.example/?code=abc&page=2", "https://x.example/?code=[redacted]&page=2"],
    ["https://x.example/?blob=0123456789abcdef0123456789abcdef", "https://x.example/?blob=[redacted]"],
    ["https://x.example/eyJhbGciOi.eyJzdWIiOi.c2ln/x", "https://x.example/[redacted]/x"],
    ["data:text/plain,secret", "data:[redacted]"],
    ["not a url token=abc", "not a url token=[redacted]"],
  ])("%s", (url, expected) => {
    expect(redactUrl(url)).toBe(expected);
    expect(redactUrl(redactUrl(url))).toBe(redactUrl(url));
  });

  it("hides any value of a secret parameter", () => {
    const value = fc
      .string({ minLength: 4, maxLength: 50 })
      .filter((text) => !"https://x.example/a?=[redacted]&=2".includes(encodeURIComponent(text)) && text.trim() !== "");
    const name = fc.constantFrom(
      "token",
      "X-Amz-Security-Token",
      "api_key",
      "password",
      "Signature",
      "refresh-token",
      "jwt",
    );
    fc.assert(
      fc.property(name, value, (parameter, secret) => {
        const url = new URL("https://x.example/a?n=2");
        url.searchParams.set(parameter, secret);
        const shown = redactUrl(url);
        expect(shown).toBe(`https://x.example/a?n=2&${parameter}=[redacted]`);
      }),
    );
  });
});

describe("redactHeaders", () => {
  it("hides what carries permission and keeps the rest", () => {
    expect(
      redactHeaders({
        Authorization: "Bearer x",
        "X-API-Key": "x",
        "refresh-token": "x",
        Cookie: "a=b",
        "set-cookie": ["a=b"],
        location: "https://x.example/?token=1",
        "content-type": "application/json",
      }),
    ).toEqual({
      Authorization: "[redacted]",
      "X-API-Key": "[redacted]",
      "refresh-token": "[redacted]",
      Cookie: "[redacted]",
      "set-cookie": "[redacted]",
      location: "https://x.example/?token=[redacted]",
      "content-type": "application/json",
    });
  });
});

describe("createSecretScrubber", () => {
  const scrub = createSecretScrubber(["hunter2 & co"]);
  it.each([
    ["password was hunter2 & co!", "password was [redacted]!"],
    ["q=hunter2%20%26%20co", "q=[redacted]"],
    ["q=hunter2+%26+co", "q=[redacted]"],
    ["Authorization: Bearer abc.def", "Authorization: [redacted]"],
    ["used Bearer abcdef123 then", "used Bearer [redacted] then"],
    ["Cookie: a=1; b=2\nHost: x", "Cookie: [redacted]\nHost: x"],
    ["GET /?token=abc&page=1", "GET /?token=[redacted]&page=1"],
    ['{"password": "a \\"b\\" c", "id": 5}', '{"password": "[redacted]", "id": 5}'],
    ['{\\"token\\":\\"abc\\",\\"id\\":5}', '{\\"token\\":\\"[redacted]\\",\\"id\\":5}'],
    ["proxy http://user:pa55@proxy.example:3128 failed", "proxy http://[redacted]@proxy.example:3128 failed"],
    ["jwt eyJhbGciOi.eyJzdWIiOi.c2ln.", "jwt [redacted]."],
    ["X-Amz-Signature=abc123", "X-Amz-Signature=[redacted]"],
    [
      "nothing to hide: 5 of 6 files, page=2, https://x.example/a",
      "nothing to hide: 5 of 6 files, page=2, https://x.example/a",
    ],
  ])("%s", (text, expected) => {
    expect(scrub(text)).toBe(expected);
    expect(scrub(scrub(text))).toBe(expected);
  });

  it("takes no longer for hostile text", () => {
    for (const text of [
      "a".repeat(200_000),
      `${"token=".repeat(30_000)}`,
      `${'"'.repeat(100_000)}`,
      `a://${"a@".repeat(50_000)}`,
      "\\".repeat(100_000),
    ]) {
      scrub(text);
    }
  });
});
