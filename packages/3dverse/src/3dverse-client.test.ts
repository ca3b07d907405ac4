import nock from "nock";
import { describe, expect, it } from "vitest";
import * as far from "./__fixtures__/nock-3dverse.ts";
import { type Credential, connect3dverse, create3dverse, getFolderInfo } from "./index.ts";

far.useNock();

const folder = { folder_id: "f1", name: "my-folder" };

describe("credentials", () => {
  it.each([
    [{ apiKey: "key" }, { api_key: "key" }, ["user_token", "guest_token"]],
    [{ userToken: "user" }, { user_token: "user" }, ["api_key", "guest_token"]],
    [{ guestToken: "guest" }, { guest_token: "guest" }, ["api_key", "user_token"]],
  ] as [Credential, Record<string, string>, string[]][])("sends %j alone", async (credential, reqheaders, others) => {
    far
      .service({ reqheaders, badheaders: [...others, "authorization"] })
      .get("/folders/f1")
      .reply(200, folder);
    await create3dverse({ credential, http: far.quick }).getFolderInfo({ folder_id: "f1" });
  });

  it.each([
    undefined,
    {},
    { apiKey: "" },
    { apiKey: 5 },
    { apiKey: "planted words" },
    { userToken: "planted\r\nx: y" },
    { apiKey: "planted-4711", userToken: "planted-4712" },
    { secretKey: "planted-4711" },
  ])("takes no credential like %j, and repeats nothing of it", (credential) => {
    const make = () => create3dverse({ credential: credential as unknown as Credential });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(/^credential/);
    expect(make).not.toThrow(/planted/);
    expect(() => far.client().withCredential(credential as unknown as Credential)).toThrow(TypeError);
  });

  it("changes for one call and stays for the others", async () => {
    const client = far.client();
    const asUser = client.withCredential({ userToken: "u" });
    for (const [name, value] of [
      ["user_token", "u"],
      ["api_key", far.apiKey],
    ] as const) {
      far.service().get("/folders/f1").matchHeader(name, value).reply(200, folder);
      await (name === "user_token" ? asUser : client).getFolderInfo({ folder_id: "f1" });
    }
    expect(client.connection.credentialKind).toBe("apiKey");
    expect(asUser.connection.credentialKind).toBe("userToken");
  });

  it("stay at home when a download is sent on to another host", async () => {
    far.service().get("/source-files/s1").reply(302, "", { location: "https://storage.example/file?sig=1" });
    nock("https://storage.example", {
      badheaders: ["api_key", "user_token", "guest_token", "authorization", "cookie"],
      reqheaders: { "user-agent": "@org/3dverse" },
    })
      .get("/file?sig=1")
      .reply(200, "bytes");
    const file = await far.client().downloadSourceFile({ source_file_id: "s1" });
    expect(Buffer.from(await file.bytes()).toString()).toBe("bytes");
  });

  it.each([
    ["get", "http://api.3dverse.com/x"],
    ["get", "https://127.0.0.1/x"],
    ["get", "file:///etc/passwd"],
    ["post", "https://api.3dverse.com/app/v1/users/2"],
  ] as const)("no %s is sent on to %s", async (method, location) => {
    far
      .service()
      [method](method === "get" ? "/folders/f1" : "/users")
      .reply(307, "", { location });
    const asked =
      method === "get"
        ? far.client().getFolderInfo({ folder_id: "f1" })
        : far.client().registerUser({ username: "my-username" });
    expect(await far.failureOf(asked)).toMatchObject({ code: "redirect-refused", status: 307 });
  });
});

describe("settings", () => {
  it.each([
    [{ baseUrl: "api.3dverse.com" }, /baseUrl must be a URL/],
    [{ baseUrl: "http://api.3dverse.com/app/v1" }, /plain http/],
    [{ baseUrl: "https://user:planted@api.3dverse.com" }, /no user info/],
    [{ uploadFieldName: "" }, /uploadFieldName/],
  ])("%j is refused at once", (settings, message) => {
    expect(() => create3dverse({ credential: { apiKey: "k" }, ...settings })).toThrow(message);
  });

  it("take another base address, with or without a slash at its end", async () => {
    nock("https://api.3dverse.dev").get("/app/v1/folders/f1").twice().reply(200, folder);
    for (const baseUrl of ["https://api.3dverse.dev/app/v1", "https://api.3dverse.dev/app/v1/"]) {
      const client = create3dverse({ credential: { apiKey: "k" }, baseUrl, http: far.quick });
      expect(await client.getFolderInfo({ folder_id: "f1" })).toEqual(folder);
    }
  });
});

it("has the same functions as single imports, and methods that need no object", async () => {
  far.service().get("/folders/f1").reply(200, folder);
  const connection = connect3dverse({ credential: { apiKey: "k" }, http: far.quick });
  expect(await getFolderInfo(connection, { folder_id: "f1" })).toEqual(folder);
  far.service().get("/folders?offset=0&limit=10").reply(200, [folder]);
  const { listFolders } = far.client();
  expect(await listFolders()).toEqual([folder]);
});

it("ends with the signal of a call or of the client, and says so", async () => {
  far.service().get("/folders/f1").delay(5_000).reply(200, folder);
  const ending = new AbortController();
  const asked = far.failureOf(far.client().getFolderInfo({ folder_id: "f1", signal: ending.signal }));
  setImmediate(() => ending.abort());
  expect(await asked).toMatchObject({ kind: "aborted", code: "aborted" });
  const client = far.client({ ...far.quick, signal: AbortSignal.abort() });
  expect(await far.failureOf(client.getFolderInfo({ folder_id: "f1" }))).toMatchObject({ neverSent: true });
});

describe("403 and 404 soon after something was made", () => {
  it.each([403, 404])("%i is one request unless asked, then as many as it takes", async (status) => {
    const clock = quickClock();
    const client = far.client({ ...far.quick, clock });
    far.service().get("/folders/f1").times(3).reply(status, {});
    far.service().get("/folders/f1").reply(200, folder);
    expect(await client.getFolderInfo({ folder_id: "f1", afterCreate: true })).toEqual(folder);
    expect(clock.slept).toEqual([250, 500, 1000]);
  });

  it("ends when the time is over", async () => {
    const clock = quickClock();
    const client = far.client({ ...far.quick, clock });
    far.service().put("/folders/f1/access/users/u1").times(3).reply(404, {});
    const asked = client.grantMemberAccessToFolder({
      folder_id: "f1",
      member_type: "users",
      member_id: "u1",
      access: "read",
      afterCreate: { deadlineMs: 1_000 },
    });
    expect(await far.failureOf(asked)).toMatchObject({ code: "not-found" });
    expect(clock.slept).toEqual([250, 500]);
  });
});

/** A clock on which sleeping takes no time and is remembered. */
function quickClock() {
  let at = 0;
  const slept: number[] = [];
  return {
    slept,
    now: () => at,
    monotonicMs: () => at,
    sleep: async (ms: number) => {
      at += ms;
      slept.push(ms);
    },
  };
}
