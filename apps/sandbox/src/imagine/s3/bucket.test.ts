import { createHash } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask, until } from "../../../test/ask.ts";
import { formOf, type Part } from "../../../test/form.ts";
import { codeOf, createProduct, type UploadForm, upload, uploadParts } from "../../../test/imagine.ts";
import { type Sandbox, startSandbox } from "../../index.ts";
import { signPolicy } from "./signature.ts";
import { s3ErrorCodes, s3Errors } from "./xml-error.ts";

let sandbox: Sandbox;
let form: UploadForm;
beforeEach(async () => {
  sandbox = await startSandbox();
  form = (await createProduct(sandbox)).presigned_url_prop_user_file;
});
afterEach(() => sandbox.close());

const newForm = async (settings: Parameters<Sandbox["imagine"]["configure"]>[0]["upload"] = {}) => {
  sandbox.imagine.configure({ upload: settings });
  return (await createProduct(sandbox)).presigned_url_prop_user_file;
};

/** The parts with some fields replaced; undefined leaves one out, and new ones come before the file. */
function changed(changes: Record<string, string | undefined>): Part[] {
  const fields = Object.entries({ ...form.fields, ...changes }).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return [...fields, ["file", "content", "chair.glb"]];
}

const sentence = (answer: Awaited<ReturnType<typeof upload>>) =>
  /<Message>(.*)<\/Message>/
    .exec(answer.bytes.toString())?.[1]
    ?.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));

describe("a form that is right", () => {
  test("carries the documented fields, and a policy for them", () => {
    expect(new URL(form.url).origin).toBe(sandbox.origins.imagineS3);
    expect(Object.keys(form.fields)).toEqual([
      "key",
      "x-amz-algorithm",
      "x-amz-credential",
      "x-amz-date",
      "policy",
      "x-amz-signature",
    ]);
    const policy = JSON.parse(Buffer.from(form.fields.policy ?? "", "base64").toString());
    expect(policy.conditions).toContainEqual({ key: form.fields.key });
    expect(policy.conditions).toContainEqual(["content-length-range", 1, 2 * 1024 ** 3]);
    expect(Date.parse(policy.expiration) - Date.now()).toBeGreaterThan(59 * 60_000);
  });

  test("is 204 with ETag and Location; size and sums are kept", async () => {
    const content = Buffer.alloc(300_000, 5);
    const answer = await upload(sandbox, uploadParts(form, content));
    const md5 = createHash("md5").update(content).digest("hex");
    expect([answer.status, answer.bytes.length, answer.headers.etag]).toEqual([204, 0, `"${md5}"`]);
    expect(answer.headers.location).toBe(`${sandbox.origins.imagineS3}/${encodeURIComponent(form.fields.key ?? "")}`);
    const sha256 = createHash("sha256").update(content).digest("hex");
    expect(sandbox.imagine.objects()).toEqual([
      { key: form.fields.key, bytes: 300_000, sha256, md5, uploadedAt: expect.any(String) },
    ]);
    expect(sandbox.requests({ host: "imagineS3" })[0]?.bytesReceived).toBeGreaterThan(300_000);
  });

  test("may come in another order and another case, as long as the file is last", async () => {
    const parts = uploadParts(form);
    const fields = parts
      .slice(0, -1)
      .reverse()
      .map(([name, value]): Part => [name.toUpperCase(), String(value)]);
    expect((await upload(sandbox, [...fields, ...parts.slice(-1)])).status).toBe(204);
  });

  test("success is answered as success_action_status says", async () => {
    form = await newForm({ successStatus: "201" });
    const created = await upload(sandbox, uploadParts(form));
    expect([created.status, created.bytes.toString()]).toEqual([
      201,
      expect.stringContaining("<PostResponse><Location>"),
    ]);
    expect((await upload(sandbox, uploadParts(await newForm({ successStatus: "200" })))).status).toBe(200);
  });

  test("carries content type and security token where they are asked for", async () => {
    form = await newForm({ contentType: "model/gltf-binary", securityToken: true });
    expect((await upload(sandbox, uploadParts(form))).status).toBe(204);
    expect(sentence(await upload(sandbox, changed({ "Content-Type": "text/plain" })))).toContain(
      'Policy Condition failed: ["eq", "$Content-Type", "model/gltf-binary"]',
    );
    expect(codeOf(await upload(sandbox, changed({ "x-amz-security-token": "another" })))).toBe("InvalidToken");
  });
});

describe("what was changed is refused", () => {
  test.each([
    [{ key: "another" }, 403, "AccessDenied", "Policy Condition failed"],
    [{ "Content-Type": "model/gltf-binary" }, 403, "AccessDenied", "Extra input fields: content-type"],
    [{ acl: "public-read" }, 403, "AccessDenied", "Extra input fields: acl"],
    [{ bucket: "another" }, 403, "AccessDenied", "Policy Condition failed"],
    [{ "x-amz-signature": "0".repeat(64) }, 403, "SignatureDoesNotMatch", "signature we calculated"],
    [{ policy: Buffer.from("{}").toString("base64") }, 403, "SignatureDoesNotMatch", "signature we calculated"],
    [{ "x-amz-date": "20200101T000000Z" }, 400, "InvalidArgument", "Credential"],
    [
      { "x-amz-credential": "AKIAOTHER/20200101/us-east-1/s3/aws4_request" },
      403,
      "InvalidAccessKeyId",
      "does not exist",
    ],
    [{ "x-amz-algorithm": "AWS4-HMAC-SHA1" }, 400, "InvalidArgument", "X-Amz-Algorithm"],
    [{ key: undefined }, 400, "InvalidArgument", "must contain a field named 'key'"],
    [{ "x-amz-signature": undefined }, 400, "InvalidArgument", "x-amz-signature"],
    [{ policy: undefined }, 403, "AccessDenied", "Access Denied"],
  ])("%j: %i %s", async (changes, status, code, words) => {
    const answer = await upload(sandbox, changed(changes));
    expect([answer.status, codeOf(answer), answer.headers["content-type"]]).toEqual([status, code, "application/xml"]);
    expect(sentence(answer)).toContain(words);
    expect(sandbox.imagine.objects()).toEqual([]);
  });

  test("fields named x-ignore- need no condition", async () => {
    expect((await upload(sandbox, changed({ "x-ignore-note": "a" }))).status).toBe(204);
  });

  test.each([
    ["not json", "Invalid Policy: Invalid JSON."],
    [JSON.stringify({ conditions: [] }), "Policy missing expiration"],
    [JSON.stringify({ expiration: "soon", conditions: [] }), "Invalid 'expiration'"],
    [JSON.stringify({ expiration: "2999-01-01T00:00:00Z", conditions: [["like", "$key", "x"]] }), "Simple-Condition"],
  ])("a signed policy that cannot be read: %s", async (text, words) => {
    const policy = Buffer.from(text).toString("base64");
    const day = form.fields["x-amz-date"]?.slice(0, 8) ?? "";
    const key = { accessKeyId: "", secretKey: "the sandbox signs with this; it protects nothing", region: "us-east-1" };
    const answer = await upload(sandbox, changed({ policy, "x-amz-signature": signPolicy(key, day, policy) }));
    expect([codeOf(answer), sentence(answer)]).toEqual(["InvalidPolicyDocument", expect.stringContaining(words)]);
  });

  test("a signature error says what was signed", async () => {
    const answer = await upload(sandbox, changed({ "x-amz-signature": "00" }));
    const text = answer.bytes.toString();
    expect(text).toContain(
      `<StringToSign>${form.fields.policy}</StringToSign><SignatureProvided>00</SignatureProvided>`,
    );
  });
});

describe("size and time", () => {
  test("the range of the policy is kept to the byte", async () => {
    form = await newForm({ minBytes: 10, maxBytes: 20 });
    const statusOf = async (bytes: number) => {
      const answer = await upload(sandbox, uploadParts(form, Buffer.alloc(bytes)));
      return [answer.status, codeOf(answer)];
    };
    expect(await statusOf(9)).toEqual([400, "EntityTooSmall"]);
    expect(await statusOf(10)).toEqual([204, undefined]);
    expect(await statusOf(20)).toEqual([204, undefined]);
    expect(await statusOf(21)).toEqual([400, "EntityTooLarge"]);
    const answer = await upload(sandbox, uploadParts(form, Buffer.alloc(21)));
    expect(answer.bytes.toString()).toContain("<ProposedSize>21</ProposedSize><MaxSizeAllowed>20</MaxSizeAllowed>");
  });

  test("a form expires by the sandbox's clock", async () => {
    sandbox.advanceClock(59 * 60_000);
    expect((await upload(sandbox, uploadParts(form))).status).toBe(204);
    sandbox.advanceClock(60_000);
    const answer = await upload(sandbox, uploadParts(form));
    expect([answer.status, sentence(answer)]).toEqual([403, "Invalid according to Policy: Policy expired."]);
  });

  test("a form from the future is skewed", async () => {
    sandbox.advanceClock(-16 * 60_000);
    const answer = await upload(sandbox, uploadParts(form));
    expect([answer.status, codeOf(answer)]).toEqual([403, "RequestTimeTooSkewed"]);
  });
});

describe("the form itself", () => {
  test("the file must be last, and one", async () => {
    const [file, ...fields] = uploadParts(form).reverse() as [Part, ...Part[]];
    const first = await upload(sandbox, [file, ...fields]);
    expect([first.status, codeOf(first), sentence(first)]).toEqual([
      400,
      "InvalidArgument",
      expect.stringContaining("last"),
    ]);
    sandbox.patchState({ strict: false });
    expect(sentence(await upload(sandbox, [file, ...fields]))).toContain("check the order of the fields");
    expect((await upload(sandbox, [...fields, file, ["note", "unread"]])).status).toBe(204);
    for (const parts of [fields, [...fields, file, file], [...fields, ["upload", "x", "a.glb"] as Part]])
      expect(sentence(await upload(sandbox, parts))).toContain("exactly one file");
  });

  test("before the file at most 20 KB", async () => {
    const answer = await upload(sandbox, changed({ "x-ignore-padding": "x".repeat(20_480) }));
    expect([answer.status, codeOf(answer)]).toEqual([400, "MaxPostPreDataLengthExceeded"]);
  });

  test("must be a form, whole and with a length", async () => {
    const url = form.url;
    const { body, headers } = formOf(uploadParts(form));
    const post = async (given: { headers: Record<string, string>; body: Buffer | string }) => {
      const answer = await ask(url, { method: "POST", ...given });
      return [answer.status, codeOf(answer)];
    };
    expect(await post({ headers: { "content-type": "application/json" }, body: "{}" })).toEqual([
      412,
      "PreconditionFailed",
    ]);
    expect(await post({ headers: { "content-type": "multipart/form-data" }, body })).toEqual([
      400,
      "MalformedPOSTRequest",
    ]);
    expect(await post({ headers, body: body.slice(0, -10) })).toEqual([400, "MalformedPOSTRequest"]);
    const chunked = { ...headers, "transfer-encoding": "chunked" };
    expect(await post({ headers: chunked, body })).toEqual([501, "NotImplemented"]);
    sandbox.imagine.configure({ upload: { chunked: "MissingContentLength" } });
    expect(await post({ headers: chunked, body })).toEqual([411, "MissingContentLength"]);
  });

  test("other methods and paths are closed", async () => {
    const answers = [
      await ask(form.url),
      await ask(form.url, { method: "PUT", body: "x" }),
      await ask(form.url, { method: "PATCH", body: "x" }),
      await ask(`${form.url}folder`, { method: "POST", body: "x" }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 405, 405]);
  });

  test("no key may come along", async () => {
    const { secretKey } = sandbox.imagine.credentials();
    const answer = await upload(sandbox, uploadParts(form), { authorization: `Imagine-key ${secretKey}` });
    expect([answer.status, sandbox.requests({ host: "imagineS3" })[0]?.leak]).toEqual([
      400,
      expect.stringContaining("authorization"),
    ]);
    expect(sandbox.imagine.objects()).toEqual([]);
  });
});

describe("errors on demand", () => {
  test("every code of the list comes with its status, so often as asked", async () => {
    for (const code of s3ErrorCodes) {
      sandbox.imagine.failUploads({ code });
      const answer = await upload(sandbox, uploadParts(form));
      expect([answer.status, codeOf(answer)]).toEqual([s3Errors[code][0], code]);
    }
    sandbox.patchState({ imagine: { uploadFailures: [{ code: "SlowDown", times: 2 }] } });
    const statuses = [];
    for (let count = 0; count < 3; count++) statuses.push((await upload(sandbox, uploadParts(form))).status);
    expect(statuses).toEqual([503, 503, 204]);
  });

  test("an error may come with 200, after the file was stored, or lead elsewhere", async () => {
    sandbox.imagine.failUploads({ code: "InternalError", status: 200 });
    const lie = await upload(sandbox, uploadParts(form));
    expect([lie.status, codeOf(lie), sandbox.imagine.objects().length]).toEqual([200, "InternalError", 0]);
    sandbox.imagine.failUploads({ code: "ServiceUnavailable", afterStoring: true });
    expect([(await upload(sandbox, uploadParts(form))).status, sandbox.imagine.objects().length]).toEqual([503, 1]);
    sandbox.imagine.failUploads({ code: "TemporaryRedirect", endpoint: "http://127.0.0.1:9/" });
    const elsewhere = await upload(sandbox, uploadParts(form));
    expect([elsewhere.status, elsewhere.headers.location]).toEqual([307, "http://127.0.0.1:9/"]);
    expect(() => sandbox.imagine.failUploads({ code: "SlowDwn" as never })).toThrow('"code" is wrong');
  });

  test("faults reach uploads: cut at half, answer lost after success", async () => {
    sandbox.addFault({ host: "imagineS3", kind: "cut-upload", afterBytes: 500_000, times: 1 });
    const content = Buffer.alloc(1_000_000);
    expect((await upload(sandbox, uploadParts(form, content))).failure).toMatch(/ECONNRESET|EPIPE/);
    await until(() => sandbox.requests({ host: "imagineS3" })[0]?.finishedAt !== null);
    expect(sandbox.imagine.objects()).toEqual([]);
    sandbox.addFault({ host: "imagineS3", kind: "refuse", afterHandling: true, times: 1 });
    expect((await upload(sandbox, uploadParts(form, content))).failure).toBe("ECONNRESET");
    expect(sandbox.imagine.objects()).toMatchObject([{ bytes: 1_000_000 }]);
  });
});

test("an upload larger than any body that is kept needs no memory", async () => {
  const megabytes = 160;
  const [head = "", tail = ""] = formOf(uploadParts(form, "HERE")).body.toString("latin1").split("HERE");
  const piece = Buffer.alloc(1024 * 1024, 3);
  const headers = {
    ...formOf([]).headers,
    "content-length": head.length + tail.length + megabytes * piece.length,
  };
  const before = process.memoryUsage();
  const sending = request(form.url, { method: "POST", headers, agent: false });
  const answered = once(sending, "response");
  sending.write(head);
  let most = 0;
  for (let count = 0; count < megabytes; count++) {
    if (!sending.write(piece)) await once(sending, "drain");
    const { heapUsed, external } = process.memoryUsage();
    most = Math.max(most, heapUsed + external - before.heapUsed - before.external);
  }
  sending.end(tail);
  const [response] = await answered;
  expect(response.statusCode).toBe(204);
  expect(sandbox.imagine.objects()).toMatchObject([{ bytes: megabytes * piece.length }]);
  expect(most).toBeLessThan(100 * 1024 * 1024);
});
