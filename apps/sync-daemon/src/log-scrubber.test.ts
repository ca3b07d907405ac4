import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createLogScrubber } from "./log-scrubber.ts";

const scrub = (value: unknown, secrets: string[] = []) => createLogScrubber(secrets).scrubLine(JSON.stringify(value));

/** As pino hands an error over when nobody chose what of it is written. */
const asWritten = (error: Error & { cause?: unknown }): object => ({
  ...error,
  type: error.name,
  message: error.message,
  stack: error.stack,
  ...(error.cause instanceof Error ? { cause: asWritten(error.cause) } : {}),
});

const planted = "S3cr-9f1b7d20";

describe("ten ways past redaction by path, none of whose values is known", () => {
  it.each<[string, unknown]>([
    ["a header where redaction looks", { req: { headers: { authorization: `Bearer ${planted}` } } }],
    ["a field of the line itself", { apiKey: planted }],
    ["nested deeper than a path says", { deep: { deeper: { deepest: { token: planted } } } }],
    ["a URL's query", { url: `https://x.example.com/a?X-Amz-Signature=${planted}&token=${planted}` }],
    ["an error's message", { err: asWritten(new Error(`request to https://x.example.com/?token=${planted} failed`)) }],
    ["an error's stack", { err: { stack: `Error: token=${planted}\n    at Bearer ${planted} (file.ts:1:1)` } }],
    ["an error's cause", { err: asWritten(new Error("boom", { cause: new Error(`password: ${planted}`) })) }],
    ["running text", { msg: `token is ${planted}` }],
    [
      "what hangs on an error",
      {
        err: asWritten(
          Object.assign(new Error("boom"), { config: { headers: { Authorization: `Bearer ${planted}` } } }),
        ),
      },
    ],
    [
      "another case of a header's name",
      { headers: { Cookie: planted, "SET-COOKIE": [`id=${planted}; Path=/`], "X-Api-Key": planted } },
    ],
    ["lists: raw headers", { rawHeaders: ["Host", "x", "Authorization", `Bearer ${planted}`, "X-Api-Key", planted] }],
    [
      "lists: pairs",
      {
        headers: [
          ["accept", "*/*"],
          ["x-auth-token", planted],
        ],
      },
    ],
    ["a Buffer", { body: Buffer.from(`token=${planted}`) }],
    ["a typed array", { body: new Uint8Array(Buffer.from(planted)) }],
    ["JSON inside a text", { msg: JSON.stringify({ password: planted, inner: JSON.stringify({ token: planted }) }) }],
    ["a whole cookie line", { msg: `Cookie: a=1; id=${planted}; b=2` }],
    ["a form", { msg: `username=me&password=${planted}&remember=1` }],
  ])("%s", (_name, value) => {
    const line = scrub(value);
    expect(line).not.toContain(planted);
    expect(line).not.toContain([...Buffer.from(planted)].join(","));
    expect(line).toMatch(/\[hidden\]|\[bytes\]/);
  });
});

describe("a known secret", () => {
  const secret = 'pä"s\\ w/o+rd&<7>';

  it.each<[string, string]>([
    ["as it is", secret],
    ["in JSON", JSON.stringify({ secret })],
    ["in JSON in JSON", JSON.stringify(JSON.stringify({ a: secret }))],
    ["in JSON without letters beyond ASCII", JSON.stringify(secret).replace("ä", "\\u00e4")],
    ["in a URL", encodeURIComponent(secret)],
    ["in a URL, small hexadecimal digits", encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase())],
    ["in a URL in a URL", encodeURIComponent(encodeURIComponent(secret))],
    ["in a form", new URLSearchParams({ a: secret }).toString()],
    [
      "in HTML",
      secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;"),
    ],
    ["in hexadecimal digits", Buffer.from(secret).toString("hex")],
  ])("is hidden %s", (_name, spelled) => {
    expect(JSON.parse(scrub({ msg: `before ${spelled} after` }, [secret])).msg).not.toContain(
      spelled.includes(secret) ? secret : spelled,
    );
    expect(scrub({ msg: spelled }, [secret])).toContain("[hidden]");
  });

  it.each([0, 1, 2])("is hidden in base64 of a longer text, %i bytes after a border", (before) => {
    for (const encoding of ["base64", "base64url"] as const) {
      const bytes = Buffer.from(`${"u".repeat(before)}${planted}${"x".repeat(5)}`);
      const left = JSON.parse(scrub({ msg: bytes.toString(encoding) }, [planted])).msg as string;
      // What is left decodes to no four letters of it.
      const decoded = left.split("[hidden]").map((part) => Buffer.from(part, encoding).toString("latin1"));
      expect(left).toContain("[hidden]");
      for (const part of decoded) expect(part).not.toContain(planted.slice(2, 6));
    }
  });

  it("is never let through, whatever surrounds it", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4 }).filter((text) => text.trim().length >= 4 && !"[hidden][bytes]".includes(text)),
        fc.string(),
        fc.string(),
        (known, before, after) => {
          const line = JSON.stringify({ msg: before + known + after, deep: { list: [before, known] } });
          const scrubbed = JSON.parse(createLogScrubber([known]).scrubLine(line));
          expect(scrubbed.deep.list[1]).not.toContain(known);
        },
      ),
    );
  });
});

describe("the scrubber", () => {
  it.each([
    ["GET https://r2.example.com/a.zip?Expires=17&Signature=abcd", ["17", "abcd"]],
    ["GET https://r2.example.com/a.zip?st=opaque1&page=2#access=opaque2", ["opaque1", "opaque2"]],
    ["GET https://r2.example.com/a.zip?opaque1", ["opaque1"]],
    ["https://user:hunter2@proxy.example.com:3128", ["hunter2"]],
    ["jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2ln gone", ["eyJ"]],
    ['{"password":"hunter2, with more"}', ["hunter2", "with more"]],
    ["Authorization: Basic dXNlcjpwYXNz", ["dXNlcjpwYXNz"]],
    ["jwt_token=abc&refresh_token=def", ["abc", "def"]],
    ["x-amz-security-token: IQoJb3JpZ2luX2", ["IQoJ"]],
  ])("hides what looks like a credential: %s", (text, secrets) => {
    const scrubbed = scrub({ msg: text });
    for (const secret of secrets) expect(scrubbed).not.toContain(secret);
  });

  it("keeps what is not secret readable", () => {
    const line = { msg: 'Downloaded "Oak Chair" (12 MB), 2 of 4 left', spends: 2, monkey: "suzanne", counts: [1, 2] };
    expect(scrub(line)).toBe(`${JSON.stringify(line)}\n`);
    expect(JSON.parse(scrub({ url: "https://x.example.com/a?X-Amz-Signature=abc&page=2&token=def" })).url).toBe(
      "https://x.example.com/a?X-Amz-Signature=[hidden]&page=2&token=[hidden]",
    );
  });

  it("makes one line of everything, with nothing in it that a terminal obeys", () => {
    const text = `a\u001b[2Jb\u009bc\u202ed\r\n{"level":"info","msg":"forged"}\u2028e\u200bf`;
    for (const line of [scrub({ msg: text }), createLogScrubber().scrubLine(text)]) {
      expect(line.trimEnd().split(/[\r\n\u2028\u2029\u0085]/)).toHaveLength(1);
      expect(line.trimEnd()).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u2028\u202e]/);
      expect(JSON.parse(line).msg).toBe(text);
    }
  });

  it("forgets old links, and is done with a megabyte of anything in good time", () => {
    const scrubber = createLogScrubber(["hunter2hunter2"]);
    for (let number = 0; number < 1_000; number += 1)
      scrubber.addLink(`https://r2.example.com/grants/${number}/a.zip?st=${number}`);
    for (const filler of ["a", "?a=", "token", "https://", 'password":"', "x-amz-a=", "Bearer ", "/@:", "%"]) {
      const text = filler.repeat(1_000_000 / filler.length);
      expect(JSON.parse(scrubber.scrubLine(JSON.stringify({ msg: `${text} hunter2hunter2` }))).msg).not.toContain(
        "hunter2",
      );
    }
  });
});
