import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import type { HttpSettings } from "@org/http-core";
import { failureOf, type SeenRequest, withServer } from "@org/http-core/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { create3dverse, type Threedverse } from "./3dverse-client.ts";
import type { ConnectionSettings } from "./connection.ts";
import type { FileSource } from "./file-source.ts";

// Without nock, whose sockets are not Node's: what is tried here depends on how real ones behave.
const quick: HttpSettings = { retry: { baseDelayMs: 0, maxRetryAfterMs: 0 }, proxy: "none" };

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "3dverse-upload-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const at = (origin: string, settings: Partial<ConnectionSettings> = {}) =>
  create3dverse({ credential: { userToken: "token-4711" }, baseUrl: origin, http: quick, ...settings });

/** Does an upload and gives the form as another parser reads it. */
async function formOf(use: (client: Threedverse) => Promise<unknown>, settings?: Partial<ConnectionSettings>) {
  return withServer(
    (_, response) => void response.end('{"upload_task_id":"t1"}'),
    async ({ origin, seen }) => {
      expect(await use(at(origin, settings))).toEqual({ upload_task_id: "t1" });
      expect(seen).toHaveLength(1);
      const [request] = seen as [SeenRequest];
      const headers = { "content-type": String(request.headers["content-type"]) };
      const form = await new Response(new Uint8Array(request.body), { headers }).formData();
      const parts = await Promise.all(
        [...form].map(async ([name, value]) =>
          typeof value === "string" ? { name, text: value } : { name, file: value.name, text: await value.text() },
        ),
      );
      return { parts, request };
    },
  );
}

it("sends paths, bytes, Blobs, Files and streams in one form", async () => {
  const path = join(folder, "chair.obj");
  await writeFile(path, "o Chair");
  const files: FileSource[] = [
    path,
    { path, name: 'na"me\r\n.obj' },
    new File(["file"], "Stühle.mtl", { type: "model/mtl" }),
    { content: Buffer.from("bytes"), name: "a.png" },
    { content: new Blob(["blob"]), name: "b.png" },
    { stream: Readable.from([Buffer.from("no"), Buffer.from("de")]), name: "c.bin", size: 4 },
    { stream: new Blob(["web"]).stream(), name: "d.bin", size: 3 },
  ];
  const { parts, request } = await formOf((client) =>
    client.uploadFiles({ folder_id: "f1", files, fields: { pipeline: "sce\r\nne" } }),
  );
  expect(parts).toEqual([
    { name: "pipeline", text: "sce\r\nne" },
    { name: "files", file: "chair.obj", text: "o Chair" },
    { name: "files", file: 'na"me\r\n.obj', text: "o Chair" },
    { name: "files", file: "Stühle.mtl", text: "file" },
    { name: "files", file: "a.png", text: "bytes" },
    { name: "files", file: "b.png", text: "blob" },
    { name: "files", file: "c.bin", text: "node" },
    { name: "files", file: "d.bin", text: "web" },
  ]);
  expect(request.headers["content-length"]).toBe(String(request.body.length));
  expect(request.headers["transfer-encoding"]).toBeUndefined();
});

it("sends a stream of unknown length in chunks", async () => {
  const { parts, request } = await formOf((client) =>
    client.uploadFiles({ folder_id: "f1", files: [{ stream: Readable.from([Buffer.from("x")]), name: "x.obj" }] }),
  );
  expect(parts).toEqual([{ name: "files", file: "x.obj", text: "x" }]);
  expect(request.headers["transfer-encoding"]).toBe("chunked");
  expect(request.headers["content-length"]).toBeUndefined();
});

it("names the part as told: for the client, for one upload, or by a form of one's own", async () => {
  const files = [{ content: Buffer.from("x"), name: "x" }];
  const upload = { folder_id: "f1", files };
  expect((await formOf((c) => c.uploadFiles(upload), { uploadFieldName: "source" })).parts[0]?.name).toBe("source");
  const once = await formOf((c) => c.uploadFiles({ ...upload, fieldName: "file" }), { uploadFieldName: "source" });
  expect(once.parts[0]?.name).toBe("file");
  const body = new FormData();
  body.append("text", "a");
  body.append("model", new Blob(["x"]), "x.obj");
  const own = await formOf((c) => c.uploadSourceFiles({ folder_id: "f1", body }));
  expect(own.parts).toEqual([
    { name: "text", text: "a" },
    { name: "model", file: "x.obj", text: "x" },
  ]);
});

it("tells how far it is, up to the last byte", async () => {
  const told: { sentBytes: number; totalBytes: number | undefined }[] = [];
  const content = Buffer.alloc(3_000_000, 1);
  const { request } = await formOf((client) =>
    client.uploadFiles({ folder_id: "f1", files: [{ content, name: "x" }], onProgress: (one) => void told.push(one) }),
  );
  expect(told.at(-1)).toEqual({ sentBytes: request.body.length, totalBytes: request.body.length });
  expect(told.every((one, index) => one.sentBytes > (told[index - 1]?.sentBytes ?? 0))).toBe(true);
});

describe("a refusal", () => {
  it.each([true, false])("costs few bytes when the server answers at once (asked first: %s)", async (asks) => {
    const path = join(folder, "large.obj");
    await writeFile(path, "");
    await truncate(path, 64_000_000);
    let bytes = 0;
    const server = createServer();
    const refuse = (_: unknown, response: import("node:http").ServerResponse) => {
      response.writeHead(403, { "content-type": "application/json" }).end('{"errorCode":2,"message":"No access"}');
    };
    // Node says "100 Continue" by itself unless somebody listens.
    if (asks) server.on("checkContinue", refuse);
    server.on("request", refuse);
    server.on("connection", (socket) => {
      socket.on("error", () => {});
      socket.on("close", () => {
        bytes += socket.bytesRead;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const error = await failureOf(at(`http://127.0.0.1:${port}`).uploadFiles({ folder_id: "f1", files: [path] }));
    expect(error).toMatchObject({ code: "access-denied", status: 403 });
    expect(error.message).toContain("No access");
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    expect(bytes).toBeLessThan(100_000);
  });

  it("is seen in the middle of a body, too", async () => {
    let bytes = 0;
    const server = createServer((request, response) => {
      request.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > 1_000_000 && !response.headersSent) response.writeHead(413).end();
      });
    });
    server.on("connection", (socket) => socket.on("error", () => {}));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    async function* endless() {
      const chunk = Buffer.alloc(65_536);
      for (;;) {
        yield chunk;
        await new Promise((resolve) => setImmediate(resolve));
      }
    }
    const upload = at(`http://127.0.0.1:${port}`).uploadFiles({
      folder_id: "f1",
      files: [{ stream: endless(), name: "endless.raw" }],
    });
    expect(await failureOf(upload)).toMatchObject({ code: "upload-too-large", status: 413 });
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  });
});

it("sends without asking first where that is not understood", async () => {
  const heads: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    heads.push(request.headers.expect);
    request.resume().on("end", () => response.end('{"upload_task_id":"t1"}'));
  });
  server.on("checkContinue", (request, response) => {
    heads.push(request.headers.expect);
    response.writeHead(417).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const files = [{ stream: Readable.from([Buffer.alloc(2_000_000)]), name: "x", size: 2_000_000 }];
  const uploaded = await at(`http://127.0.0.1:${port}`).uploadFiles({ folder_id: "f1", files });
  expect(uploaded.upload_task_id).toBe("t1");
  expect(heads).toEqual(["100-continue", undefined]);
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
});

it("sends once, whatever happens, and only a connection that never stood again", async () => {
  await withServer(
    (_, response) => void response.writeHead(503).end(),
    async ({ origin, seen }) => {
      const upload = { folder_id: "f1", files: [{ content: Buffer.from("x"), name: "x" }], afterCreate: true };
      expect(await failureOf(at(origin).uploadFiles(upload))).toMatchObject({ status: 503 });
      expect(seen).toHaveLength(1);
    },
  );
});

it.each([
  [[], "argument-invalid"],
  [undefined, "argument-invalid"],
  [[7], "argument-invalid"],
  [[""], "argument-invalid"],
  [[{ content: "text", name: "x" }], "argument-invalid"],
  [[{ content: Buffer.from("x"), name: "" }], "argument-invalid"],
  [[{ stream: Readable.from([]), name: "x", size: -1 }], "argument-invalid"],
  [["/nowhere/chair.obj"], "file-unreadable"],
  [[tmpdir()], "file-unreadable"],
])("sends nothing for %j", async (files, code) => {
  const asked = at("http://127.0.0.1:9").uploadFiles({ folder_id: "f1", files: files as FileSource[] });
  expect(await failureOf(asked)).toMatchObject({ code, neverSent: true });
});

it.each([2, 6])("gives up when a stream of 4 bytes brings %i", async (bytes) => {
  await withServer(
    (_, response) => void response.end("{}"),
    async ({ origin }) => {
      const stream = Readable.from([Buffer.alloc(bytes)]);
      const asked = at(origin).uploadFiles({ folder_id: "f1", files: [{ stream, name: "x", size: 4 }] });
      expect(await failureOf(asked)).toMatchObject({ code: "source-changed", retryable: false });
    },
  );
});

it("ends with the signal, also in the middle", async () => {
  const ending = new AbortController();
  async function* slow() {
    yield Buffer.alloc(10);
    ending.abort();
    yield Buffer.alloc(10);
  }
  await withServer(
    (_, response) => void response.end("{}"),
    async ({ origin }) => {
      const files = [{ stream: slow(), name: "x", size: 20 }];
      const asked = at(origin).uploadFiles({ folder_id: "f1", files, signal: ending.signal });
      expect(await failureOf(asked)).toMatchObject({ code: "aborted" });
    },
  );
});

it("streams a package to import, from a path", async () => {
  const path = join(folder, "package.zip");
  await writeFile(path, "PK zip");
  await withServer(
    (_, response) =>
      void response.end('{"asset_ids":{"imported":["a"],"overwritten":[],"skipped":["b"]},"skipped_files":["x"]}'),
    async ({ origin, seen }) => {
      const result = await at(origin).importAssets({ folder_id: "f1", body: path });
      expect(result.asset_ids).toEqual({ imported: ["a"], overwritten: [], skipped: ["b"] });
      expect(seen[0]).toMatchObject({ method: "PUT", url: "/folders/f1/packages?overwrite=never" });
      expect(seen[0]?.headers).toMatchObject({ "content-type": "application/zip", "content-length": "6" });
      expect(seen[0]?.body.toString()).toBe("PK zip");
    },
  );
});

it("takes the answer to a whole package from a server that hangs up at once, though the source has not ended yet", async () => {
  async function* slowToEnd() {
    yield Buffer.from("PK zip");
    // Until the answer is there and the connection gone.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await withServer(
    (_, response) => {
      response.setHeader("connection", "close");
      response.end('{"asset_ids":{"imported":["a"],"overwritten":[],"skipped":[]},"skipped_files":[]}');
    },
    async ({ origin }) => {
      const body = { stream: slowToEnd(), name: "package.zip", size: 6 };
      const result = await at(origin).importAssets({ folder_id: "f1", body });
      expect(result.asset_ids.imported).toEqual(["a"]);
    },
  );
});

it("does not take praise for a part of a package from a server that hangs up", async () => {
  async function* half() {
    yield Buffer.from("PK ");
    await new Promise((resolve) => setTimeout(resolve, 200));
    yield Buffer.from("zip");
  }
  const server = createServer((raw, response) => {
    raw.once("data", () => response.writeHead(200, { connection: "close" }).end('{"asset_ids":{}}'));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const body = { stream: half(), name: "package.zip", size: 6 };
    await expect(at(origin).importAssets({ folder_id: "f1", body })).rejects.toMatchObject({ name: "ApiError" });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
