import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ask } from "../../test/ask.ts";
import { call } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let folderId: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  folderId = sandbox.threeDVerse.addFolder();
});
afterEach(() => sandbox.close());

describe("what is not in the document is refused, with its reason in the answer and in the journal", () => {
  test.each<[string, object, string]>([
    ["GET /nothing", {}, "There is no operation under the path /nothing."],
    ["PUT /users", { json: {} }, "PUT is not known under the path /users; known there: GET, POST."],
    ["GET /users/", {}, "The path parameter user_id is empty."],
    ["GET /users?page=2", {}, 'The query is wrong: Unrecognized key: "page".'],
    ["GET /sessions/x?a=b", {}, "The query parameter a is not known to this operation."],
    ["POST /users", {}, "The body is missing."],
    ["POST /users", { json: {} }, "The body is wrong: username:"],
    ["POST /users", { json: { username: "" } }, "The body is wrong: username:"],
    ["POST /users", { json: { username: "a", email: "b" } }, 'Unrecognized key: "email"'],
    ["POST /users", { body: "{", contentType: "application/json" }, "The body is not JSON."],
    ["POST /users", { body: "{}", contentType: "text/plain" }, "The Content-Type must be application/json"],
    ["GET /users", { json: {} }, "This operation takes no body."],
    ["DELETE /assets", { json: { asset_ids: [] } }, "The body is wrong"],
    ["DELETE /assets", { json: [] }, "The body is wrong"],
    ["POST /sessions/guests", { json: {} }, "This operation takes no body."],
    ["GET /assets/mesh/x/details", {}, "There is no asset container mesh."],
    ["GET /assets/scenes/x/payload", {}, "The container scenes does not have this"],
    ["GET /assets/scenes/x/code", {}, "The container scenes does not have this"],
    ["GET /assets/scenes/x/exports/obj", {}, "The container scenes does not have this"],
    ["GET /assets/meshes/x/thumbnail", {}, "The query is wrong: size:"],
    ["GET /assets/meshes/x/thumbnail?size=huge", {}, "The query is wrong: size:"],
    ["PUT /folders/F/packages", { body: "PK", contentType: "application/octet-stream" }, "must be application/zip"],
    ["PUT /folders/F/packages", { body: "no zip", contentType: "application/zip" }, "The body is no zip"],
    ["PUT /folders/F/packages?overwrite=yes", { body: "PK", contentType: "application/zip" }, "overwrite"],
    ["POST /folders/F/assets", { json: { asset_type: "mesh", name: "n" } }, "The body is wrong"],
    ["POST /folders/F/assets/materials", { json: { name: "n", dataJSON: {} } }, "dataJson"],
    ["PUT /folders/F/access/user/x", { json: { access: "read" } }, "The member type must be users or groups"],
    ["PUT /folders/F/access/users/x", { json: { access: "admin" } }, "The body is wrong: access"],
  ])("%s %j", async (what, asking, reason) => {
    const answer = await call(sandbox, what.replace("/F/", `/${folderId}/`), asking);
    expect([answer.status, answer.value.errorCode]).toEqual([400, 4000]);
    expect(answer.value.message).toContain(reason);
    expect(sandbox.requests().at(-1)).toMatchObject({ host: "3dverse", status: 400, refusal: answer.value.message });
  });

  test("paths outside of /app/v1", async () => {
    const headers = { api_key: sandbox.threeDVerse.credentials().apiKey };
    expect((await ask(`${sandbox.origins["3dverse"]}/users`, { headers })).status).toBe(400);
    expect((await ask(`${sandbox.origins["3dverse"]}/app/v1/users`, { headers })).status).toBe(200);
  });
});

test("the document's Python sample sends forms: flat bodies are taken so, until told otherwise", async () => {
  const form = { body: "name=my-folder", contentType: "application/x-www-form-urlencoded" };
  expect((await call(sandbox, "POST /folders", form)).value).toMatchObject({ name: "my-folder" });
  sandbox.threeDVerse.configure({ acceptsForms: false });
  expect((await call(sandbox, "POST /folders", form)).status).toBe(400);
});

test("a thumbnail is image/jpg or image/png, and one that was not set leads to default_url", async () => {
  const mesh = sandbox.threeDVerse.addAsset({ type: "mesh" });
  const path = `/assets/meshes/${mesh}/thumbnail`;
  const put = async (contentType: string) =>
    (await call(sandbox, `PUT ${path}`, { body: Buffer.from([1, 2, 3]), contentType })).status;
  sandbox.threeDVerse.configure({ thumbnails: "set" });
  expect((await call(sandbox, `GET ${path}?size=small`)).status).toBe(404);
  const led = await call(sandbox, `GET ${path}?size=small&default_url=http%3A%2F%2F127.0.0.1%2Fx.png`);
  expect([led.status, led.headers.location]).toEqual([302, "http://127.0.0.1/x.png"]);
  expect([await put("image/jpeg"), await put("image/jpg")]).toEqual([400, 204]);
  const kept = await call(sandbox, `GET ${path}?size=small`);
  expect([kept.headers["content-type"], [...kept.bytes]]).toEqual(["image/jpg", [1, 2, 3]]);
});

test("parts of payloads are those of the type", async () => {
  const part = async (type: "point_cloud" | "texture_3d" | "mesh", name: string) => {
    const id = sandbox.threeDVerse.addAsset({ type });
    const container = { point_cloud: "point_clouds", texture_3d: "textures_3d", mesh: "meshes" }[type];
    return (await call(sandbox, `GET /assets/${container}/${id}/payload?sub_resource=${name}`)).status;
  };
  expect([await part("point_cloud", "position"), await part("texture_3d", "histogram")]).toEqual([200, 200]);
  expect([await part("mesh", "color"), await part("point_cloud", "histogram")]).toEqual([400, 400]);
});

test("a folder with something in it stays, and none goes below itself", async () => {
  const inside = sandbox.threeDVerse.addFolder({ parentFolderId: folderId });
  const { rootFolderId, publicFolderId } = sandbox.threeDVerse.credentials();
  const status = async (what: string, json?: unknown) => (await call(sandbox, what, { json })).status;
  expect(await status(`DELETE /folders/${folderId}`)).toBe(409);
  expect(await status(`PUT /folders/${inside}`, [folderId])).toBe(400);
  for (const id of [rootFolderId, publicFolderId]) expect(await status(`DELETE /folders/${id}`)).toBe(409);
  expect(await status(`DELETE /folders/${inside}`)).toBe(204);
  expect(await status(`DELETE /folders/${folderId}`)).toBe(204);
  expect(await status(`GET /folders/${folderId}`)).toBe(404);
});

describe("what was made just now", () => {
  test("is not there for settleMs, as 404 or 403", async () => {
    sandbox.threeDVerse.configure({ settleMs: 60_000 });
    const { folder_id: id } = (await call(sandbox, "POST /folders", { json: { name: "new" } })).value;
    const asked = async () => (await call(sandbox, `GET /folders/${id}`)).status;
    expect(await asked()).toBe(404);
    sandbox.threeDVerse.configure({ settleStatus: 403 });
    expect(await asked()).toBe(403);
    sandbox.advanceClock(60_000);
    expect(await asked()).toBe(200);
  });

  test("grants too: nobody has the access before", async () => {
    const userId = sandbox.threeDVerse.addUser();
    sandbox.advanceClock(60_000);
    sandbox.threeDVerse.configure({ settleMs: 60_000 });
    const as = { user_token: sandbox.threeDVerse.issueUserToken({ userId }) };
    const asked = async () => (await call(sandbox, `GET /folders/${folderId}`, { as })).status;
    const granted = await call(sandbox, `PUT /folders/${folderId}/access/users/${userId}`, {
      json: { access: "read" },
    });
    expect([granted.status, await asked()]).toEqual([204, 403]);
    sandbox.advanceClock(60_000);
    expect(await asked()).toBe(200);
  });
});

test("operations without a typed answer give 204, or an empty 200", async () => {
  const rename = () => call(sandbox, `PATCH /folders/${folderId}`, { json: { name: "x" } });
  expect((await rename()).status).toBe(204);
  sandbox.threeDVerse.configure({ untypedStatus: 200 });
  const empty = await rename();
  expect([empty.status, empty.bytes.length, empty.headers["content-length"]]).toEqual([200, 0, "0"]);
});

test("faults work here as on every host", async () => {
  sandbox.addFault({ host: "3dverse", path: "/app/v1/users", kind: "html", times: 1 });
  const page = await call(sandbox, "GET /users");
  expect([page.status, page.headers["content-type"], page.value]).toEqual([
    200,
    expect.stringMatching("html"),
    undefined,
  ]);
  sandbox.addFault({ host: "3dverse", kind: "status", status: 429, retryAfter: 7, times: 1 });
  const busy = await call(sandbox, "GET /users");
  expect([busy.status, busy.headers["retry-after"]]).toEqual([429, "7"]);
  expect((await call(sandbox, "GET /users")).status).toBe(200);
});

test("wrong settings change nothing and say which; the state shows what there is", async () => {
  expect(() => sandbox.patchState({ threeDVerse: { settleMs: -1 } })).toThrow("threeDVerse.settleMs");
  expect(() => sandbox.threeDVerse.configure({ untypedStatus: 500 as 200 })).toThrow("untypedStatus");
  const answer = await ask(`${sandbox.control}/_sandbox/state`, {
    method: "PATCH",
    body: JSON.stringify({ threeDVerse: { settleMs: 5, countHeaders: false } }),
  });
  const { threeDVerse } = JSON.parse(answer.bytes.toString());
  expect(threeDVerse.settings).toMatchObject({ settleMs: 5, countHeaders: false });
  expect(threeDVerse.folders).toHaveLength(3);
});
