import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AssetApiAsking, call, formOf } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";

let sandbox: Sandbox;
let userId: string;
let folderId: string;
let scene: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  userId = sandbox.threeDVerse.addUser("artist");
  folderId = sandbox.threeDVerse.addFolder({ name: "work" });
  scene = sandbox.threeDVerse.addAsset({ type: "scene", folderId });
});
afterEach(() => sandbox.close());

type Level = "read" | "write" | "manage";
const grant = (access: Level, memberType: "users" | "groups" = "users", memberId = userId, on = folderId) =>
  sandbox.threeDVerse.grantAccess({ folderId: on, memberType, memberId, access });
const asUser = (scope: Level = "manage") => ({ user_token: sandbox.threeDVerse.issueUserToken({ userId, scope }) });

/** What of reading, changing and managing is let through. */
async function reach(as: Record<string, string>): Promise<string> {
  const tried: [string, string, AssetApiAsking][] = [
    ["read", `GET /folders/${folderId}`, {}],
    ["write", `POST /folders/${folderId}/source-files`, formOf({ "a.obj": "x" })],
    ["manage", `PUT /folders/${folderId}/access/users/${userId}`, { json: { access: "manage" } }],
  ];
  const passed: string[] = [];
  for (const [name, what, asking] of tried) {
    const { status } = await call(sandbox, what, { ...asking, as });
    if (status !== 403) passed.push(name);
    if (status === undefined || status >= 500 || (status >= 400 && status !== 403))
      throw new Error(`${what}: ${status}`);
  }
  return passed.join(" ");
}

describe("a user's access to a folder", () => {
  test("is none without a grant, and what was granted with one", async () => {
    expect(await reach(asUser())).toBe("");
    grant("read");
    expect(await reach(asUser())).toBe("read");
    grant("write");
    expect(await reach(asUser())).toBe("read write");
    grant("manage");
    expect(await reach(asUser())).toBe("read write manage");
  });

  test("goes no further than the token's scope", async () => {
    grant("manage");
    expect(await reach(asUser("read"))).toBe("read");
    expect(await reach(asUser("write"))).toBe("read write");
  });

  test("comes down from the folders above, and goes when the folder is moved away", async () => {
    const above = sandbox.threeDVerse.addFolder({ name: "above" });
    grant("write", "users", userId, above);
    expect(await reach(asUser())).toBe("");
    await call(sandbox, `PUT /folders/${above}`, { json: [folderId] });
    expect(await reach(asUser())).toBe("read write");
    await call(sandbox, `PUT /folders/${sandbox.threeDVerse.credentials().rootFolderId}`, { json: [folderId] });
    expect(await reach(asUser())).toBe("");
  });

  test("is that of the user's groups, no further than the membership's folder_access", async () => {
    const member = { user_id: userId, group_access: "read", folder_access: "write" };
    const inner = (await call(sandbox, "POST /groups", { json: { name: "inner", members: [member] } })).value.group_id;
    const outer = (await call(sandbox, "POST /groups", { json: { name: "outer", members: [] } })).value.group_id;
    grant("manage", "groups", outer);
    expect(await reach(asUser())).toBe("");
    const levels = { group_access: "read", folder_access: "manage" };
    await call(sandbox, `PUT /groups/${outer}/members/groups/${inner}`, { json: levels });
    expect(await reach(asUser())).toBe("read write");
    expect((await call(sandbox, `GET /users/${userId}/groups`)).value).toHaveLength(2);
    await call(sandbox, `DELETE /groups/${inner}`);
    expect(await reach(asUser())).toBe("");
  });

  test("ends when it is revoked", async () => {
    grant("read");
    expect((await call(sandbox, `DELETE /folders/${folderId}/access/users/${userId}`)).status).toBe(204);
    expect(await reach(asUser())).toBe("");
    expect((await call(sandbox, `DELETE /folders/${folderId}/access/users/${userId}`)).status).toBe(404);
  });
});

test("assets, source files, tasks and sessions are as open as their folder", async () => {
  await call(sandbox, `POST /folders/${folderId}/source-files`, formOf({ "a.obj": "x" }));
  const [task] = sandbox.threeDVerse.uploadTasks();
  const file = task?.files[0]?.sourceFileId;
  const session = sandbox.threeDVerse.addSession(scene);
  const statuses = async (as: Record<string, string>) =>
    Promise.all(
      [
        `GET /assets/scenes/${scene}/description`,
        `GET /assets/scenes/${scene}/aabb`,
        `GET /source-files/${file}/details`,
        `GET /upload-tasks/${task?.uploadTaskId}`,
        `GET /sessions/${session}`,
      ].map(async (what) => (await call(sandbox, what, { as })).status),
    );
  const lists = async (as: Record<string, string>) =>
    Promise.all(
      ["/source-files", "/upload-tasks", "/sessions"].map(
        async (path) => (await call(sandbox, `GET ${path}`, { as })).value.length,
      ),
    );
  expect(await statuses(asUser())).toEqual([403, 403, 403, 403, 403]);
  expect(await lists(asUser())).toEqual([0, 0, 0]);
  expect((await call(sandbox, "GET /assets", { as: asUser() })).value).toEqual({});
  grant("read");
  expect(await statuses(asUser())).toEqual([200, 200, 200, 200, 200]);
  expect(await lists(asUser())).toEqual([1, 1, 1]);
  const write = await Promise.all([
    call(sandbox, `DELETE /assets/scenes/${scene}`, { as: asUser() }),
    call(sandbox, `POST /assets/scenes/${scene}/entities`, { as: asUser(), json: { tags: { value: ["a"] } } }),
    call(sandbox, "DELETE /source-files", { as: asUser(), json: { source_file_ids: [file] } }),
    call(sandbox, `DELETE /sessions/${session}`, { as: asUser() }),
  ]);
  expect(write.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
});

test("who makes a folder manages it, and a list begins at the topmost folders that are seen", async () => {
  const as = asUser();
  const made = await call(sandbox, "POST /folders", { as, json: { name: "mine" } });
  expect(made.value.created_by.user_id).toBe(userId);
  const inside = sandbox.threeDVerse.addFolder({ name: "inside", parentFolderId: folderId });
  grant("read", "users", userId, inside);
  const names = async () =>
    (await call(sandbox, "GET /folders", { as })).value.map((folder: { name: string }) => folder.name);
  expect(await names()).toEqual(["Public", "mine", "inside"]);
  grant("read");
  expect(await names()).toEqual(["Public", "work", "mine"]);
  expect((await call(sandbox, `DELETE /folders/${made.value.folder_id}`, { as })).status).toBe(204);
  expect((await call(sandbox, "POST /folders", { as: asUser("read"), json: { name: "no" } })).status).toBe(403);
});

test("a group is its members' by their group_access", async () => {
  const asMaker = asUser();
  const { group_id: id } = (await call(sandbox, "POST /groups", { as: asMaker, json: { name: "g", members: [] } }))
    .value;
  const other = sandbox.threeDVerse.addUser("other");
  const asOther = { user_token: sandbox.threeDVerse.issueUserToken({ userId: other }) };
  const statuses = async () =>
    [
      await call(sandbox, `GET /groups/${id}`, { as: asOther }),
      await call(sandbox, `PATCH /groups/${id}`, { as: asOther, json: { name: "g", description: "d" } }),
      await call(sandbox, `DELETE /groups/${id}/members/users/${userId}`, { as: asOther }),
    ].map(({ status }) => status);
  expect(await statuses()).toEqual([403, 403, 403]);
  const level = (group_access: Level) =>
    call(sandbox, `PUT /groups/${id}/members/users/${other}`, {
      as: asMaker,
      json: { group_access, folder_access: "read" },
    });
  await level("read");
  expect(await statuses()).toEqual([200, 403, 403]);
  await level("manage");
  expect(await statuses()).toEqual([200, 204, 204]);
});

test("a guest reads the scene of the session, joins and leaves it, and changes nothing", async () => {
  const session = sandbox.threeDVerse.addSession(scene);
  const elsewhere = sandbox.threeDVerse.addSession(
    sandbox.threeDVerse.addAsset({ type: "scene", folderId: sandbox.threeDVerse.addFolder() }),
  );
  const as = { guest_token: sandbox.threeDVerse.issueGuestToken(session) };
  expect((await call(sandbox, "GET /sessions", { as })).value).toMatchObject([{ session_id: session }]);
  expect((await call(sandbox, "POST /sessions/guests", { as })).status).toBe(201);
  expect((await call(sandbox, `POST /sessions/${session}/clients`, { as, json: {} })).status).toBe(201);
  const [client] = (await call(sandbox, `GET /sessions/${session}`, { as })).value.clients;
  expect(client).toMatchObject({ client_type: "guest", username: "guest" });
  expect((await call(sandbox, `DELETE /sessions/${session}/clients/${client.client_id}`, { as })).status).toBe(204);
  expect((await call(sandbox, `GET /assets/scenes/${scene}/description`, { as })).status).toBe(200);
  await call(sandbox, `POST /sessions/${session}/clients`, { json: {} });
  const other = (await call(sandbox, `GET /sessions/${session}`, { as })).value.clients.at(-1);
  const refused = [
    await call(sandbox, `DELETE /sessions/${session}/clients/${other.client_id}`, { as }),
    await call(sandbox, `DELETE /sessions/${session}`, { as }),
    await call(sandbox, `GET /sessions/${elsewhere}`, { as }),
    await call(sandbox, `POST /sessions/${session}/guests`, { as }),
    await call(sandbox, `DELETE /assets/scenes/${scene}`, { as }),
    await call(sandbox, "POST /sessions", { as, json: { scene_id: scene } }),
    await call(sandbox, `POST /folders/${folderId}/source-files`, { as, ...formOf({ "a.obj": "x" }) }),
  ].map(({ status }) => status);
  expect(refused).toEqual([403, 403, 403, 403, 403, 403, 403]);
  sandbox.threeDVerse.endSession(session);
  expect((await call(sandbox, "GET /sessions", { as })).status).toBe(403);
});
