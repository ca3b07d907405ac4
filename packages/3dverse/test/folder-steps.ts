import { expect } from "vitest";
import { done, type Step, type World, window } from "./operation-step.ts";

const folder = ({ folder_id }: World) => ({
  folder_id,
  name: "my-folder",
  created_at: "2019-08-24T14:15:22Z",
  subfolders: [],
  source_file_count: 0,
  asset_count: 0,
});
const below = ({ folder_id, subfolder_id }: World) => ({
  folder_id: subfolder_id,
  parent_folder_id: folder_id,
  name: "sub",
});
const file = ({ source_file_id }: World) => ({
  source_file_id,
  source_file_original_name: "chair.obj",
  name: "chair.obj",
  size: 42,
});
const task = ({ upload_task_id, folder_id, user_id, mesh_id, source_file_id }: World) => ({
  upload_task_id,
  folder_id,
  uploaded_at: "2019-08-24T14:15:22Z",
  uploaded_by: { user_id, username: "my-username" },
  progress: 1,
  status: "success",
  conversion_tasks: [
    {
      asset_id: mesh_id,
      source_file_id,
      source_file_name: "chair.obj",
      conversion_pipeline: "auto-detect",
      progress: 1,
      status: "success",
    },
  ],
});
const listing = (key: string, id: string) =>
  expect.arrayContaining([expect.objectContaining({ [key]: id })]) as unknown;

/** Folders, their accesses, source files and uploads. */
export const folderSteps: readonly Step[] = [
  {
    operation: "createFolder",
    call: (client) => client.createFolder({ name: "my-folder", subfolders: [{ name: "inner" }] }),
    sent: () => ({ method: "POST", path: "/folders", json: { name: "my-folder", subfolders: [{ name: "inner" }] } }),
    answer: (world) => ({ status: 201, body: folder(world) }),
    check: (result) => expect(result).toMatchObject({ folder_id: expect.any(String), name: "my-folder" }),
    learn: (result: { folder_id: string }, world) => {
      world.folder_id = result.folder_id;
    },
  },
  {
    operation: "createFolder",
    call: (client) => client.createFolder({ name: "other" }),
    sent: () => ({ method: "POST", path: "/folders", json: { name: "other" } }),
    answer: ({ other_folder_id }) => ({ status: 201, body: { folder_id: other_folder_id, name: "other" } }),
    check: (result) => expect(result).toMatchObject({ name: "other" }),
    learn: (result: { folder_id: string }, world) => {
      world.other_folder_id = result.folder_id;
    },
  },
  {
    operation: "createSubfolder",
    call: (client, { folder_id }) => client.createSubfolder({ folder_id, name: "sub" }),
    sent: ({ folder_id }) => ({ method: "POST", path: `/folders/${folder_id}/folders`, json: { name: "sub" } }),
    answer: (world) => ({ status: 201, body: below(world) }),
    check: (result) => expect(result).toMatchObject({ folder_id: expect.any(String), name: "sub" }),
    learn: (result: { folder_id: string }, world) => {
      world.subfolder_id = result.folder_id;
    },
  },
  {
    operation: "listFolders",
    call: (client) => client.listFolders({ offset: 0, limit: 1000 }),
    sent: () => ({ method: "GET", path: "/folders", query: ["offset=0", "limit=1000"] }),
    answer: (world) => ({ body: [folder(world)] }),
    check: (result, { folder_id }) => expect(result).toEqual(listing("folder_id", folder_id)),
  },
  {
    operation: "getFolderInfo",
    call: (client, { folder_id }) => client.getFolderInfo({ folder_id }),
    sent: ({ folder_id }) => ({ method: "GET", path: `/folders/${folder_id}` }),
    answer: (world) => ({ body: folder(world) }),
    check: (result, { folder_id }) => expect(result).toMatchObject({ folder_id, name: "my-folder" }),
  },
  {
    operation: "listFolderSubFolders",
    call: (client, { folder_id }) => client.listFolderSubFolders({ folder_id }),
    sent: ({ folder_id }) => ({ method: "GET", path: `/folders/${folder_id}/folders` }),
    answer: (world) => ({ body: [below(world)] }),
    check: (result, { subfolder_id }) => expect(result).toEqual(listing("folder_id", subfolder_id)),
  },
  {
    operation: "updateFolder",
    call: (client, { folder_id }) => client.updateFolder({ folder_id, name: "renamed" }),
    sent: ({ folder_id }) => ({ method: "PATCH", path: `/folders/${folder_id}`, json: { name: "renamed" } }),
    ...done,
  },
  {
    operation: "moveFolders",
    call: (client, { folder_id, other_folder_id }) =>
      client.moveFolders({ folder_id: other_folder_id, folder_ids: [folder_id] }),
    sent: ({ folder_id, other_folder_id }) => ({
      method: "PUT",
      path: `/folders/${other_folder_id}`,
      json: [folder_id],
    }),
    ...done,
  },
  {
    operation: "grantMemberAccessToFolder",
    call: (client, { folder_id, user_id }) =>
      client.grantMemberAccessToFolder({ folder_id, member_type: "users", member_id: user_id, access: "manage" }),
    sent: ({ folder_id, user_id }) => ({
      method: "PUT",
      path: `/folders/${folder_id}/access/users/${user_id}`,
      json: { access: "manage" },
    }),
    ...done,
  },
  {
    operation: "listFolderAccesses",
    call: (client, { folder_id }) => client.listFolderAccesses({ folder_id }),
    sent: ({ folder_id }) => ({ method: "GET", path: `/folders/${folder_id}/access` }),
    answer: ({ user_id }) => ({ body: { users: [{ user_id, username: "Zoë", access: "manage" }], groups: [] } }),
    check: (result: { users?: unknown }, { user_id }) => expect(result.users).toEqual(listing("user_id", user_id)),
  },
  {
    operation: "uploadSourceFiles",
    call: (client, { folder_id }) => {
      const body = new FormData();
      body.append("files", new File(["o Chair\nv 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"], "chair.obj"));
      return client.uploadSourceFiles({ folder_id, body });
    },
    sent: ({ folder_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/source-files`,
      content: { type: /^multipart\/form-data; boundary=/, holds: 'name="files"; filename="chair.obj"' },
    }),
    answer: ({ upload_task_id }) => ({ status: 201, body: { upload_task_id } }),
    check: (result) => expect(result).toMatchObject({ upload_task_id: expect.any(String) }),
    learn: (result: { upload_task_id: string }, world) => {
      world.upload_task_id = result.upload_task_id;
    },
  },
  {
    operation: "getUploadTask",
    arrange: (sandbox, { upload_task_id }) => sandbox.threeDVerse.finishUploadTask(upload_task_id),
    call: (client, { upload_task_id }) => client.getUploadTask({ upload_task_id }),
    sent: ({ upload_task_id }) => ({ method: "GET", path: `/upload-tasks/${upload_task_id}` }),
    answer: (world) => ({ body: task(world) }),
    check: (result, { upload_task_id }) =>
      expect(result).toMatchObject({ upload_task_id, status: expect.any(String), progress: expect.any(Number) }),
  },
  {
    operation: "getUploadTasks",
    call: (client) => client.getUploadTasks(),
    sent: () => ({ method: "GET", path: "/upload-tasks", query: window }),
    answer: (world) => ({ body: [task(world)] }),
    check: (result, { upload_task_id }) => expect(result).toEqual(listing("upload_task_id", upload_task_id)),
  },
  {
    operation: "getUploadTasksInFolder",
    call: (client, { folder_id }) => client.getUploadTasksInFolder({ folder_id, limit: 5 }),
    sent: ({ folder_id }) => ({
      method: "GET",
      path: `/folders/${folder_id}/upload-tasks`,
      query: ["offset=0", "limit=5"],
    }),
    answer: (world) => ({ body: [task(world)] }),
    check: (result, { upload_task_id }) => expect(result).toEqual(listing("upload_task_id", upload_task_id)),
  },
  {
    operation: "getUserUploadTasks",
    call: (client, { user_id }) => client.getUserUploadTasks({ user_id, offset: 0 }),
    sent: ({ user_id }) => ({ method: "GET", path: `/users/${user_id}/upload-tasks`, query: window }),
    answer: (world) => ({ body: [task(world)] }),
    check: (result) => expect(result).toBeInstanceOf(Array),
  },
  {
    operation: "getSourceFilesInFolder",
    call: (client, { folder_id }) =>
      client.getSourceFilesInFolder({ folder_id, filters: { source_file_name: "chair.obj" } }),
    sent: ({ folder_id }) => ({
      method: "GET",
      path: `/folders/${folder_id}/source-files`,
      query: [...window, "filters[source_file_name]=chair.obj"],
    }),
    answer: (world) => ({ body: [file(world)], headers: { "x-source-files-count": "1" } }),
    check: (result) => expect(result).toMatchObject([{ name: "chair.obj", size: expect.any(Number) }]),
    learn: (result: { source_file_id: string }[], world) => {
      world.source_file_id = result[0]?.source_file_id ?? world.source_file_id;
    },
  },
  {
    operation: "listSourceFiles",
    call: (client) => client.listSourceFiles({ limit: 2 }),
    sent: () => ({ method: "GET", path: "/source-files", query: ["offset=0", "limit=2"] }),
    answer: (world) => ({ body: [file(world)] }),
    check: (result, { source_file_id }) => expect(result).toEqual(listing("source_file_id", source_file_id)),
  },
  {
    operation: "getSourceFileDetails",
    call: (client, { source_file_id }) => client.getSourceFileDetails({ source_file_id }),
    sent: ({ source_file_id }) => ({ method: "GET", path: `/source-files/${source_file_id}/details` }),
    answer: (world) => ({ body: file(world) }),
    check: (result, { source_file_id }) =>
      expect(result).toMatchObject({ source_file_id, source_file_original_name: "chair.obj" }),
  },
  {
    operation: "updateSourceFileDetails",
    call: (client, { source_file_id }) => client.updateSourceFileDetails({ source_file_id, name: "Stuhl" }),
    sent: ({ source_file_id }) => ({
      method: "PATCH",
      path: `/source-files/${source_file_id}/details`,
      json: { name: "Stuhl" },
    }),
    ...done,
  },
  {
    operation: "moveSourceFiles",
    call: (client, { source_file_id, folder_id }) =>
      client.moveSourceFiles({ folder_id, source_file_ids: [source_file_id] }),
    sent: ({ source_file_id, folder_id }) => ({
      method: "PUT",
      path: `/folders/${folder_id}/source-files`,
      json: [source_file_id],
    }),
    ...done,
  },
  {
    operation: "getSourceFileAssets",
    call: (client, { source_file_id }) => client.getSourceFileAssets({ source_file_id }),
    sent: ({ source_file_id }) => ({ method: "GET", path: `/source-files/${source_file_id}/assets` }),
    answer: ({ mesh_id }) => ({ body: { meshes: [{ asset_id: mesh_id, name: "Chair" }] } }),
    check: (result) =>
      expect(result).toMatchObject({ meshes: [{ asset_id: expect.any(String), name: expect.any(String) }] }),
    learn: (result: { meshes?: { asset_id: string }[] }, world) => {
      world.mesh_id = result.meshes?.[0]?.asset_id ?? world.mesh_id;
    },
  },
  {
    operation: "downloadSourceFile",
    call: async (client, { source_file_id }) => {
      const file = await client.downloadSourceFile({ source_file_id });
      return { type: file.contentType, text: Buffer.from(await file.bytes()).toString() };
    },
    sent: ({ source_file_id }) => ({ method: "GET", path: `/source-files/${source_file_id}`, accept: "*/*" }),
    answer: () => ({ body: "o Chair", headers: { "content-type": "model/obj" } }),
    // The sandbox keeps lengths of files, not their bytes.
    check: (result: { text: string }) => expect(result.text.length).toBeGreaterThan(0),
  },
  {
    operation: "getConversionTaskMetadata",
    arrange: (sandbox, world) => {
      const task = sandbox.threeDVerse.uploadTasks().find((one) => one.uploadTaskId === world.upload_task_id);
      world.conversion_task_id = task?.conversions[0]?.conversionTaskId ?? "";
    },
    call: async (client, { conversion_task_id, metadata_name }) =>
      (await client.getConversionTaskMetadata({ conversion_task_id, filename: metadata_name })).bytes(),
    sent: ({ conversion_task_id, metadata_name }) => ({
      method: "GET",
      path: `/conversion_tasks/${conversion_task_id}/metadata/${encodeURIComponent(metadata_name)}`,
      accept: "*/*",
    }),
    answer: () => ({ body: { storeys: 2 } }),
    check: (result: Uint8Array) => expect(result.length).toBeGreaterThan(0),
  },
];

/** What takes them away again. */
export const folderEndSteps: readonly Step[] = [
  {
    operation: "deleteSourceFiles",
    call: (client, { source_file_id }) => client.deleteSourceFiles({ source_file_ids: [source_file_id] }),
    sent: ({ source_file_id }) => ({
      method: "DELETE",
      path: "/source-files",
      json: { source_file_ids: [source_file_id], delete_assets: false },
    }),
    ...done,
  },
  {
    operation: "revokeMemberAccessToFolder",
    call: (client, { folder_id, user_id }) =>
      client.revokeMemberAccessToFolder({ folder_id, member_type: "users", member_id: user_id }),
    sent: ({ folder_id, user_id }) => ({ method: "DELETE", path: `/folders/${folder_id}/access/users/${user_id}` }),
    ...done,
  },
  {
    operation: "deleteFolder",
    call: (client, { subfolder_id }) => client.deleteFolder({ folder_id: subfolder_id }),
    sent: ({ subfolder_id }) => ({ method: "DELETE", path: `/folders/${subfolder_id}` }),
    ...done,
  },
];
