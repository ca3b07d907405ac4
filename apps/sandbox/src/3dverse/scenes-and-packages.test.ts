import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { call } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";
import { textEntry, writeZip } from "../zip/write-zip.ts";
import { readZipEntries } from "../zip/zip-entries.ts";

let sandbox: Sandbox;
let folderId: string;
let scene: string;
beforeEach(async () => {
  sandbox = await startSandbox();
  folderId = sandbox.threeDVerse.addFolder();
  scene = sandbox.threeDVerse.addAsset({ type: "scene", folderId });
});
afterEach(() => sandbox.close());

describe("entities", () => {
  const create = async (components: unknown) =>
    (await call(sandbox, `POST /assets/scenes/${scene}/entities`, { json: components })).value.entity_id;
  const read = async (id: string, query = "") =>
    (await call(sandbox, `GET /assets/scenes/${scene}/entities/${id}${query}`)).value;

  test("are changed by component, and stand in the scene's description", async () => {
    const id = await create({ local_transform: { position: [1, 0, 0], scale: [2, 2, 2] }, debug_name: { value: "a" } });
    const patched = await call(sandbox, `PATCH /assets/scenes/${scene}/entities/${id}`, {
      json: { local_transform: { position: [5, 0, 0] }, tags: { value: ["x"] } },
    });
    expect(patched.status).toBe(204);
    const entity = {
      euid: { value: id },
      local_transform: { position: [5, 0, 0], scale: [2, 2, 2] },
      debug_name: { value: "a" },
      tags: { value: ["x"] },
    };
    expect(await read(id)).toEqual(entity);
    expect((await call(sandbox, `GET /assets/scenes/${scene}/description`)).value.entities).toEqual([entity]);
  });

  test("add up their positions when the global transform is asked for", async () => {
    const parent = await create({ local_transform: { position: [1, 2, 3] } });
    const child = await create({ local_transform: { position: [1, 1, 1] }, lineage: { parentUUID: parent } });
    expect(await read(child, "?compute_global_transform=true")).toMatchObject({
      global_transform: { position: [2, 3, 4] },
    });
  });

  test("have known components, at least one, and are found in their own scene alone", async () => {
    const path = `/assets/scenes/${scene}/entities`;
    for (const json of [{}, { nonsense: {} }, { debug_name: "a" }, []])
      expect((await call(sandbox, `POST ${path}`, { json })).status).toBe(400);
    const id = await create({ debug_name: { value: "a" } });
    const other = sandbox.threeDVerse.addAsset({ type: "scene", folderId });
    expect((await call(sandbox, `GET /assets/scenes/${other}/entities/${id}`)).status).toBe(404);
    const mesh = sandbox.threeDVerse.addAsset({ type: "mesh", folderId });
    expect((await call(sandbox, `GET /assets/scenes/${mesh}/aabb`)).status).toBe(404);
  });
});

describe("sessions", () => {
  test("without clients close after a while, those with clients stay", async () => {
    const [empty, used] = [sandbox.threeDVerse.addSession(scene), sandbox.threeDVerse.addSession(scene)];
    await call(sandbox, `POST /sessions/${used}/clients`, { json: { is_headless: true } });
    sandbox.advanceClock(30_000);
    expect((await call(sandbox, `GET /sessions/${empty}`)).status).toBe(404);
    const { clients } = (await call(sandbox, `GET /sessions/${used}`)).value;
    expect(clients).toMatchObject([{ client_type: "api" }]);
    await call(sandbox, `DELETE /sessions/${used}/clients/${clients[0].client_id}`);
    sandbox.advanceClock(30_000);
    expect((await call(sandbox, "GET /sessions")).value).toEqual([]);
  });

  test("are filtered by user, scene and folder", async () => {
    const userId = sandbox.threeDVerse.addUser();
    sandbox.threeDVerse.grantAccess({ folderId, memberId: userId, access: "read" });
    const as = { user_token: sandbox.threeDVerse.issueUserToken({ userId }) };
    const made = await call(sandbox, "POST /sessions", { as, json: { scene_id: scene, options: { a: true } } });
    const other = sandbox.threeDVerse.addSession(sandbox.threeDVerse.addAsset({ type: "scene" }));
    const found = async (query: string) =>
      (await call(sandbox, `GET /sessions${query}`)).value.map((one: { session_id: string }) => one.session_id);
    const own = made.value.session_id;
    expect(await found("")).toEqual([own, other]);
    for (const query of [`user_id]=${userId}`, `scene_id]=${scene}`, `folder_id]=${folderId}`])
      expect(await found(`?filters[${query}`), query).toEqual([own]);
    expect((await call(sandbox, `DELETE /sessions/${own}`, { as })).status).toBe(204);
  });
});

describe("packages", () => {
  const [meshId, oakId] = ["11111111-2222-4333-8444-555555555555", "11111111-2222-4333-8444-666666666666"];
  const put = async (query: string, files: Record<string, string>) =>
    call(sandbox, `PUT /folders/${folderId}/packages${query}`, {
      body: writeZip(Object.entries(files).map(([name, text]) => textEntry(name, text))),
      contentType: "application/zip",
    });
  const files = {
    [`desc.mesh.${meshId}`]: JSON.stringify({ name: "seat", materials: [oakId] }),
    [`payload.mesh.${meshId}`]: "bytes",
    [`desc.material.${oakId}`]: JSON.stringify({ name: "oak", isDoubleSided: true }),
    [`desc.script.${meshId}`]: "{}",
  };

  test("bring in assets that use each other, and overwrite as told", async () => {
    expect((await put("", files)).value).toEqual({
      asset_ids: { imported: [meshId, oakId], overwritten: [], skipped: [] },
      skipped_files: [`desc.script.${meshId}`],
    });
    expect((await call(sandbox, `GET /assets/materials/${oakId}/references`)).value).toEqual([
      { asset_id: meshId, asset_type: "mesh" },
    ]);
    expect((await put("?overwrite=never", files)).value.asset_ids.skipped).toEqual([meshId, oakId]);
    const renamed = {
      ...files,
      [`desc.mesh.${meshId}`]: '{"name":"stool"}',
      "overwrite.json": JSON.stringify([meshId]),
    };
    expect((await put("?overwrite=only-specified", renamed)).value.asset_ids).toEqual({
      imported: [],
      overwritten: [meshId],
      skipped: [oakId],
    });
    expect((await call(sandbox, `GET /assets/meshes/${meshId}/description`)).value).toMatchObject({ name: "stool" });
    expect((await put("?overwrite=always", files)).value.asset_ids.overwritten).toEqual([meshId, oakId]);
    expect((await put("?overwrite=only-specified", files)).status).toBe(400);
    expect((await put("", { [`desc.mesh.${meshId}`]: "{" })).status).toBe(400);
  });

  test("are made of an asset and all it uses, and can be brought in again", async () => {
    await put("", files);
    const packed = await call(sandbox, `GET /assets/meshes/${meshId}/package`);
    expect(readZipEntries(packed.bytes).map(({ name }) => name)).toEqual([
      `desc.mesh.${meshId}`,
      `payload.mesh.${meshId}`,
      `desc.material.${oakId}`,
    ]);
    await call(sandbox, "DELETE /assets", { json: [meshId, oakId] });
    const again = await call(sandbox, `PUT /folders/${folderId}/packages`, {
      body: packed.bytes,
      contentType: "application/zip",
    });
    expect(again.value).toEqual({ asset_ids: { imported: [meshId, oakId], overwritten: [], skipped: [] } });
  });

  test("a copy takes with it what it uses, by type and depth", async () => {
    await put("", files);
    const copied = await call(sandbox, `POST /folders/${folderId}/assets`, {
      json: {
        asset_type: "mesh",
        copy_from_asset_id: meshId,
        new_asset_name: "seat 2",
        options: { asset_types: ["material"], max_depth: 1 },
      },
    });
    const map = copied.value.source_to_copy_asset_id_map;
    expect([copied.value.name, Object.keys(map)]).toEqual(["seat 2", [meshId, oakId]]);
    expect((await call(sandbox, `GET /assets/meshes/${map[meshId]}/dependencies`)).value).toEqual([
      { asset_id: map[oakId], asset_type: "material" },
    ]);
  });
});

test("a user's deletion takes the assets that are the user's alone", async () => {
  const userId = sandbox.threeDVerse.addUser();
  sandbox.threeDVerse.grantAccess({ folderId, memberId: userId, access: "write" });
  const as = { user_token: sandbox.threeDVerse.issueUserToken({ userId }) };
  const make = async (name: string) =>
    (await call(sandbox, `POST /folders/${folderId}/assets`, { as, json: { asset_type: "script", name } })).value
      .asset_id;
  const [own, shared] = [await make("own"), await make("shared")];
  await call(sandbox, `PATCH /assets/scripts/${shared}/description`, { json: { name: "ours" } });
  expect((await call(sandbox, `DELETE /users/${userId}`)).value).toEqual({
    deleted_assets: { scripts: [{ asset_id: own, name: "own" }] },
  });
  expect((await call(sandbox, `GET /assets/scripts/${shared}/details`)).status).toBe(200);
});
