// Every operation of the document, against the sandbox, which was written from the same document by somebody else.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JournalEntry } from "@org/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import operations from "../src/__fixtures__/operations.json" with { type: "json" };
import { type Account, png, shownInJournal, withAccount } from "./account.ts";

interface Row {
  /** The client's method. */
  name: string;
  operation: string;
  /** Calls it, and gives what is to be compared with `answer`. */
  call: (account: Account, requestId: string) => Promise<unknown>;
  query: (account: Account, requestId: string) => Record<string, string>;
  /** As sent; JSON where it is an object. */
  body: ((account: Account) => object) | { contentType: RegExp } | null;
  hasJwt: boolean;
  hasRefreshToken?: true;
  status: number;
  answer: (account: Account, requestId: string) => unknown;
}

const imageUrl = "https://example.com/image.png";
const destination = "http://127.0.0.1:9/hook";
const devId = ({ sandbox }: Account) => sandbox.kaedim.credentials().devId;
const studioId = ({ sandbox }: Account) => sandbox.kaedim.credentials().studioId;
const projectId = ({ sandbox }: Account) => sandbox.state().kaedim.settings.projects[0]?.projectID ?? "";
const anyText = expect.any(String);
const links = Object.fromEntries(
  ["obj", "fbx", "glb", "gltf", "mtl"].map((format) => [format, expect.stringContaining(`model.${format}?`)]),
);

const documentedRequest = (requestId: string, polycount: number | null) => ({
  requestId,
  name: null,
  createdAt: anyText,
  createdAtMs: expect.any(Number),
  images: [imageUrl],
  imageTags: [],
  polycount,
  iterations: [
    {
      iterationId: "0",
      createdAt: anyText,
      createdAtMs: expect.any(Number),
      status: "completed",
      results: links,
      loq: "standard",
      userId: anyText,
      email: "artist@example.com",
      dismissedReason: null,
      editDescription: null,
      texturingMethod: null,
      other: {},
    },
  ],
  other: {},
});

const rows: Row[] = [
  {
    name: "registerHook",
    operation: "POST /api/v1/registerHook",
    call: ({ kaedim }) => kaedim.registerHook({ destination }),
    query: () => ({}),
    body: (account) => ({ devID: devId(account), destination }),
    hasJwt: false,
    status: 201,
    answer: () => ({
      message: "Webhook registered successfully",
      wasRegistered: false,
      hasJwt: true,
      readRefreshToken: expect.any(Function),
    }),
  },
  {
    name: "refreshJwt",
    operation: "POST /api/v1/refreshJWT",
    call: ({ kaedim }) => kaedim.refreshJwt(),
    query: () => ({}),
    body: (account) => ({ devID: devId(account) }),
    hasJwt: false,
    hasRefreshToken: true,
    status: 200,
    answer: () => ({
      message: "JWT refreshed successfully. Please use the new JWT and devID to authenticate your future requests",
      expiresAtMs: expect.any(Number),
    }),
  },
  {
    name: "process",
    operation: "POST /api/v1/process",
    call: (account) =>
      account.kaedim.process({
        imageUrls: [imageUrl],
        loq: "high",
        polycount: 20000,
        heightCm: 250,
        widthCm: 100,
        depthCm: 50.5,
        test: true,
        projectId: projectId(account),
        studioId: studioId(account),
      }),
    query: () => ({}),
    body: (account) => ({
      devID: devId(account),
      LoQ: "high",
      polycount: 20000,
      height: 250,
      width: 100,
      depth: 50.5,
      test: true,
      projectID: projectId(account),
      studioID: studioId(account),
      imageUrls: [imageUrl],
    }),
    hasJwt: true,
    status: 201,
    answer: (account) => ({
      requestId: account.sandbox.kaedim.requests()[0]?.requestID,
      devId: devId(account),
      message: "request sent successfully, please check webhook in 10-15 mins",
      warnings: [],
    }),
  },
  {
    name: "process",
    operation: "POST /api/v1/process",
    call: ({ kaedim }) => kaedim.process({ images: [png], loq: "ultra" }),
    query: () => ({}),
    body: { contentType: /^multipart\/form-data; boundary=\S+$/ },
    hasJwt: true,
    status: 201,
    answer: ({ sandbox }) => expect.objectContaining({ requestId: sandbox.kaedim.requests()[0]?.requestID }),
  },
  {
    name: "fetchRequest",
    operation: "GET /api/v1/fetchRequest",
    call: (account, requestId) => account.kaedim.fetchRequest({ requestId, studioId: studioId(account) }),
    query: (account, requestId) => ({ devID: devId(account), requestID: requestId, studioID: studioId(account) }),
    body: null,
    hasJwt: true,
    status: 200,
    answer: (_account, requestId) => documentedRequest(requestId, null),
  },
  {
    name: "fetchAll",
    operation: "GET /api/v1/fetchAll",
    call: async (account) => {
      const [start, end] = [new Date("2022-02-02T10:00:00Z"), new Date("2022-02-13T10:00:00Z")];
      const { requests, skipped } = await account.kaedim.fetchAll({ start, end, studioId: studioId(account) });
      return { requests, skipped };
    },
    query: (account) => ({
      devID: devId(account),
      start: "02-01-2022",
      end: "02-14-2022",
      studioID: studioId(account),
    }),
    body: null,
    hasJwt: true,
    status: 200,
    answer: (_account, requestId) => ({ requests: [documentedRequest(requestId, null)], skipped: [] }),
  },
  {
    name: "fetchProjects",
    operation: "GET /api/v1/fetchProjects",
    call: ({ kaedim }) => kaedim.fetchProjects(),
    query: (account) => ({ devID: devId(account) }),
    body: null,
    hasJwt: true,
    status: 200,
    answer: (account) => ({
      projects: [{ projectId: projectId(account), name: "Sandbox", studioId: studioId(account), other: {} }],
      skipped: [],
    }),
  },
];

/** Methods that send through those above, and which. */
const composed: Record<string, (account: Account, requestId: string, path: string) => Promise<string[]>> = {
  async waitForRequest({ kaedim }, requestId) {
    const finished = await kaedim.waitForRequest({ requestId, firstDelayMs: 0 });
    expect(finished.results).toEqual(links);
    return ["GET /api/v1/fetchRequest"];
  },
  async downloadResult({ kaedim }, requestId, path) {
    const file = await kaedim.downloadResult({ request: requestId, format: "obj", path });
    expect(await readFile(path, "utf8")).toMatch(/^v /m);
    expect(file.bytes).toBeGreaterThan(10);
    return ["GET /api/v1/fetchRequest", `GET /results/${requestId}/0/model.obj`];
  },
  async findLostRequest({ kaedim }, requestId) {
    const lost = await kaedim.findLostRequest({ sentAt: new Date("2022-02-05T00:00:00Z") });
    expect(lost).toMatchObject({ outcome: "found", request: { requestId } });
    return ["GET /api/v1/fetchAll"];
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "kaedim-operations-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** An account with one finished request of February 2022, signed in, and an empty journal. */
async function withFinishedRequest(use: (account: Account, requestId: string) => Promise<void>) {
  await withAccount({}, async (account) => {
    const requestId = account.sandbox.kaedim.addRequest({ createdAt: "2022-02-05T12:00:00Z", imageUrls: [imageUrl] });
    account.sandbox.kaedim.finishRequest(requestId);
    await account.kaedim.fetchProjects();
    account.sandbox.clearRequests();
    await use(account, requestId);
  });
}

const sentTo = ({ method, path }: JournalEntry) => `${method} ${path}`;

describe("every operation of the document", () => {
  it("is in the table, and so is every method of the client", async () => {
    expect(new Set(rows.map(({ operation }) => operation))).toEqual(new Set(operations));
    await withAccount({}, async ({ kaedim }) => {
      const methods = new Set([...rows.map(({ name }) => name), ...Object.keys(composed)]);
      expect(methods).toEqual(new Set(Object.keys(kaedim)));
    });
  });

  it.each(rows)("$name: $operation", async (row) => {
    await withFinishedRequest(async (account, requestId) => {
      const { sandbox, tokenStore } = account;
      const { apiKey, refreshToken } = sandbox.kaedim.credentials();
      const jwt = tokenStore.token ?? "";
      const answer = await row.call(account, requestId);
      const [entry, ...others] = sandbox.requests();
      if (entry === undefined) throw new Error("nothing was sent");
      expect(others).toEqual([]);
      expect(sentTo(entry)).toBe(row.operation);
      expect(entry).toMatchObject({ host: "kaedim", status: row.status, leak: null, refusal: null });
      expect(entry.query).toEqual(row.query(account, requestId));
      expect(entry.headers["x-api-key"]).toBe(shownInJournal(apiKey));
      expect(entry.headers.authorization).toBe(row.hasJwt ? shownInJournal(`Bearer ${jwt}`) : undefined);
      expect(entry.headers["refresh-token"]).toBe(row.hasRefreshToken && shownInJournal(refreshToken));
      expect(entry.headers.accept).toBe("application/json");
      if (row.body === null) expect(entry.bytesReceived).toBe(0);
      else expect(entry.headers["content-length"]).toBe(String(entry.bytesReceived));
      if (typeof row.body === "function") {
        expect(entry.headers["content-type"]).toBe("application/json");
        expect(entry.bytesReceived).toBe(Buffer.byteLength(JSON.stringify(row.body(account))));
      } else if (row.body !== null) expect(entry.headers["content-type"]).toMatch(row.body.contentType);
      expect(answer).toEqual(row.answer(account, requestId));
    });
  });

  it.each(Object.keys(composed))("%s sends nothing but these", async (name) => {
    await withFinishedRequest(async (account, requestId) => {
      const expected = await composed[name]?.(account, requestId, join(folder, name));
      const sent = account.sandbox.requests();
      expect(sent.map(sentTo)).toEqual(expected);
      const toOthers = sent.filter(({ host }) => host !== "kaedim").flatMap(({ headers }) => Object.keys(headers));
      expect(toOthers.filter((header) => /auth|key|token/.test(header))).toEqual([]);
      expect(sent.filter(({ leak }) => leak !== null)).toEqual([]);
    });
  });
});

describe("what the sandbox understood", () => {
  it("of registerHook: the destination", async () => {
    await withAccount({}, async ({ kaedim, sandbox }) => {
      const registration = await kaedim.registerHook({ destination });
      expect(sandbox.kaedim.hook()).toBe(destination);
      expect(registration.readRefreshToken()).toBe(sandbox.kaedim.credentials().refreshToken);
      expect(await kaedim.registerHook({ destination })).toMatchObject({ wasRegistered: true });
    });
  });

  it("of process with addresses: every field", async () => {
    await withAccount({}, async (account) => {
      const { kaedim, sandbox } = account;
      const imageUrls = [imageUrl, `${imageUrl}?2`];
      const [polycount, heightCm, widthCm, depthCm] = [20000, 250, 100, 50.5];
      const ids = { projectId: projectId(account), studioId: studioId(account) };
      await kaedim.process({ imageUrls, loq: "high", polycount, heightCm, widthCm, depthCm, test: false, ...ids });
      expect(sandbox.kaedim.requests()[0]).toMatchObject({
        cost: 2,
        order: {
          loq: "high",
          imageUrls,
          images: [],
          test: false,
          polycount,
          height: heightCm,
          width: widthCm,
          depth: depthCm,
          projectID: ids.projectId,
          studioID: ids.studioId,
        },
      });
    });
  });

  it.each(["json", "parts", "list-part"] as const)("of addresses as %s: the same", async (imageUrlForm) => {
    await withAccount({ client: { imageUrlForm } }, async ({ kaedim, sandbox }) => {
      const imageUrls = [imageUrl, `${imageUrl}?2`];
      await kaedim.process({ imageUrls, loq: "standard", polycount: 5, test: true });
      expect(sandbox.kaedim.requests()[0]?.order).toMatchObject({ imageUrls, polycount: 5, test: true });
    });
  });

  it("of process with files: names, kinds and every byte", async () => {
    await withAccount({}, async ({ kaedim, sandbox }) => {
      const large = Buffer.concat([png, Buffer.alloc(4_000_000, 3)]);
      await kaedim.process({ images: [png, new File([large], "Stuhl „süß“.png")], loq: "ultra", heightCm: 80 });
      const order = sandbox.kaedim.requests()[0]?.order;
      expect(order).toMatchObject({ loq: "ultra", height: 80, imageUrls: [] });
      expect(order?.images).toEqual([
        { partName: "images", filename: "image-0", contentType: "image/png", bytes: png.length, sha256: anyText },
        {
          partName: "images",
          filename: "Stuhl „süß“.png",
          contentType: "image/png",
          bytes: large.length,
          sha256: anyText,
        },
      ]);
    });
  });
});
