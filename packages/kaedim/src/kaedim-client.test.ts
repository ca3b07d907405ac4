import { fixtureJson } from "@org/http-core/testing";
import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-kaedim.ts";
import { createKaedim, defaultOrigin } from "./index.ts";

far.useNock();

const client = () => createKaedim(far.settings());
const fixture = (name: string) => fixtureJson(import.meta.url, name) as Record<string, unknown>;
const docDevId = "609d43109ff0b252cce4bc6e";

const documentedIteration = {
  iterationId: "0",
  createdAt: "2023-0...",
  createdAtMs: null,
  status: "completed",
  results: {
    obj: "https://s...",
    fbx: "https://s...",
    glb: "https://s...",
    gltf: "https://s...",
    mtl: "https://s...",
  },
  loq: "standard",
  userId: "b6e...",
  email: "mar...",
  dismissedReason: null,
  editDescription: null,
  texturingMethod: null,
  other: {},
};

const documentedRequest = {
  requestId: "81...236",
  name: null,
  createdAt: "202...",
  createdAtMs: null,
  images: ["https://s..."],
  imageTags: [],
  polycount: null,
  iterations: [documentedIteration],
  other: {},
};

describe("the document's own examples", () => {
  it("POST registerHook, 201", async () => {
    far
      .unsigned()
      .matchHeader("content-type", "application/json")
      .post(`${far.base}/registerHook`, { devID: docDevId, destination: "https://receiver.example/hook" })
      .reply(201, { ...fixture("register-hook.json"), jwt: far.makeJwt(2) });
    far.signed(far.makeJwt(2)).get(`${far.base}/fetchProjects`).query(true).reply(200, fixture("fetch-projects.json"));
    const kaedim = client();
    const registration = await kaedim.registerHook({ destination: "https://receiver.example/hook" });
    expect(registration).toMatchObject({ message: "Webhook already registered", wasRegistered: true, hasJwt: true });
    expect(registration.readRefreshToken()).toBeNull();
    // Its JWT has ended the one of the settings.
    await kaedim.fetchProjects();
  });

  it("POST registerHook, 201 as printed, with a JWT that cannot stand in a header", async () => {
    far.unsigned().post(`${far.base}/registerHook`).reply(201, fixture("register-hook.json"));
    const registration = await client().registerHook({ destination: "https://receiver.example/hook" });
    expect(registration).toMatchObject({ hasJwt: false, wasRegistered: true });
  });

  it("POST registerHook, 404", async () => {
    far.unsigned().post(`${far.base}/registerHook`).reply(404, fixture("register-hook-404.json"));
    const error = await far.failureOf(client().registerHook({ destination: "https://receiver.example/hook" }));
    expect(error).toMatchObject({ code: "sign-in-failed", status: 404 });
    expect(error.message).toContain("User does not exist");
  });

  it("POST process with addresses, 201", async () => {
    const body = {
      devID: docDevId,
      LoQ: "standard",
      imageUrls: ["https://example.com/image1.png", "https://example.com/image2.png"],
      polycount: 20000,
      height: 250,
      test: true,
    };
    far
      .signed()
      .matchHeader("content-type", "application/json")
      .post(`${far.base}/process`, body)
      .reply(201, fixture("process.json"));
    const processed = await client().process({
      imageUrls: body.imageUrls,
      loq: "standard",
      polycount: 20000,
      heightCm: 250,
      test: true,
    });
    expect(processed).toEqual({
      requestId: "1248947ds7an-ad98q3yhans92S-2Asda9212",
      devId: "ad39dg02-dief-as9i-ade0-g159g298ck6s",
      message: "request sent successfully, please check webhook in 10-15 mins",
      warnings: [],
    });
  });

  it.each([
    [400, "process-400.json", "request-refused", "Request failed due to {reason}"],
    [406, "process-406.json", "loq-invalid", "Invalid level of quality inputed"],
  ])("POST process, %i", async (status, name, code, words) => {
    far.signed().post(`${far.base}/process`).reply(status, fixture(name));
    const error = await far.failureOf(client().process({ imageUrls: ["https://example.com/a.png"], loq: "high" }));
    expect(error).toMatchObject({ kind: "refusal", code, status, retryable: false });
    expect(error.message).toContain(words);
  });

  it("GET fetchRequest, 200", async () => {
    far
      .signed()
      .get(`${far.base}/fetchRequest`)
      .query({ devID: docDevId, requestID: "81...236" })
      .reply(200, fixture("fetch-request.json"));
    expect(await client().fetchRequest({ requestId: "81...236" })).toEqual(documentedRequest);
  });

  it("GET fetchAll, 200", async () => {
    const body = fixture("fetch-all.json");
    far.signed().get(`${far.base}/fetchAll`).query({ devID: docDevId }).reply(200, body);
    const list = await client().fetchAll();
    expect(list.requests).toEqual([{ ...documentedRequest, polycount: 20000 }]);
    expect(list.skipped).toEqual([]);
    expect(JSON.parse(list.text)).toEqual(body);
  });

  it("GET fetchAll, 400", async () => {
    far.signed().get(`${far.base}/fetchAll`).query(true).reply(400, fixture("fetch-all-400.json"));
    const error = await far.failureOf(client().fetchAll());
    expect(error).toMatchObject({ code: "request-refused", status: 400 });
    expect(error.message).toContain("DevID is required");
  });

  it("GET fetchProjects, 200", async () => {
    far.signed().get(`${far.base}/fetchProjects`).query({ devID: docDevId }).reply(200, fixture("fetch-projects.json"));
    expect(await client().fetchProjects()).toEqual({
      projects: [
        { projectId: "81...236", name: "Sandbox", studioId: "ad29cegh-adks-344j-htk4-aajs-6117d0jeddn5", other: {} },
      ],
      skipped: [],
    });
  });

  it("POST refreshJWT, 200, and the new JWT is used", async () => {
    const token = fixture("refresh-jwt.json").jwt as string;
    nock(far.origin, { reqheaders: { "x-api-key": far.keys.apiKey, "refresh-token": far.keys.refreshToken } })
      .post(`${far.base}/refreshJWT`, { devID: docDevId })
      .reply(200, fixture("refresh-jwt.json"));
    far.signed(token).get(`${far.base}/fetchProjects`).query(true).reply(200, fixture("fetch-projects.json"));
    const kaedim = client();
    expect(await kaedim.refreshJwt()).toEqual({
      message: "JWT refreshed successfully. Please use the new JWT and devID to authenticate your future requests",
      expiresAtMs: null,
    });
    await kaedim.fetchProjects();
  });

  it("POST refreshJWT, 400", async () => {
    nock(far.origin).post(`${far.base}/refreshJWT`).reply(400, fixture("refresh-jwt-400.json"));
    const error = await far.failureOf(client().refreshJwt());
    expect(error).toMatchObject({
      code: "sign-in-failed",
      status: 400,
      requestId: "1248947ds7an-ad98q3yhans92S-2Asda9212",
    });
    expect(error.message).toContain("please check your api-key and refresh-token");
  });
});

describe("settings", () => {
  it.each([
    [{ devId: "" }, "devId"],
    [{ apiKey: "two words" }, "apiKey"],
    [{ refreshToken: undefined as never }, "refreshToken"],
    [{ jwt: "Bearer eyJ" }, "jwt"],
    [{ authorization: "basic" as never }, "authorization"],
    [{ dateFormat: "DD.MM.YYYY" as never }, "dateFormat"],
    [{ imageUrlForm: "csv" as never }, "imageUrlForm"],
    [{ origin: "ftp://api.example" }, "origin"],
    [{ origin: "http://api.example/api/v1" }, "plain http"],
  ])("that cannot work are refused early: %o", (wrong, words) => {
    expect(() => createKaedim(far.settings(wrong))).toThrow(words);
  });

  it("name the documented origin by default, and complete a bare one", async () => {
    expect(defaultOrigin).toBe("https://api.kaedim3d.com/api/v1");
    for (const origin of [
      "https://elsewhere.example",
      "https://elsewhere.example/",
      "https://elsewhere.example/api/v1",
    ]) {
      nock("https://elsewhere.example").get("/api/v1/fetchProjects").query(true).reply(200, { message: [] });
      await createKaedim(far.settings({ origin })).fetchProjects();
    }
  });

  it("name the studio for every call that takes one, and a call may name another", async () => {
    const kaedim = createKaedim(far.settings({ studioId: "studio-1" }));
    const query = (studioID: string) => ({ devID: docDevId, studioID });
    far.signed().get(`${far.base}/fetchAll`).query(query("studio-1")).reply(200, { assets: [] });
    far.signed().get(`${far.base}/fetchAll`).query(query("studio-2")).reply(200, { assets: [] });
    far
      .signed()
      .get(`${far.base}/fetchRequest`)
      .query({ ...query("studio-1"), requestID: "req-1" })
      .reply(200, far.served());
    far
      .signed()
      .post(`${far.base}/process`, (body) => body.studioID === "studio-1")
      .reply(201, fixture("process.json"));
    far.signed().get(`${far.base}/fetchProjects`).query({ devID: docDevId }).reply(200, { message: [] });
    await kaedim.fetchAll();
    await kaedim.fetchAll({ studioId: "studio-2" });
    await kaedim.fetchRequest({ requestId: "req-1" });
    await kaedim.process({ imageUrls: ["https://example.com/a.png"], loq: "ultra" });
    await kaedim.fetchProjects();
  });
});
