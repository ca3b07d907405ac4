import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";
import { decideRefusalCode, readHiddenProblem, readProblem, serviceErrorCode } from "./3dverse-error.ts";

far.useNock();

const page = "<!doctype html><html><head><style>p{}</style></head><body>Blocked by our firewall</body></html>";
const ask = () => far.failureOf(far.client().getFolderInfo({ folder_id: "f1" }));

it.each([
  [400, { errorCode: 7, message: "Bad name" }, "http-400"],
  [401, { errorCode: 1, message: "Unknown key" }, "credential-refused"],
  [403, { errorCode: 2, message: "No access" }, "access-denied"],
  [403, page, "access-blocked"],
  [404, { errorCode: 3, message: "No such folder" }, "not-found"],
  [404, page, "route-not-found"],
  [409, { errorCode: 4, message: "Not empty" }, "conflict"],
  [413, "", "upload-too-large"],
])("sends a request that is refused with %i %j once, and calls it %s", async (status, body, code) => {
  far.service().get("/folders/f1").reply(status, body);
  const error = await ask();
  expect(error).toMatchObject({ kind: "refusal", code, status, retryable: false, neverSent: false });
  expect(error.message).toContain(`3dverse refused getFolderInfo with status ${status}`);
  if (typeof body === "object") {
    expect(error.message).toContain(body.message);
    expect(serviceErrorCode(error)).toBe(body.errorCode);
  }
  if (body === page) expect(error.message).toContain("Blocked by our firewall");
});

it("waits as long as it is told when there was too much", async () => {
  far.service().get("/folders/f1").times(4).reply(429, {}, { "retry-after": "3" });
  expect(await ask()).toMatchObject({ code: "rate-limited", retryable: true, retryAfterMs: 3000 });
});

describe("an accepted answer that is none", () => {
  it.each([
    [{ errorCode: 12, message: "Token expired" }, "answer-holds-error"],
    [page, "not-json"],
    ["", "not-json"],
    ['{"folder_id":"f1","na', "not-json"],
    ["null", "unexpected-shape"],
    [[], "unexpected-shape"],
    [{ message: "hello" }, "unexpected-shape"],
  ])("%j is %s", async (body, code) => {
    far.service().get("/folders/f1").reply(200, body);
    expect(await ask()).toMatchObject({ code, status: 200, retryable: false });
  });

  it("also where nothing is expected", async () => {
    far.service().delete("/folders/f1").reply(200, { errorCode: 5, message: "Not empty" });
    const first = await far.failureOf(far.client().deleteFolder({ folder_id: "f1" }));
    expect(first).toMatchObject({ code: "answer-holds-error" });
    expect(first.message).toContain("Not empty");
    far.service().delete("/folders/f1").reply(200, page);
    expect(await far.failureOf(far.client().deleteFolder({ folder_id: "f1" }))).toMatchObject({ code: "not-json" });
  });
});

it("reads any refusal without throwing", () => {
  fc.assert(fc.property(fc.string(), (text) => void readProblem(text)));
  fc.assert(fc.property(fc.jsonValue(), (value) => void readProblem(JSON.stringify(value))));
  expect(readProblem('{"error":{"errorCode":"8","message":"deep"}}')).toMatchObject({ errorCode: 8, message: "deep" });
  expect(readProblem('{"error":"plain"}').message).toBe("plain");
});

it("takes no content for an error", () => {
  expect(readHiddenProblem({ message: "hello" })).toBeUndefined();
  expect(readHiddenProblem({ errorCode: 0, message: "ok" })).toBeUndefined();
  expect(readHiddenProblem([{ errorCode: 1, message: "" }])).toBeUndefined();
});

it("leaves other refusals their status", () => {
  expect(decideRefusalCode(418, { errorCode: undefined, message: "", isPage: false })).toBeUndefined();
  expect(serviceErrorCode(new Error("no"))).toBeUndefined();
});
