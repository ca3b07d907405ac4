import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";

const xml = (code: string, more: string) => `<Error><Code>${code}</Code><Message>Moved</Message>${more}</Error>`;

describe("T25 a bucket that has moved", () => {
  far.useNock();
  it.each([
    ["by Location", { location: "https://example-bucket.s3.eu-west-1.amazonaws.com/" }, ""],
    ["by Endpoint", {}, xml("TemporaryRedirect", "<Endpoint>example-bucket.s3.eu-west-1.amazonaws.com</Endpoint>")],
  ])("is followed to a host of Amazon's, told %s", async (_name, headers, body) => {
    nock(far.bucket).post("/").reply(307, body, headers);
    nock("https://example-bucket.s3.eu-west-1.amazonaws.com").post("/").reply(204);
    await far.createClient().uploadModel({ upload: far.makeForm(), file: Buffer.from("x") });
  });

  it.each([
    ["https://evil.example/", "redirect-refused"],
    ["http://example-bucket.s3.amazonaws.com/", "redirect-refused"],
    ["https://127.0.0.1/", "redirect-refused"],
    ["https://evilamazonaws.com/", "redirect-refused"],
    ["https://amazonaws.com.evil.example/", "redirect-refused"],
  ])("is not followed to %s", async (location, code) => {
    nock(far.bucket).post("/").reply(307, "", { location });
    const error = await far.failureOf(
      far.createClient().uploadModel({ upload: far.makeForm(), file: Buffer.from("x") }),
    );
    expect(error.code).toBe(code);
  });
});
