import { createHash } from "node:crypto";
import { mkdtemp, open, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ApiError } from "@org/http-core";
import { createImagine, type PublishProductOptions, type PublishRecord } from "@org/imagine";
import { type Sandbox, startSandbox } from "@org/sandbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandboxClock } from "./sandbox-clock.ts";

let sandbox: Sandbox;
let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "imagine-sandbox-"));
  sandbox = await startSandbox();
});
afterEach(async () => {
  const leaks = sandbox.requests().filter(({ leak }) => leak !== null);
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
  expect(leaks, "credentials where they must never go").toEqual([]);
});

function connect(change: { domain?: string } = {}) {
  const { secretKey, publicKey, domain } = sandbox.imagine.credentials();
  const clock = createSandboxClock(sandbox);
  const http = { proxy: "none" as const, retry: { baseDelayMs: 0 }, clock };
  return {
    imagine: createImagine({ secretKey, publicKey, domain, baseUrl: sandbox.origins.imagine, http, ...change }),
    clock,
  };
}

async function failureOf(promise: Promise<unknown>): Promise<ApiError> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ("error" in outcome && ApiError.isInstance(outcome.error)) return outcome.error;
  throw new Error(`An ApiError was expected, not ${JSON.stringify(outcome)}`, outcome as ErrorOptions);
}

const publication: PublishProductOptions = {
  model: Buffer.from("glTF of a chair"),
  modelFileName: "chair.glb",
  thumbnail: Buffer.from("picture of a chair"),
  thumbnailFileName: "chair.png",
  name: "Chair",
  skuId: "CHAIR-1",
  contentTypes: ["3d_model_viewer", "ar", "360_degree_spin", "silo"],
};
const created = () => sandbox.imagine.products().filter(({ skuId }) => skuId === "CHAIR-1");
const asked = (method: string, path: string) => sandbox.requests({ host: "imagine", method, path });

describe("publishProduct", () => {
  it("publishes, with 3 credits and one for each look", async () => {
    const { imagine, clock } = connect();
    const published = await imagine.publishProduct(publication);
    expect(published).toMatchObject({ isComplete: true, outcomes: { silo: "done", ar: "done" } });
    expect(clock.waits.map((ms) => Math.round(ms / 1000))).toEqual([240, 150].slice(0, clock.waits.length));
    expect(sandbox.imagine.credits()).toBe(1000 - 3 - clock.waits.length);
    expect(published.creditsLeft).toBe(sandbox.imagine.credits());
    expect(imagine.creditsLeft()).toBe(sandbox.imagine.credits());
  });

  it("gives what was made where one type failed", async () => {
    sandbox.imagine.configure({ outcomes: { ar: "Infected", silo: "Failed" } });
    const published = await connect().imagine.publishProduct(publication);
    expect(published).toMatchObject({
      isComplete: false,
      outcomes: { "3d_model_viewer": "done", ar: "infected", "360_degree_spin": "done", silo: "failed" },
    });
  });

  it.each(["imagine", "imagineS3"] as const)(
    "goes on from its record after any cut connection at %s, and makes nothing twice",
    async (host) => {
      for (const [nth, how] of Array.from({ length: 4 }, (_, index) => [index, "cut"] as const)) {
        const skuId = `CHAIR-${host}-${nth}`;
        const { imagine } = connect();
        let record: PublishRecord | undefined;
        let saves = 0;
        const onRecord = (now: PublishRecord) => {
          record = now;
          saves += 1;
          // The next answer is lost.
          if (saves === nth * 2 + 1) sandbox.addFault({ host, kind: how, afterBytes: 0, times: 1 });
        };
        const outcome = await imagine
          .publishProduct({ ...publication, skuId, onRecord })
          .catch((error: unknown) => error);
        if (ApiError.isInstance(outcome)) {
          const again = await imagine
            .publishProduct({ ...publication, skuId, resumeFrom: record })
            .catch((error: unknown) => error);
          if (ApiError.isInstance(again)) expect(again.code).toBe("upload-form-lost");
        }
        sandbox.clearFaults();
        const made = sandbox.imagine.products().filter((one) => one.skuId === skuId);
        expect(made.length).toBeLessThanOrEqual(1);
      }
      const jobs = asked("POST", "/v1/product/job/").filter(({ status }) => status === 202);
      expect(jobs.length).toBeLessThanOrEqual(4);
    },
  );

  it("survives an upload form that ended while it was away", async () => {
    const { imagine } = connect();
    let record: PublishRecord | undefined;
    const stopped = imagine.publishProduct({
      ...publication,
      onRecord(now) {
        record = now;
        if (now.create === "done") throw new Error("killed");
      },
    });
    await expect(stopped).rejects.toThrow("killed");
    sandbox.advanceClock(2 * 60 * 60_000);
    const late = connect().imagine.publishProduct({ ...publication, resumeFrom: record });
    // Our own clock has not moved: S3 has to say it.
    expect(await failureOf(late)).toMatchObject({ code: "upload-form-expired", status: 403 });
    expect(created()).toHaveLength(1);
  });
});

describe("T25 uploads", () => {
  const createOne = async (imagine: ReturnType<typeof connect>["imagine"]) =>
    imagine.createProduct({ modelFileName: "a.glb", thumbnailFileName: "a.png", skuId: "A" });

  it("streams 200 MB from disk, whole", async () => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    const path = join(folder, "a.glb");
    const file = await open(path, "w");
    await file.truncate(200_000_000);
    await file.close();
    await imagine.uploadModel({ upload: modelUpload, file: path });
    const hash = createHash("sha256");
    for (let chunk = 0; chunk < 200; chunk += 1) hash.update(Buffer.alloc(1_000_000));
    expect(sandbox.imagine.objects()[0]).toMatchObject({ bytes: 200_000_000, sha256: hash.digest("hex") });
  });

  it.each([
    ["SlowDown", 2, undefined],
    ["InternalError", 1, undefined],
    ["RequestTimeout", 1, undefined],
    ["IncompleteBody", 1, undefined],
    ["SlowDown", 9, "bucket-unavailable"],
    ["RequestTimeTooSkewed", 1, "clock-skewed"],
    ["ExpiredToken", 1, "upload-form-expired"],
    ["InvalidAccessKeyId", 1, "upload-form-refused"],
    ["NoSuchBucket", 1, "bucket-not-found"],
  ] as const)("meets %s %i times: %s", async (s3Code, times, code) => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    sandbox.imagine.failUploads({ code: s3Code, times });
    const upload = imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") });
    if (code === undefined) await upload;
    else expect((await failureOf(upload)).code).toBe(code);
    expect(sandbox.imagine.objects()).toHaveLength(code === undefined ? 1 : 0);
  });

  it.each([0, 50])("sends the same form again after a reset at %i %% of the file", async (percent) => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    const path = join(folder, "reset.glb");
    const bytes = 4_000_000;
    await writeFile(path, Buffer.alloc(bytes, "glTF"));
    const afterBytes = Math.floor((bytes * percent) / 100);
    sandbox.addFault({ host: "imagineS3", kind: "cut-upload", afterBytes, times: 1 });
    await imagine.uploadModel({ upload: modelUpload, file: path });
    expect(sandbox.faults()[0]).toMatchObject({ fired: 1 });
    expect(sandbox.imagine.objects()).toMatchObject([{ bytes }]);
    expect(sandbox.requests({ host: "imagineS3" })).toHaveLength(2);
  });

  it("asks the service, and does not send again, after the answer to the whole file was lost", async () => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    sandbox.addFault({ host: "imagineS3", kind: "refuse", afterHandling: true, times: 1 });
    const error = await failureOf(imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") }));
    expect(error.code).toBe("upload-outcome-unknown");
    expect(sandbox.requests({ host: "imagineS3" })).toHaveLength(1);
    expect(sandbox.imagine.objects()).toHaveLength(1);
  });

  it("believes an error inside a 200", async () => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    sandbox.imagine.failUploads({ code: "EntityTooLarge", status: 200 });
    const error = await failureOf(imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") }));
    expect(error).toMatchObject({ code: "upload-too-large", status: 200 });
  });

  it("follows a bucket that has moved on this machine, and not elsewhere", async () => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    sandbox.imagine.failUploads({ code: "TemporaryRedirect", endpoint: "bucket.evil.example" });
    const upload = () => imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") });
    expect(["bucket-moved", "redirect-refused"]).toContain((await failureOf(upload())).code);
    expect(sandbox.imagine.objects()).toEqual([]);
  });

  it("sends what temporary credentials, a type and a status in the form want", async () => {
    sandbox.imagine.configure({
      upload: { securityToken: true, contentType: "model/gltf-binary", successStatus: "201" },
    });
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    await imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") });
    expect(sandbox.imagine.objects()).toHaveLength(1);
  });

  it("refuses before a byte is sent what the policy would refuse", async () => {
    sandbox.imagine.configure({ upload: { maxBytes: 3 } });
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    const error = await failureOf(imagine.uploadModel({ upload: modelUpload, file: Buffer.from("glTF") }));
    expect(error).toMatchObject({ code: "upload-too-large", neverSent: true });
    expect(sandbox.requests({ host: "imagineS3" })).toEqual([]);
  });

  it("hears of a field that was changed", async () => {
    const { imagine } = connect();
    const { modelUpload } = await createOne(imagine);
    const upload = { ...modelUpload, fields: { ...modelUpload.fields, acl: "public-read" } };
    const error = await failureOf(imagine.uploadModel({ upload, file: Buffer.from("glTF") }));
    expect(error).toMatchObject({ code: "upload-form-refused", status: 403 });
  });
});

describe("keys, credits and pages", () => {
  it("says what is wrong with a key, a domain and the credits", async () => {
    const { domain } = sandbox.imagine.credentials();
    const baseUrl = sandbox.origins.imagine;
    const stranger = createImagine({ secretKey: "sk_somebody_else", domain, baseUrl, http: { proxy: "none" } });
    expect(await failureOf(stranger.getProduct({ skuId: "A" }))).toMatchObject({ code: "sign-in-failed", status: 401 });
    for (const originRefusal of [401, 403] as const) {
      sandbox.imagine.configure({ originRefusal });
      const error = await failureOf(connect({ domain: "elsewhere.example" }).imagine.getProduct({ skuId: "A" }));
      expect(error.code).toBe(originRefusal === 401 ? "sign-in-failed" : "entitlement-missing");
      expect(error.message).toContain("Origin");
    }
    sandbox.imagine.setCredits(0);
    const error = await failureOf(connect().imagine.getProduct({ skuId: "A" }));
    expect(error).toMatchObject({ code: "quota-exhausted", status: 429, retryable: false });
    expect(asked("GET", "/v1/product/details/").filter(({ status }) => status === 429)).toHaveLength(1);
  });

  it("reads 45 products in 3 pages, whatever the links say, and keeps credits", async () => {
    for (let count = 0; count < 45; count += 1) sandbox.imagine.addProduct({ name: `P${count}`, skuId: `S${count}` });
    // Another host of the sandbox, where a key would be noted as a leak.
    sandbox.imagine.configure({ pageLinkOrigin: sandbox.origins.imagineMedia });
    const { imagine } = connect();
    const seen = new Set<string>();
    for await (const { unicode } of imagine.listProducts()) seen.add(unicode);
    expect(seen.size).toBe(45);
    expect(asked("GET", "/v1/product/details/").map(({ query }) => query.page)).toEqual([undefined, "2", "3"]);
    const found: string[] = [];
    for await (const { name } of imagine.listProducts({ search: "P44" })) found.push(name ?? "");
    expect(found).toEqual(["P44"]);
    sandbox.imagine.setCredits(11);
    const reading = (async () => {
      for await (const page of imagine.listProducts({ creditBudget: 10 }).pages())
        found.push(`page ${page.pageNumber}`);
    })();
    // What is known is from before: the first page tells.
    expect((await failureOf(reading)).code).toBe("credit-budget-reached");
    expect(found).toEqual(["P44", "page 1"]);
    expect(sandbox.imagine.credits()).toBe(10);
  });

  it("does not find what is not there", async () => {
    const { imagine } = connect();
    expect((await failureOf(imagine.getProduct({ skuId: "nobody" }))).code).toBe("product-not-found");
    const unicode = "00000000-0000-4000-8000-000000000000";
    expect((await failureOf(imagine.getSharedContent({ unicode }))).code).toBe("product-not-found");
    expect((await failureOf(imagine.waitForRender({ renderId: 99, firstDelayMs: 0 }))).code).toBe("render-not-found");
    const error = await failureOf(imagine.createContentJob({ unicode: "XXX", contentTypes: ["ar"] }));
    expect(error).toMatchObject({ code: "request-refused", fieldErrors: { product: ["Must be a valid UUID."] } });
  });

  it("brings the errors of a scene by field", async () => {
    const scene = { cameraIds: [1], products: [{ skuId: "nobody" }] };
    const error = await failureOf(connect().imagine.createImages({ sceneId: 755_440, ...scene }));
    expect(error.code).toBe("request-refused");
    expect(Object.keys(error.fieldErrors ?? {})).toContain("scene_id");
  });
});

describe("renders and images", () => {
  it("waits for 45 images of one render, over three pages", async () => {
    sandbox.imagine.addProduct({ skuId: "S" });
    const { imagine } = connect();
    const cameraIds = Array.from({ length: 45 }, (_, index) => 420_001 + index);
    const { renderId } = await imagine.createImages({ sceneId: 4200, cameraIds, products: [{ skuId: "S" }] });
    sandbox.imagine.setRenderStatus(renderId, "Failed", 3);
    const render = await imagine.waitForRender({ renderId });
    expect([render.done.length, render.failed.length]).toEqual([44, 1]);
  });

  it("fetches an image, and again after its URL has ended", async () => {
    const { imagine, clock } = connect();
    const { unicode } = await imagine.publishProduct({ ...publication, contentTypes: ["silo"] });
    const { siloImages } = await imagine.getSharedContent({ unicode });
    const url = siloImages[0]?.imageUrl ?? "";
    const path = join(folder, "silo.jpg");
    const file = await imagine.downloadImage({ url, path });
    expect((await readFile(path)).length).toBe(file.bytes);
    // To the sandbox it has ended, to our own clock it has not: a 403 tells.
    sandbox.advanceClock(8 * 24 * 60 * 60_000);
    expect((await failureOf(imagine.downloadImage({ url, path: join(folder, "b.jpg") }))).code).toBe("link-expired");
    await imagine.downloadImage({ url, path: join(folder, "b.jpg"), from: { unicode } });
    // To our own clock too: nobody is asked in vain.
    await clock.sleep(8 * 24 * 60 * 60_000);
    const before = sandbox.requests({ host: "imagineMedia" }).length;
    await imagine.downloadImage({ url, path: join(folder, "c.jpg"), from: { unicode } });
    expect(sandbox.requests({ host: "imagineMedia" }).length).toBe(before + 1);
  });
});

describe("faults", () => {
  const faults: [string, Parameters<Sandbox["addFault"]>[0], string][] = [
    ["HTML instead of JSON", { host: "imagine", kind: "html" }, "not-json"],
    ["half an answer", { host: "imagine", kind: "cut", afterBytes: 20 }, "answer-truncated"],
    ["server errors", { host: "imagine", kind: "status", status: 503 }, "http-503"],
  ];
  it.each(faults)("%s is a typed error, and no job is sent twice", async (_name, fault, code) => {
    const { unicode } = sandbox.imagine.addProduct({ skuId: "S" });
    sandbox.addFault(fault);
    const error = await failureOf(connect().imagine.createContentJob({ unicode, contentTypes: ["ar"] }));
    expect(error.code).toBe(code);
    expect(asked("POST", "/v1/product/job/")).toHaveLength(1);
  });
});
