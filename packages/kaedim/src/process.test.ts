import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pathToFileURL } from "node:url";
import { type SeenRequest, type TestHandler, withRawServer, withServer } from "@org/http-core/testing";
import nock from "nock";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, type KaedimSettings, type ProcessOptions, processCosts, spendOutcome } from "./index.ts";

far.useNock();

const client = (more: Partial<KaedimSettings> = {}) => createKaedim(far.settings(more));
const png = (bytes = 64) => Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.alloc(bytes - 8, 7)]);
const jpeg = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(60, 9)]);
const url = "https://example.com/a.png";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaedim-process-"));
  await writeFile(join(folder, "chair.png"), png());
  await writeFile(join(folder, "empty.png"), "");
});
afterAll(() => rm(folder, { recursive: true }));

const taken: TestHandler = (_request, response) => {
  response.writeHead(201, { "content-type": "application/json" }).end('{"status":"success","requestID":"req-1"}');
};

/** Sends to a real server, since nock does not see how a body travels. */
async function sent(options: ProcessOptions, more: Partial<KaedimSettings> = {}) {
  nock.enableNetConnect("127.0.0.1");
  return withServer(taken, async ({ origin, seen }) => {
    const processed = await client({ origin, ...more }).process(options);
    expect(seen).toHaveLength(1);
    return { processed, seen: seen[0] as SeenRequest };
  });
}

/** Reads a form with Node's own parser, not with ours. */
async function formOf(seen: SeenRequest): Promise<[string, File | string][]> {
  const headers = { "content-type": String(seen.headers["content-type"]) };
  const form = await new Response(new Uint8Array(seen.body), { headers }).formData();
  return [...form.entries()];
}

describe("images as files", () => {
  it("go out as a form that any parser reads, of known length, in the order given", async () => {
    const path = join(folder, "chair.png");
    const webStream = new Blob([jpeg]).stream();
    const { seen, processed } = await sent({
      images: [
        path,
        pathToFileURL(path),
        new File([png()], 'a "b"\r\n.png'),
        new Blob([jpeg]),
        { stream: Readable.from([jpeg.subarray(0, 10), jpeg.subarray(10)]), name: "streamed.jpg" },
        { stream: webStream as unknown as AsyncIterable<Uint8Array> },
      ],
      loq: "high",
      polycount: 20000,
      heightCm: 200,
      widthCm: 80.5,
      depthCm: 40,
      projectId: "project-1",
      studioId: "studio-1",
      test: false,
    });
    expect(processed.warnings).toEqual([]);
    expect(seen.headers["content-length"]).toBe(String(seen.body.length));
    expect(seen.headers["transfer-encoding"]).toBeUndefined();
    const entries = await formOf(seen);
    expect(entries.filter(([, value]) => typeof value === "string")).toEqual([
      ["devID", far.keys.devId],
      ["LoQ", "high"],
      ["polycount", "20000"],
      ["height", "200"],
      ["width", "80.5"],
      ["depth", "40"],
      ["test", "false"],
      ["projectID", "project-1"],
      ["studioID", "studio-1"],
    ]);
    const files = entries.map(([name, file]) => ({ name, file })).filter(({ file }) => file instanceof File);
    expect(
      files.map(({ name, file }) => [name, (file as File).name, (file as File).type, (file as File).size]),
    ).toEqual([
      ["images", "chair.png", "image/png", 64],
      ["images", "chair.png", "image/png", 64],
      ["images", expect.stringContaining(".png"), "image/png", 64],
      ["images", "image-3", "image/jpeg", 64],
      ["images", "streamed.jpg", "image/jpeg", 64],
      ["images", "image-5", "image/jpeg", 64],
    ]);
    for (const [index, { file }] of files.entries()) {
      expect(Buffer.from(await (file as File).arrayBuffer())).toEqual(index < 3 ? png() : jpeg);
    }
  });

  it.each([
    ["image", ["image", "image"]],
    [(index: number) => `image-${index}`, ["image-0", "image-1"]],
  ] as const)("take the name that Kaedim's programs use: %s", async (imagePartName, names) => {
    const { seen } = await sent({ images: [png(), png()], loq: "standard" }, { imagePartName });
    const entries = await formOf(seen);
    expect(entries.filter(([, value]) => value instanceof File).map(([name]) => name)).toEqual(names);
  });

  it("bring a warning above 5 MB together, and for kinds that Kaedim's screens refuse", async () => {
    const warnings: string[] = [];
    const logger = { debug: () => {}, warn: (_fields: object, text: string) => void warnings.push(text) };
    const images = [png(2_600_000), png(2_600_000), Buffer.from("what is this")];
    const { processed } = await sent({ images, loq: "ultra" }, { http: { ...far.quick, logger } });
    expect(processed.warnings).toEqual([
      expect.stringContaining("5200012 bytes together"),
      expect.stringContaining("image-2 is neither PNG nor JPEG"),
    ]);
    expect(warnings).toEqual(processed.warnings);
  });

  it("that change while they are sent end the request before it is whole", async () => {
    nock.enableNetConnect("127.0.0.1");
    const shrinking = new File([png()], "a.png");
    Object.defineProperty(shrinking, "size", { value: 100 });
    await withServer(taken, async ({ origin, seen }) => {
      const error = await far.failureOf(client({ origin }).process({ images: [shrinking], loq: "high" }));
      expect(error.code).toBe("image-changed");
      expect(error.message).toContain("a.png changed while it was being sent");
      expect(seen).toEqual([]);
    });
  });
});

describe("image addresses", () => {
  it.each([
    ["parts", [url, `${url}?2`]],
    ["list-part", [JSON.stringify([url, `${url}?2`])]],
  ] as const)("may go out as a form: %s", async (imageUrlForm, values) => {
    const { seen } = await sent({ imageUrls: [url, `${url}?2`], loq: "standard", polycount: 5 }, { imageUrlForm });
    const entries = await formOf(seen);
    expect(entries).toEqual([
      ["devID", far.keys.devId],
      ["LoQ", "standard"],
      ["polycount", "5"],
      ...values.map((value) => ["imageUrls", value]),
    ]);
  });
});

describe("what is checked before anything is sent", () => {
  const base = { imageUrls: [url], loq: "standard" } as const;
  it.each([
    ["no images", { loq: "high" }, "images"],
    ["both kinds of images", { ...base, images: [png()] }, "images"],
    ["an empty list", { imageUrls: [], loq: "high" }, "imageUrls"],
    ["seven images", { images: Array(7).fill(png()), loq: "high" }, "images"],
    ["a text for a list", { imageUrls: url, loq: "high" }, "imageUrls"],
    ["an address that is none", { imageUrls: [url, "chair.png"], loq: "high" }, "imageUrls.1"],
    ["an address Kaedim cannot reach", { imageUrls: ["file:///chair.png"], loq: "high" }, "imageUrls.0"],
    ["no level", { imageUrls: [url] }, "loq"],
    ["the level of 2022", { imageUrls: [url], loq: "highDetail" }, "loq"],
    ["half a polygon", { ...base, polycount: 0.5 }, "polycount"],
    ["no polygons", { ...base, polycount: 0 }, "polycount"],
    ["a height in words", { ...base, heightCm: "200" }, "heightCm"],
    ["a width below nothing", { ...base, widthCm: -1 }, "widthCm"],
    ["an endless depth", { ...base, depthCm: Number.POSITIVE_INFINITY }, "depthCm"],
    ["an empty project", { ...base, projectId: " " }, "projectId"],
    ["an empty studio", { ...base, studioId: "" }, "studioId"],
    ["test in words", { ...base, test: "yes" }, "test"],
  ])("%s", async (_what, options, field) => {
    const error = await far.failureOf(client().process(options as never));
    expect(error).toMatchObject({ code: "argument-invalid", neverSent: true });
    expect(error.fieldErrors).toHaveProperty([field]);
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it.each([
    ["an image above 5 MB", () => png(5 * 1024 * 1024 + 1), "image-too-large"],
    ["a stream above 5 MB", () => ({ stream: Readable.from([png(5_000_000), png(5_000_000)]) }), "image-too-large"],
    ["a stream that breaks", () => ({ stream: Readable.from(brokenStream()) }), "image-unreadable"],
    ["an empty file", () => join(folder, "empty.png"), "image-empty"],
    ["a file that is not there", () => join(folder, "nothing.png"), "image-unreadable"],
    ["a folder", () => folder, "image-unreadable"],
    ["an address among the files", () => url, "argument-invalid"],
    ["a number", () => 4711, "argument-invalid"],
  ])("%s", async (_what, image, code) => {
    const error = await far.failureOf(client().process({ images: [png(), image() as never], loq: "high" }));
    expect(error).toMatchObject({ code, neverSent: true });
    expect(error.fieldErrors).toHaveProperty(["images.1"]);
  });

  it("an endless stream is given up at the limit", async () => {
    let chunks = 0;
    async function* endless() {
      for (; chunks < 1_000; chunks += 1) yield png(1_000_000);
    }
    const error = await far.failureOf(client().process({ images: [{ stream: endless() }], loq: "high" }));
    expect(error.code).toBe("image-too-large");
    expect(chunks).toBeLessThan(10);
  });

  it("names every wrong field at once", async () => {
    const error = await far.failureOf(client().process({ imageUrls: [], loq: "low" as never, polycount: -1 }));
    expect(Object.keys(error.fieldErrors ?? {})).toEqual(["loq", "polycount", "imageUrls"]);
  });

  it("takes a level in capitals and sends it in small letters", async () => {
    far
      .signed()
      .post(`${far.base}/process`, (body) => body.LoQ === "ultra")
      .reply(201, { requestID: "req-1" });
    await client().process({ imageUrls: [url], loq: "Ultra" as never });
    expect(processCosts.ultra).toBe(4);
  });
});

describe("a request that may have been paid for is never sent twice", () => {
  const once = { imageUrls: [url], loq: "standard" } as const;

  it.each([500, 502, 503, 504, 429, 408, 520])("status %i", async (status) => {
    far.signed().post(`${far.base}/process`).reply(status, "busy", { "retry-after": "0" });
    const error = await far.failureOf(client().process(once));
    expect(error.status).toBe(status);
    expect(spendOutcome(error)).toBe(status === 429 ? "not-spent" : "unknown");
  });

  it.each([
    ["a broken connection", { code: "ECONNRESET" }],
    ["silence", { code: "ETIMEDOUT" }],
  ])("%s", async (_what, problem) => {
    far
      .signed()
      .post(`${far.base}/process`)
      .replyWithError(Object.assign(new Error("gone"), problem));
    await far.failureOf(client().process(once));
  });

  it("a connection that ends without an answer leaves it unknown", async () => {
    nock.enableNetConnect("127.0.0.1");
    await withRawServer(
      (_head, socket) => void socket.destroy(),
      async ({ origin, seen }) => {
        const error = await far.failureOf(client({ origin }).process(once));
        expect(error).toMatchObject({ kind: "transport", neverSent: false });
        expect(spendOutcome(error)).toBe("unknown");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it("half an answer leaves it unknown", async () => {
    nock.enableNetConnect("127.0.0.1");
    await withRawServer(
      (_head, socket) => void socket.end('HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{"status":"succ'),
      async ({ origin, seen }) => {
        const error = await far.failureOf(client({ origin }).process(once));
        expect(error.code).toBe("answer-truncated");
        expect(spendOutcome(error)).toBe("unknown");
        expect(seen).toHaveLength(1);
      },
    );
  });

  it.each([
    ["a page", 201, "<!doctype html><p>Welcome</p>", "not-json"],
    ["an answer without a requestID", 201, { status: "success" }, "request-id-missing"],
    ["an error inside", 200, { status: "error", message: "Request failed due to load" }, "request-refused"],
    ["credits inside", 200, { status: "error", message: "Not enough credits" }, "quota-exhausted"],
    ["nothing", 201, "", "not-json"],
  ])("%s in an accepted answer leaves it unknown", async (_what, status, body, code) => {
    far.signed().post(`${far.base}/process`).reply(status, body);
    const error = await far.failureOf(client().process(once));
    expect(error.code).toBe(code);
    expect(spendOutcome(error)).toBe("unknown");
  });

  it("a redirect is not followed", async () => {
    far.signed().post(`${far.base}/process`).reply(307, "", { location: "https://elsewhere.example/process" });
    expect(await far.failureOf(client().process(once))).toMatchObject({ code: "redirect-refused" });
  });

  it.each([
    [402, { message: "Payment required" }, "quota-exhausted"],
    [400, { status: "error", message: "You have no credits left" }, "quota-exhausted"],
    [403, { status: "error", message: "Forbidden" }, "entitlement-missing"],
    [403, "<html><title>Blocked</title></html>", "access-blocked"],
    [404, "<!DOCTYPE html><pre>Cannot POST /api/v1/process</pre>", "route-not-found"],
    [413, "", "image-too-large"],
  ])("a refusal has cost nothing: %i", async (status, body, code) => {
    far.signed().post(`${far.base}/process`).reply(status, body);
    const error = await far.failureOf(client().process(once));
    expect(error).toMatchObject({ code, status, retryable: false });
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it("a refresh that failed before it has cost nothing", async () => {
    nock(far.origin).post(`${far.base}/refreshJWT`).times(4).reply(500, "busy");
    const error = await far.failureOf(client({ jwt: undefined }).process(once));
    expect(spendOutcome(error)).toBe("not-spent");
  });

  it("anything else counts as unknown", () => {
    expect(spendOutcome(new Error("disk"))).toBe("unknown");
    expect(spendOutcome(undefined)).toBe("unknown");
  });
});

async function* brokenStream() {
  yield png();
  throw Object.assign(new Error("camera gone"), { code: "EIO" });
}
