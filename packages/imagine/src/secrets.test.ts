import { inspect } from "node:util";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createImagineZapier } from "./index.ts";

far.useNock();

const token = "zapier-planted-4711";

/** Everything that a log, a console or a crash report could make of it. */
const shown = (value: unknown) =>
  [
    inspect(value, { depth: 20, showHidden: true }),
    JSON.stringify(value),
    String(value),
    String((value as Error)?.stack),
  ].join("\n");

const form = far.makeForm();
const secrets = [
  far.secretKey,
  far.publicKey,
  token,
  form.fields.policy,
  form.fields["x-amz-signature"],
  form.fields["x-amz-credential"],
];

function expectClean(value: unknown) {
  const text = shown(value);
  for (const secret of secrets) expect(text).not.toContain(secret);
}

const echo = `sent ${far.secretKey} and ${far.publicKey}, Imagine-key ${far.secretKey}, ${JSON.stringify(form.fields)}`;

describe("nothing shows a key, a token or a form", () => {
  it("not the clients", () => {
    expectClean(far.createClient());
    expectClean(createImagineZapier({ token, http: far.quick }));
  });

  it.each([
    [400, { status: false, message: echo }],
    [400, { message: { key: [echo] } }],
    [401, { error: echo }],
    [403, `<html>${echo}</html>`],
    [500, echo],
    [200, echo],
    [200, { status: false, message: echo }],
    [200, { unicode: [echo] }],
  ])("not the error of a call (%i)", async (status, body) => {
    nock(far.base)
      .get(far.statusPath)
      .query(true)
      .times(status === 500 ? 4 : 1)
      .reply(status, body);
    expectClean(await far.failureOf(far.createClient().getContentStatus({ unicode: "U" })));
    nock(far.base).post("/v1/product/job/").reply(status, body);
    if (status === 200 && typeof body === "object" && !("status" in body)) return nock.cleanAll();
    expectClean(await far.failureOf(far.createClient().createContentJob({ unicode: "U", contentTypes: ["ar"] })));
  });

  it("not the error of an upload", async () => {
    // S3 never gets to see a key; what it could repeat is the form.
    const echo = Object.values(form.fields).join(" ");
    for (const [status, body] of [
      [403, `<Error><Code>SignatureDoesNotMatch</Code><Message>${echo}</Message></Error>`],
      [403, echo],
      [202, echo],
    ] as const) {
      nock(far.bucket).post("/").reply(status, body);
      expectClean(await far.failureOf(far.createClient().uploadModel({ upload: form, file: Buffer.from("x") })));
    }
  });

  it("not the error of the Zapier calls", async () => {
    nock("https://prod.imagine.io")
      .get("/users/api/v3/token/verify/")
      .reply(401, { detail: `Invalid token ${token}` });
    const error = await far.failureOf(createImagineZapier({ token, http: far.quick }).verifyToken());
    expect(error.code).toBe("sign-in-failed");
    expectClean(error);
  });

  it("not what is logged", async () => {
    const lines: unknown[] = [];
    const log = (fields: unknown, text: string) => void lines.push([fields, text]);
    const imagine = far.createClient({ logger: { debug: log, warn: log } });
    nock(far.base).get(far.statusPath).query(true).reply(500, echo);
    nock(far.base).get(far.statusPath).query(true).reply(200, { unicode: "U" });
    await imagine.getContentStatus({ unicode: "U" });
    nock(far.bucket).post("/").reply(503, echo);
    nock(far.bucket).post("/").reply(204);
    await imagine.uploadModel({ upload: form, file: Buffer.from("x") });
    expect(lines.length).toBeGreaterThan(3);
    expectClean(lines);
  });
});

describe("a long answer that is cut", () => {
  it("does not keep the first half of a key", async () => {
    for (let before = 270; before < 300; before += 3) {
      nock(far.base)
        .get(far.statusPath)
        .query(true)
        .reply(400, { message: `${"a b".repeat(before / 3)}${far.publicKey}` });
      const error = await far.failureOf(far.createClient().getContentStatus({ unicode: "U" }));
      expect(error.message).not.toContain("pk_");
    }
  });
});
