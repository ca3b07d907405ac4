import { afterAll, beforeAll, expect, test } from "vitest";
import { type AssetApiAsking, call, formOf } from "../../test/ask-3dverse.ts";
import { type Sandbox, startSandbox } from "../index.ts";
import { textEntry, writeZip } from "../zip/write-zip.ts";
import { operations } from "./operations.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ threeDVerse: { stepMs: 0, conversionMs: 0 } });
});
afterAll(() => sandbox.close());

const uuid = /^[0-9a-f-]{36}$/;
const someUuid = "11111111-2222-4333-8444-555555555555";
const png = Buffer.from("89504e470d0a1a0a", "hex");

test("every operation answers with its success, in one walk from an empty environment to an empty one", async () => {
  const walked = new Set<string>();
  const known: Record<string, string> = {};
  const go = async (operation: string, what: string, asking?: AssetApiAsking) => {
    walked.add(operation);
    const row = operations.find((candidate) => candidate.operation === operation);
    const [method, path = ""] = what.split(" ");
    expect(method, operation).toBe(row?.method);
    const pattern = row?.path.replaceAll(/\{\w+\}/g, "[^/?]+") ?? "";
    expect(path, operation).toMatch(new RegExp(`^${pattern}(\\?|$)`));
    const answer = await call(sandbox, what, asking);
    expect(answer.status, `${operation}: ${answer.bytes}`).toBeLessThan(300);
    return answer;
  };
  const untyped = async (operation: string, what: string, asking?: AssetApiAsking) =>
    expect((await go(operation, what, asking)).status, operation).toBe(204);

  // Users and tokens
  const user = (await go("registerUser", "POST /users", { json: { username: "artist" } })).value;
  expect(user).toEqual({ user_id: expect.stringMatching(uuid), username: "artist", registered_at: expect.any(String) });
  const { user_id: userId } = user;
  expect((await go("listUsers", "GET /users?offset=0&limit=10")).value).toEqual([user]);
  expect((await go("getUser", `GET /users/${userId}`)).value).toEqual(user);
  await untyped("updateUser", `PATCH /users/${userId}`, { json: { username: "painter" } });
  const token = (
    await go("generateUserToken", `POST /users/${userId}/tokens`, { json: { scope: "manage", ttl: "1h" } })
  ).value;
  expect(token).toEqual({
    user_token: expect.any(String),
    expires_in: 3600,
    expires_on: expect.any(Number),
  });
  const asUser = { as: { user_token: token.user_token } };

  // Groups
  const members = [{ user_id: userId, group_access: "read", folder_access: "write" }];
  const group = (await go("createGroup", "POST /groups", { json: { name: "team", members } })).value;
  expect(group.members).toEqual([{ ...members[0], joined_at: expect.any(String) }]);
  expect((await go("getGroup", `GET /groups/${group.group_id}`)).value).toEqual(group);
  await untyped("updateGroupDescription", `PATCH /groups/${group.group_id}`, {
    json: { name: "team", description: "d" },
  });
  expect((await go("getUserGroups", `GET /users/${userId}/groups`)).value).toHaveLength(1);
  const member = `/groups/${group.group_id}/members/users/${userId}`;
  await untyped("grantMemberAccessToGroup", `PUT ${member}`, {
    json: { group_access: "manage", folder_access: "manage" },
  });
  await untyped("revokeMemberAccessToGroup", `DELETE ${member}`);

  // Folders
  const folder = (await go("createFolder", "POST /folders", { json: { name: "top", subfolders: [{ name: "low" }] } }))
    .value;
  const f = `/folders/${folder.folder_id}`;
  expect(folder).toMatchObject({ name: "top", subfolders: [{ name: "low", parent_folder_id: folder.folder_id }] });
  expect((await go("getFolderInfo", `GET ${f}`)).value).toEqual(folder);
  expect(
    (await go("listFolders", "GET /folders?offset=0&limit=10")).value.map((one: { name: string }) => one.name),
  ).toEqual(["Public", "top"]);
  const low = (await go("listFolderSubFolders", `GET ${f}/folders`)).value[0];
  const second = (await go("createSubfolder", `POST ${f}/folders`, { json: { name: "second" } })).value;
  await untyped("moveFolders", `PUT /folders/${second.folder_id}`, { json: [low.folder_id] });
  await untyped("updateFolder", `PATCH ${f}`, { json: { name: "renamed" } });
  const access = `${f}/access/users/${userId}`;
  await untyped("grantMemberAccessToFolder", `PUT ${access}`, { json: { access: "manage" } });
  expect((await go("listFolderAccesses", `GET ${f}/access`)).value).toEqual({
    users: [{ user_id: userId, username: "painter", access: "manage" }],
    groups: [],
  });

  // Source files and what comes of them
  const uploaded = await go("uploadSourceFiles", `POST ${f}/source-files`, {
    ...formOf({ "chair.obj": "o chair", "chair.mtl": "newmtl", "wood.png": "x" }),
    ...asUser,
  });
  known.task = uploaded.value.upload_task_id;
  const task = (await go("getUploadTask", `GET /upload-tasks/${known.task}`, asUser)).value;
  expect(task).toMatchObject({
    status: "success",
    progress: 1,
    uploaded_by: { user_id: userId, username: "painter" },
    conversion_tasks: [
      { source_file_name: "chair.obj", conversion_pipeline: "scene", status: "success", progress: 1 },
      { source_file_name: "wood.png", conversion_pipeline: "texture", status: "success", progress: 1 },
    ],
  });
  for (const [operation, path] of [
    ["getUserUploadTasks", `/users/${userId}/upload-tasks`],
    ["getUploadTasksInFolder", `${f}/upload-tasks`],
    ["getUploadTasks", "/upload-tasks"],
  ] as const)
    expect((await go(operation, `GET ${path}?offset=0&limit=10`)).value, operation).toEqual([task]);
  const files = await go("getSourceFilesInFolder", `GET ${f}/source-files?offset=0&limit=2`);
  expect([files.value.length, files.headers["x-source-files-count"]]).toEqual([2, "3"]);
  const found = await go("listSourceFiles", "GET /source-files?filters%5Bsource_file_name%5D=CHAIR");
  expect([found.value.length, found.headers["x-source-files-count"]]).toEqual([2, "2"]);
  const source = found.value[0];
  expect(source).toEqual({
    source_file_id: expect.stringMatching(uuid),
    source_file_original_name: "chair.obj",
    name: "chair.obj",
    size: 7,
  });
  const s = `/source-files/${source.source_file_id}`;
  expect((await go("getSourceFileDetails", `GET ${s}/details`)).value).toEqual(source);
  expect((await go("downloadSourceFile", `GET ${s}`)).bytes).toHaveLength(7);
  await untyped("updateSourceFileDetails", `PATCH ${s}/details`, { json: { name: "seat.obj" } });
  const made = (await go("getSourceFileAssets", `GET ${s}/assets`)).value;
  expect(Object.keys(made).sort()).toEqual(["materials", "meshes", "scenes"]);
  const conversionTaskId = sandbox.threeDVerse.uploadTasks()[0]?.conversions[0]?.conversionTaskId;
  await go("getConversionTaskMetadata", `GET /conversion_tasks/${conversionTaskId}/metadata/a.json`);
  await untyped("moveSourceFiles", `PUT ${f}/source-files`, { json: [source.source_file_id] });

  // Assets
  const scene = made.scenes[0].asset_id;
  const mesh = made.meshes[0].asset_id;
  const listed = await go(
    "getFolderAssets",
    `GET ${f}/assets?offset=0&limit=10&recursive=true&filter[asset_type][0]=mesh`,
  );
  expect(listed.value).toEqual({ meshes: [{ asset_id: mesh, name: "chair mesh" }] });
  expect(JSON.parse(listed.headers["x-assets-count"] ?? "")).toEqual({ total: 1, mesh: 1 });
  expect((await go("listAssets", "GET /assets?filter[asset_name]=wood")).value).toEqual({
    textures: [{ asset_id: expect.stringMatching(uuid), name: "wood" }],
  });
  const m = `/assets/meshes/${mesh}`;
  expect((await go("getAssetSourceFile", `GET ${m}/source-file`)).value).toMatchObject({ name: "seat.obj" });
  expect((await go("getAssetDetails", `GET ${m}/details`)).value).toMatchObject({
    asset_id: mesh,
    type: "mesh",
    created_by: { user_id: userId },
    contributors: [{ contribution_count: 1, user: { username: "painter" } }],
  });
  expect((await go("getAssetFolder", `GET ${m}/folder`)).value).toMatchObject({ folder_id: folder.folder_id });
  const dependencies = await go(
    "getAssetDependencies",
    `GET /assets/scenes/${scene}/dependencies?offset=0&limit=10&depth=all&properties[]=name&properties[]=count`,
  );
  expect(dependencies.value).toEqual([
    { asset_id: mesh, asset_type: "mesh", properties: { name: "chair mesh", direct_count: 1, indirect_count: 0 } },
    expect.objectContaining({ asset_type: "material" }),
  ]);
  expect((await go("getAssetReferences", `GET ${m}/references?properties[0]=public`)).value).toEqual([
    { asset_id: scene, asset_type: "scene", properties: { is_public: false } },
  ]);
  expect((await go("getAssetDescription", `GET ${m}/description`)).value).toMatchObject({
    uuid: mesh,
    payloadSize: 256,
  });
  await untyped("renameAsset", `PATCH ${m}/description`, { json: { name: "seat" } });
  expect((await go("getAssetPayload", `GET ${m}/payload`)).bytes).toHaveLength(256);
  expect((await go("getAssetHistory", `GET ${m}/history`)).value).toHaveProperty("history");
  expect((await go("getAssetMeta", `GET ${m}/meta`)).value).toMatchObject({ uuid: mesh });
  expect((await go("getAssetThumbnail", `GET ${m}/thumbnail?size=tiny`)).headers["content-type"]).toBe("image/png");
  await untyped("setAssetThumbnail", `PUT ${m}/thumbnail`, { body: png, contentType: "image/png" });
  expect((await call(sandbox, `GET ${m}/thumbnail?size=large`)).bytes).toEqual(png);
  expect((await go("exportAsset", `GET ${m}/exports/obj?scale=2&sub_mesh_index=0`)).bytes.toString()).toContain(
    "v 2 0 0",
  );
  const packed = await go("packageAsset", `GET /assets/scenes/${scene}/package`);
  expect(packed.bytes.toString("latin1")).toContain(`desc.mesh.${mesh}`);
  const copy = await go("createAsset", `POST ${f}/assets`, { json: { asset_type: "mesh", copy_from_asset_id: mesh } });
  expect(copy.value.source_to_copy_asset_id_map).toEqual({ [mesh]: copy.value.asset_id });
  const script = (await call(sandbox, `POST ${f}/assets`, { json: { asset_type: "module", name: "code" } })).value;
  expect((await go("getAssetCode", `GET /assets/modules/${script.asset_id}/code`)).headers["content-type"]).toMatch(
    "text/plain",
  );
  await go("getAssetCustomTypes", `GET /assets/modules/${script.asset_id}/custom-types`);
  const material = { dataJson: { albedo: [1, 1, 1] }, isDoubleSided: true, name: "oak", shaderRef: someUuid };
  const { asset_id: materialId } = (await go("createMaterial", `POST ${f}/assets/materials`, { json: material })).value;
  expect((await call(sandbox, `GET /assets/materials/${materialId}/description`)).value).toMatchObject(material);
  const { asset_id: cubemap } = (
    await go("createCubemap", `POST ${f}/assets/cubemaps`, { json: { faces: [], name: "sky" } })
  ).value;
  const zip = writeZip([textEntry(`desc.texture.${someUuid}`, '{"name":"bark"}'), textEntry("readme.txt", "?")]);
  const imported = await go("importAssets", `PUT ${f}/packages?overwrite=never`, {
    body: zip,
    contentType: "application/zip",
  });
  expect(imported.value).toEqual({
    asset_ids: { imported: [someUuid], overwritten: [], skipped: [] },
    skipped_files: ["readme.txt"],
  });
  await untyped("moveAssets", `PUT /folders/${second.folder_id}/assets`, { json: [cubemap] });
  await untyped("deleteAsset", `DELETE /assets/cubemaps/${cubemap}`);

  // Scenes and entities
  const entity = { local_transform: { position: [1, 2, 3] }, debug_name: { value: "box" } };
  const { entity_id: entityId } = (await go("createEntity", `POST /assets/scenes/${scene}/entities`, { json: entity }))
    .value;
  const e = `/assets/scenes/${scene}/entities/${entityId}`;
  expect((await go("getEntity", `GET ${e}?compute_global_transform=false`)).value).toEqual({
    euid: { value: entityId },
    ...entity,
  });
  await untyped("updateEntity", `PATCH ${e}`, { json: { debug_name: { value: "crate" } } });
  expect((await go("getSceneAABB", `GET /assets/scenes/${scene}/aabb`)).value).toEqual({
    min: [1, 2, 3],
    max: [1, 2, 3],
  });
  expect((await go("getSceneSettings", `GET /assets/scenes/${scene}/settings`)).value).toEqual({});
  await untyped("deleteEntity", `DELETE ${e}`);

  // Sessions
  const created = await go("createSession", "POST /sessions", {
    json: { scene_id: scene, is_transient: true },
    ...asUser,
  });
  const { session_id: sessionId } = created.value;
  const x = `/sessions/${sessionId}`;
  const joined = await go("joinSession", `POST ${x}/clients`, { json: { is_headless: false }, ...asUser });
  expect(joined.value).toEqual({
    session_token: expect.any(String),
    endpoint_info: { ip: "127.0.0.1", port: expect.any(Number), ssl_port: expect.any(Number) },
  });
  const session = (await go("getSession", `GET ${x}`)).value;
  expect(session).toMatchObject({
    scene_id: scene,
    scene_name: "chair",
    creator_user_id: userId,
    is_transient_session: true,
    clients: [{ client_type: "user", user_id: userId, username: "painter" }],
  });
  for (const [operation, path] of [
    ["getRunningSessions", `/sessions?filters%5Bscene_id%5D=${scene}`],
    ["getSceneSessions", `/assets/scenes/${scene}/sessions`],
    ["getSessionsInFolder", `${f}/sessions`],
  ] as const)
    expect((await go(operation, `GET ${path}`)).value, operation).toEqual([session]);
  const client = `${x}/clients/${session.clients[0].client_id}`;
  expect((await go("getClient", `GET ${client}`)).value).toEqual(session.clients[0]);
  const guest = (await go("generateGuestToken", `POST ${x}/guests`)).value.guest_token;
  await go("joinSessionAsGuest", "POST /sessions/guests", { as: { guest_token: guest } });
  await untyped("kickClientFromSession", `DELETE ${client}`);
  await untyped("killSession", `DELETE ${x}`);

  // And away with everything
  await untyped("revokeMemberAccessToFolder", `DELETE ${access}`);
  await untyped("deleteGroup", `DELETE /groups/${group.group_id}`);
  await untyped("deleteAssets", "DELETE /assets", {
    json: [materialId, script.asset_id, someUuid, copy.value.asset_id],
  });
  const allFiles = (await call(sandbox, "GET /source-files")).value as { source_file_id: string }[];
  await untyped("deleteSourceFiles", "DELETE /source-files", {
    json: { source_file_ids: allFiles.map(({ source_file_id }) => source_file_id), delete_assets: true },
  });
  for (const folderId of [low.folder_id, second.folder_id, folder.folder_id])
    await untyped("deleteFolder", `DELETE /folders/${folderId}`);
  expect((await go("deleteUser", `DELETE /users/${userId}`)).value).toEqual({ deleted_assets: {} });

  expect([...walked].sort()).toEqual(operations.map(({ operation }) => operation).sort());
  expect(sandbox.requests().filter(({ leak, refusal }) => leak !== null || refusal !== null)).toEqual([]);
  expect(sandbox.threeDVerse.uploadTasks()[0]?.files[0]).toMatchObject({ name: "chair.obj", size: 7 });
});
