import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { type SeenRequest, type TestHandler, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-imagine.ts";
import { createImagine, type UploadProgress } from "./index.ts";

// Its interceptor would take in a whole body before a broken connection could be told.
nock.restore();

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "imagine-upload-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const noContent: TestHandler = (_request, response) => {
  response.writeHead(204, { etag: '"abc"', location: "https://example" }).end();
};
const xml = (code: string, more = "") =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>Because &amp; so</Message>${more}<RequestId>REQ1</RequestId><HostId>h</HostId></Error>`;

/** A bucket on this machine, and a client that may use it. */
function withBucket<T>(
  handler: (request: SeenRequest, response: ServerResponse, raw: IncomingMessage, count: number) => void,
  use: (bucket: {
    url: string;
    seen: SeenRequest[];
    imagine: ReturnType<typeof createImagine>;
    upload: (
      change?: Parameters<typeof far.makeForm>[0],
      more?: object,
    ) => ReturnType<ReturnType<typeof createImagine>["uploadModel"]>;
  }) => Promise<T>,
): Promise<T> {
  let count = 0;
  return withServer(
    (request, response, raw) => handler(request, response, raw, ++count),
    async ({ origin, seen }) => {
      const imagine = createImagine({
        secretKey: far.secretKey,
        domain: far.domain,
        baseUrl: origin,
        http: { ...far.quick, timeouts: { responseMs: 300 } },
      });
      const upload = (change = {}, more = {}) =>
        imagine.uploadModel({
          upload: far.makeForm({ url: `${origin}/`, ...change }),
          file: Buffer.from("glTF"),
          ...more,
        });
      return use({ url: `${origin}/`, seen, imagine, upload });
    },
  );
}

describe("T25 what is sent", () => {
  it("sends the fields unchanged and in order, the file last, with a length and nothing of Imagine's", async () => {
    const path = join(folder, "astronaut.glb");
    const content = Buffer.alloc(300_000, "glTF");
    await writeFile(path, content);
    await withBucket(noContent, async ({ url, seen, imagine }) => {
      const form = far.makeForm({ url, fields: { "x-amz-security-token": "planted+token/=" } });
      const progress: UploadProgress[] = [];
      const uploaded = await imagine.uploadModel({ upload: form, file: path, onProgress: (now) => progress.push(now) });
      expect(uploaded).toEqual({ bytes: 300_000, etag: '"abc"' });
      expect(progress.at(-1)).toEqual({ sentBytes: 300_000, totalBytes: 300_000 });
      const [request] = seen;
      const parts = far.partsOf(request?.body.toString("latin1") ?? "");
      expect(parts.slice(0, -1).map(({ name, value }) => [name, value])).toEqual(Object.entries(form.fields));
      expect(parts.at(-1)).toMatchObject({ name: "file", fileName: "astronaut.glb" });
      expect(parts.at(-1)?.value).toBe(content.toString("latin1"));
      expect(request?.headers["content-length"]).toBe(String(request?.body.length));
      expect(Object.keys(request?.headers ?? {}).sort()).toEqual([
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "host",
        "user-agent",
      ]);
      expect(seen).toHaveLength(1);
    });
  });

  it.each([
    ["a Blob", () => new Blob(["glTF"])],
    ["a File", () => new File(["glTF"], "m.glb")],
    ["bytes", () => Buffer.from("glTF")],
    ["a stream", () => ({ stream: Readable.from([Buffer.from("gl"), Buffer.from("TF")]), bytes: 4, name: "m.glb" })],
    ["a web stream", () => ({ stream: new Blob(["glTF"]).stream(), bytes: 4 })],
  ])("takes %s", async (_name, make) => {
    await withBucket(noContent, async ({ upload, seen }) => {
      await upload({}, { file: make() });
      expect(far.partsOf(seen[0]?.body.toString() ?? "").at(-1)?.value).toBe("glTF");
    });
  });

  it.each([200, 201, 204])("takes %i", async (status) => {
    const body = status === 201 ? "<PostResponse><ETag>x</ETag></PostResponse>" : undefined;
    await withBucket(
      (_request, response) => response.writeHead(status).end(body),
      async ({ upload }) => {
        await expect(upload()).resolves.toMatchObject({ bytes: 4 });
      },
    );
  });
});

describe("T25 refused before a byte is sent", () => {
  const model = (name: string, bytes = 4) => ({ file: { stream: Readable.from([Buffer.alloc(bytes)]), bytes, name } });
  it.each([
    ["an expired policy", { expiration: "2020-01-01T00:00:00Z" }, model("m.glb"), "upload-form-expired"],
    ["a file too large", { conditions: [["content-length-range", 1, 3]] }, model("m.glb"), "upload-too-large"],
    ["a file too small", { conditions: [["content-length-range", "10", "30"]] }, model("m.glb"), "upload-too-small"],
    ["another kind of model", {}, model("m.obj"), "upload-type-mismatch"],
    ["no model at all", {}, model("m.png"), "upload-type-mismatch"],
    [
      "a field that the policy wants otherwise",
      { conditions: [["eq", "$acl", "private"]] },
      model("m.glb"),
      "upload-form-invalid",
    ],
    ["a field file", { fields: { File: "x" } }, model("m.glb"), "upload-form-invalid"],
    ["fields too long", { fields: { x: "y".repeat(20_001) } }, model("m.glb"), "upload-form-invalid"],
    ["an address that is none", { url: "bucket" }, model("m.glb"), "upload-form-invalid"],
    ["plain http", { url: "http://bucket.example/" }, model("m.glb"), "upload-form-invalid"],
    ["a web address as file", {}, { file: "https://example.com/m.glb" }, "argument-invalid"],
    ["a stream without length", {}, { file: { stream: Readable.from([]) } }, "argument-invalid"],
    ["a file that is not there", {}, { file: "/nowhere/m.glb" }, "file-unreadable"],
  ])("%s", async (_name, change, more, code) => {
    await withBucket(noContent, async ({ upload, seen }) => {
      const error = await far.failureOf(upload(change, more));
      expect(error).toMatchObject({ code, neverSent: true });
      expect(seen).toEqual([]);
    });
  });

  it("a thumbnail that is none, and one of another kind", async () => {
    await withBucket(noContent, async ({ url, imagine, seen }) => {
      const upload = far.makeForm({ url, key: "t.png" });
      for (const name of ["t.glb", "t.jpg"]) {
        const error = await far.failureOf(imagine.uploadThumbnail({ upload, file: new File(["x"], name) }));
        expect(error.code).toBe("upload-type-mismatch");
      }
      expect(seen).toEqual([]);
      const jpeg = far.makeForm({ url, key: "t.jpeg" });
      await expect(imagine.uploadThumbnail({ upload: jpeg, file: new File(["x"], "t.JPG") })).resolves.toBeDefined();
    });
  });

  it("a bucket on this machine, where the API is not", async () => {
    const upload = far.makeForm({ url: "http://127.0.0.1:9/" });
    const error = await far.failureOf(far.createClient().uploadModel({ upload, file: Buffer.from("x") }));
    expect(error).toMatchObject({ code: "upload-form-invalid", neverSent: true });
  });
});

describe("T25 what S3 says", () => {
  it.each([
    ["Invalid according to Policy: Policy expired.", "upload-form-expired"],
    ['Invalid according to Policy: Policy Condition failed: ["eq", "$key", "a"]', "upload-form-refused"],
    ["Invalid according to Policy: Extra input fields: acl", "upload-form-refused"],
    ["Access Denied", "upload-form-refused"],
  ])("AccessDenied with “%s” is %s, and shows the reason", async (message, code) => {
    await withBucket(
      (_request, response) =>
        response.writeHead(403).end(`<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`),
      async ({ upload }) => {
        const error = await far.failureOf(upload());
        expect(error.code).toBe(code);
        expect(error.message).toContain(message.split(": ")[1] ?? message);
      },
    );
  });

  it.each([
    [403, "AccessDenied", "upload-form-refused", 1],
    [403, "SignatureDoesNotMatch", "upload-form-refused", 1],
    [403, "RequestTimeTooSkewed", "clock-skewed", 1],
    [400, "ExpiredToken", "upload-form-expired", 1],
    [400, "EntityTooLarge", "upload-too-large", 1],
    [400, "InvalidArgument", "upload-form-invalid", 1],
    [400, "IncompleteBody", "upload-interrupted", 4],
    [400, "RequestTimeout", "upload-interrupted", 4],
    [404, "NoSuchBucket", "bucket-not-found", 1],
    [500, "InternalError", "bucket-unavailable", 4],
    [503, "SlowDown", "bucket-unavailable", 4],
    [501, "NotImplemented", "upload-form-invalid", 1],
    [403, "SomethingNew", "upload-refused", 1],
  ])("%i %s is %s, sent %i times", async (status, s3Code, code, sent) => {
    await withBucket(
      (_request, response) => response.writeHead(status, { "content-type": "application/xml" }).end(xml(s3Code)),
      async ({ upload, seen }) => {
        const error = await far.failureOf(upload());
        expect(error).toMatchObject({ code, status, requestId: "REQ1", fieldErrors: { Code: [s3Code] } });
        expect(error.message).toContain("Because & so");
        expect(seen).toHaveLength(sent);
      },
    );
  });

  it("tells the limit, and not the signature", async () => {
    const more = "<MaxSizeAllowed>3</MaxSizeAllowed><StringToSign>planted</StringToSign>";
    await withBucket(
      (_request, response) => response.writeHead(400).end(xml("EntityTooLarge", more)),
      async ({ upload }) => {
        const error = await far.failureOf(upload());
        expect(error.message).toContain("MaxSizeAllowed 3");
        expect(JSON.stringify(error)).not.toContain("planted");
      },
    );
  });

  it("an error inside a 200, and a status that means nothing", async () => {
    await withBucket(
      (_request, response, _raw, count) =>
        response.writeHead(count === 1 ? 200 : 202).end(count === 1 ? xml("EntityTooLarge") : ""),
      async ({ upload }) => {
        expect(await far.failureOf(upload())).toMatchObject({ code: "upload-too-large", status: 200 });
        expect(await far.failureOf(upload())).toMatchObject({ code: "answer-unexpected-shape", status: 202 });
      },
    );
  });

  it("goes on after a 503 with the same form and the whole file", async () => {
    await withBucket(
      (_request, response, _raw, count) =>
        response.writeHead(count === 1 ? 503 : 204).end(count === 1 ? xml("SlowDown") : ""),
      async ({ upload, seen }) => {
        await upload();
        const [first, second] = seen.map(({ body }) => far.partsOf(body.toString()));
        expect(first).toEqual(second);
      },
    );
  });

  it("sends a stream that can be read once only once", async () => {
    await withBucket(
      (_request, response) => response.writeHead(503).end(xml("SlowDown")),
      async ({ upload, seen }) => {
        const error = await far.failureOf(
          upload({}, { file: { stream: Readable.from([Buffer.from("glTF")]), bytes: 4 } }),
        );
        expect(error.code).toBe("bucket-unavailable");
        expect(seen).toHaveLength(1);
      },
    );
  });
});

describe("T25 a connection that breaks", () => {
  it("sends again where the file had not left whole", async () => {
    const path = join(folder, "big.glb");
    await writeFile(path, Buffer.alloc(64_000_000));
    const { createServer } = await import("node:http");
    let count = 0;
    const server = createServer((request, response) => {
      count += 1;
      if (count < 3) {
        // At once, and in the middle.
        if (count === 1) return request.socket.resetAndDestroy();
        request.once("data", () => request.socket.resetAndDestroy());
        return;
      }
      request.resume().on("end", () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const baseUrl = `http://127.0.0.1:${port}`;
    try {
      const imagine = createImagine({ secretKey: far.secretKey, domain: far.domain, baseUrl, http: far.quick });
      await imagine.uploadModel({ upload: far.makeForm({ url: `${baseUrl}/` }), file: path });
      expect(count).toBe(3);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  it.each(["reset", "silence"])("does not send again where it had, and no answer came (%s)", async (how) => {
    await withBucket(
      (_request, response) => {
        if (how === "reset") response.socket?.resetAndDestroy();
      },
      async ({ upload, seen }) => {
        const error = await far.failureOf(upload());
        expect(error).toMatchObject({ kind: "transport", code: "upload-outcome-unknown" });
        expect(error.message).toContain("markUploadSuccess");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it("says what changed or broke in the file, and that S3 has not got it", async () => {
    const broken = async function* () {
      yield Buffer.from("gl");
      throw new Error("disk");
    };
    await withBucket(noContent, async ({ upload, seen }) => {
      for (const [stream, bytes, code] of [
        [() => Readable.from([Buffer.from("g")]), 4, "file-changed"],
        [() => Readable.from([Buffer.from("glTFx")]), 4, "file-changed"],
        [broken, 4, "file-unreadable"],
      ] as const) {
        const error = await far.failureOf(upload({}, { file: { stream, bytes } }));
        expect(error).toMatchObject({ kind: "aborted", code });
      }
      expect(seen).toEqual([]);
    });
  });

  it.each(["before the first byte", "in the middle"])(
    "does not send a file that somebody writes to (%s)",
    async (when) => {
      const path = join(folder, "busy.glb");
      const bytes = 40_000_000;
      await writeFile(path, Buffer.alloc(bytes, "old!"));
      const change = async () => {
        // The same length: only the content tells.
        const handle = await open(path, "r+");
        await handle.write(Buffer.from("NEW!"), 0, 4, bytes - 4);
        await handle.close();
      };
      await withBucket(noContent, async ({ upload, seen }) => {
        let changed: Promise<void> | undefined;
        const onProgress = ({ sentBytes }: UploadProgress) => {
          if (when === "before the first byte" || sentBytes > bytes / 4) changed ??= change();
        };
        const error = await far.failureOf(upload({}, { file: path, onProgress }));
        await changed;
        expect(error).toMatchObject({ kind: "aborted", code: "file-changed" });
        expect(seen).toEqual([]);
      });
    },
  );

  it("reads no further once it has failed", async () => {
    const abort = new AbortController();
    let chunks = 0;
    async function* stream() {
      for (; chunks < 5_000; chunks += 1) {
        if (chunks === 3) abort.abort();
        await new Promise((resolve) => setImmediate(resolve));
        yield Buffer.alloc(10);
      }
    }
    await withBucket(noContent, async ({ upload }) => {
      const error = await far.failureOf(upload({}, { file: { stream, bytes: 50_000 }, signal: abort.signal }));
      expect(error.code).toBe("aborted");
      const then = chunks;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(chunks).toBeLessThanOrEqual(then + 1);
    });
  });

  it("ends at once when it is aborted", async () => {
    await withBucket(
      () => {},
      async ({ upload }) => {
        const abort = new AbortController();
        const pending = far.failureOf(upload({}, { signal: abort.signal }));
        abort.abort();
        expect(await pending).toMatchObject({ code: "aborted" });
      },
    );
  });
});
