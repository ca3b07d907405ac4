import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { createBandwidth } from "./bandwidth.ts";
import { type DownloadedFile, downloadFile } from "./download-file.ts";
import type { DownloadFileOptions } from "./download-options.ts";
import { withRawServer, withServer } from "./testing/with-server.ts";

const content = randomBytes(400_000);
const changedContent = randomBytes(400_000);
const sha256 = createHash("sha256").update(content).digest("hex");
const shaOfChanged = createHash("sha256").update(changedContent).digest("hex");

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "download-faults-"));
  path = join(folder, "archive.zip");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Ending = "FIN" | "RST" | "hang";
type Framing = "length" | "chunked" | "close";

/** The bytes of an answer. */
function answerOf(body: Buffer, framing: Framing, headers: string[], status = "200 OK"): Buffer {
  const frame =
    framing === "length"
      ? `Content-Length: ${body.length}\r\n`
      : framing === "chunked"
        ? "Transfer-Encoding: chunked\r\n"
        : "Connection: close\r\n";
  const head = Buffer.from(`HTTP/1.1 ${status}\r\n${frame}${headers.map((line) => `${line}\r\n`).join("")}\r\n`);
  if (framing !== "chunked") return Buffer.concat([head, body]);
  const parts: Buffer[] = [head];
  for (let at = 0; at < body.length; at += 60_000) {
    const piece = body.subarray(at, at + 60_000);
    parts.push(Buffer.from(`${piece.length.toString(16)}\r\n`), piece, Buffer.from("\r\n"));
  }
  return Buffer.concat([...parts, Buffer.from("0\r\n\r\n")]);
}

const stallMs = 60;

function download(origin: string, more: Partial<DownloadFileOptions> = {}): Promise<DownloadedFile> {
  return downloadFile({
    privateHosts: ["127.0.0.1"],
    url: `${origin}/archive.zip`,
    path,
    maxBytes: 1_000_000,
    http: { proxy: "none", retry: { baseDelayMs: 1, maxDelayMs: 2 }, timeouts: { stallMs, responseMs: stallMs } },
    ...more,
  });
}

function outcomeOf(promise: Promise<DownloadedFile>): Promise<DownloadedFile | ApiError> {
  return promise.catch((error: unknown) => {
    if (ApiError.isInstance(error)) return error;
    throw error;
  });
}

const rangeOf = (head: string) => {
  const found = /^range: bytes=(\d+)-$/im.exec(head);
  return found === null ? undefined : Number(found[1]);
};
const ifRangeOf = (head: string) => /^if-range: (.*)$/im.exec(head)?.[1];

async function expectNothingHalf(): Promise<void> {
  if (!existsSync(path)) return;
  const found = createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
  expect([sha256, shaOfChanged]).toContain(found);
}

const headBytes = answerOf(content, "length", ['ETag: "1"']).length - content.length;
const cuts: [string, number][] = [
  ["nothing", 0],
  ["one byte", 1],
  ["half the status line", 8],
  ["half the headers", 40],
  ["the headers", headBytes],
  ["a byte of the body", headBytes + 4],
  ["64 KiB less one", headBytes + 65_535],
  ["a quarter", headBytes + 100_000],
  ["half", headBytes + 200_000],
  ["all but a little", headBytes + 396_000],
  ["all but one byte", -1],
];

describe("a connection that ends early", () => {
  for (const framing of ["length", "chunked", "close"] as const) {
    for (const ending of ["FIN", "RST", "hang"] as const) {
      it.each(cuts)(`${framing}, ${ending}, after %s: the file is whole in the end`, async (_name, cut) => {
        await withRawServer(
          (head, socket, count) => {
            const offset = rangeOf(head);
            const resumed = offset !== undefined && ifRangeOf(head) === '"1"';
            const body = resumed ? content.subarray(offset) : content;
            const headers = ['ETag: "1"', ...(resumed ? [`Content-Range: bytes ${offset}-399999/400000`] : [])];
            const bytes = answerOf(
              body,
              count === 1 ? framing : "length",
              headers,
              resumed ? "206 Partial Content" : "200 OK",
            );
            if (count > 1) return void socket.end(bytes);
            const sent = bytes.subarray(0, cut < 0 ? bytes.length + cut : cut);
            socket.write(sent, () => end(socket, ending));
          },
          async ({ origin, seen }) => {
            // What has no length is accepted only by those who know the length from elsewhere.
            const more = framing === "length" ? {} : { requireLength: false, expectedBytes: 400_000 };
            const file = await download(origin, more);
            expect(file.sha256).toBe(sha256);
            expect((await readFile(path)).equals(content)).toBe(true);
            // Without its last line end a chunked body has still come whole.
            if (framing !== "chunked" || cut !== -1) expect(seen.length).toBe(2);
            if (framing === "length" && cut > headBytes && ending !== "RST") {
              expect(rangeOf(seen[1] ?? "")).toBe(cut - headBytes);
              expect(file).toMatchObject({ requests: 2, resumedFromBytes: 0 });
            }
          },
        );
      });
    }
  }

  it("by default, what has no length is refused before a byte of it is written", async () => {
    for (const framing of ["chunked", "close"] as const) {
      await withRawServer(
        (_head, socket) => void socket.end(answerOf(content, framing, ['ETag: "1"'])),
        async ({ origin, seen }) => {
          expect(await outcomeOf(download(origin))).toMatchObject({ kind: "unreadable", code: "length-missing" });
          expect(seen.length).toBe(1);
          expect(existsSync(path)).toBe(false);
        },
      );
    }
  });
});

function end(socket: { end(): unknown; resetAndDestroy(): unknown }, ending: Ending): void {
  if (ending === "FIN") socket.end();
  // The reset would overtake bytes that are still on their way.
  if (ending === "RST") setTimeout(() => socket.resetAndDestroy(), 10);
}

type Server = (head: string, offset: number | undefined) => Buffer;
const whole = (body: Buffer, headers: string[]) => answerOf(body, "length", headers);
const partOf = (body: Buffer, from: number, range: string, headers: string[]) =>
  answerOf(body.subarray(from), "length", [...headers, `Content-Range: ${range}`], "206 Partial Content");

/** After the cut, the server does this; `resumes`: a Range is asked for; `gives`: which version must be the result. */
const afterCut: [string, string[], Server, { resumes: boolean; gives: string }][] = [
  [
    "strong ETag",
    ['ETag: "1"'],
    (_head, at = 0) => partOf(content, at, `bytes ${at}-399999/400000`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "old Last-Modified",
    ["Last-Modified: Mon, 05 Jan 2026 10:00:00 GMT"],
    (_head, at) => partOf(content, at ?? 0, `bytes ${at}-399999/400000`, []),
    { resumes: true, gives: sha256 },
  ],
  [
    "Last-Modified of this minute",
    [`Last-Modified: ${new Date().toUTCString()}`],
    () => whole(content, []),
    { resumes: false, gives: sha256 },
  ],
  ["weak ETag", ['ETag: W/"1"'], () => whole(content, ['ETag: W/"1"']), { resumes: false, gives: sha256 }],
  ["no validator", [], () => whole(content, []), { resumes: false, gives: sha256 }],
  [
    "changed ETag, If-Range obeyed",
    ['ETag: "1"'],
    () => whole(changedContent, ['ETag: "2"']),
    { resumes: true, gives: shaOfChanged },
  ],
  [
    "changed ETag, If-Range ignored",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(changedContent, ['ETag: "2"'])
        : partOf(changedContent, at, `bytes ${at}-399999/400000`, ['ETag: "2"']),
    { resumes: true, gives: shaOfChanged },
  ],
  ["Range ignored", ['ETag: "1"'], () => whole(content, ['ETag: "1"']), { resumes: true, gives: sha256 }],
  [
    "206 shifted forwards",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : partOf(content, at + 7, `bytes ${at + 7}-399999/400000`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 shifted backwards",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : partOf(content, at - 1, `bytes ${at - 1}-399999/400000`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 of another total",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : partOf(content, at, `bytes ${at}-399999/400001`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 of unknown total",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined ? whole(content, ['ETag: "1"']) : partOf(content, at, `bytes ${at}-399999/*`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 without Content-Range",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : answerOf(content.subarray(at), "length", [], "206 Partial Content"),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 longer than its range",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : partOf(Buffer.concat([content, content]), at, `bytes ${at}-399999/400000`, ['ETag: "1"']),
    { resumes: true, gives: sha256 },
  ],
  [
    "206 in small helpings",
    ['ETag: "1"'],
    (_head, at = 0) =>
      answerOf(
        content.subarray(at, at + 90_000),
        "length",
        ['ETag: "1"', `Content-Range: bytes ${at}-${Math.min(at + 90_000, 400_000) - 1}/400000`],
        "206 Partial Content",
      ),
    { resumes: true, gives: sha256 },
  ],
  [
    "416",
    ['ETag: "1"'],
    (_head, at) =>
      at === undefined
        ? whole(content, ['ETag: "1"'])
        : answerOf(Buffer.alloc(0), "length", ["Content-Range: bytes */300"], "416 Range Not Satisfiable"),
    { resumes: true, gives: sha256 },
  ],
  [
    "file shrunk",
    ['ETag: "1"'],
    () => whole(changedContent.subarray(0, 400_000), ['ETag: "2"']),
    { resumes: true, gives: shaOfChanged },
  ],
];

describe("going on after a cut", () => {
  for (const ending of ["FIN", "RST"] as const) {
    for (const cut of [1, 65_535, 100_000, 200_000, 396_000, 399_999]) {
      it.each(afterCut)(`${ending} after ${cut} bytes; %s`, async (_name, headers, answer, expected) => {
        await withRawServer(
          (head, socket, count) => {
            if (count > 1) return void socket.end(answer(head, rangeOf(head)));
            const bytes = whole(content, headers);
            socket.write(bytes.subarray(0, bytes.length - content.length + cut), () => end(socket, ending));
          },
          async ({ origin, seen }) => {
            const outcome = await download(origin);
            expect(outcome.sha256).toBe(expected.gives);
            // A reset may overtake the bytes before it, and then there is nothing to go on from.
            if (ending === "FIN") expect(rangeOf(seen[1] ?? "") !== undefined).toBe(expected.resumes);
            await expectNothingHalf();
            expect(existsSync(`${path}.part`) || existsSync(`${path}.part.json`)).toBe(false);
          },
        );
      });
    }
  }
});

describe("a server that only just sends", () => {
  it("is given up like one that sends nothing, and gone on with; a slow reader is not its fault", async () => {
    const slow = { stallMs: 10_000, responseMs: 10_000, slowMs: 200, leastBytesPerSecond: 1_000 };
    const retry = { baseDelayMs: 1, maxDelayMs: 2, maxAttempts: 2 };
    const timers = new Set<NodeJS.Timeout>();
    await withServer(
      (_request, response) => {
        response.writeHead(200, { "content-length": 100_000, "content-type": "application/zip" });
        const timer = setInterval(() => response.write("x"), 20);
        timers.add(timer);
        response.on("close", () => clearInterval(timer));
      },
      async ({ origin, seen }) => {
        const error = await outcomeOf(download(origin, { http: { proxy: "none", retry, timeouts: slow } }));
        expect(error).toMatchObject({ kind: "transport", code: "connection-stalled", retryable: true });
        expect(seen.length).toBe(2);
      },
    );
    for (const timer of timers) clearInterval(timer);
    const body = Buffer.alloc(1_500, 7);
    await withServer(
      (_request, response) => void response.writeHead(200, { "content-length": body.length }).end(body),
      async ({ origin, seen }) => {
        const bandwidth = createBandwidth(900);
        const file = await outcomeOf(download(origin, { bandwidth, http: { proxy: "none", timeouts: slow } }));
        expect(file).toMatchObject({ bytes: body.length });
        expect(seen.length).toBe(1);
      },
    );
  });
});
