import { expect } from "vitest";
import { done, type Step, window } from "./operation-step.ts";
import { samplePackage } from "./sample-package.ts";

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);
const created = (key: "asset_id") => (result: never) => expect(result).toMatchObject({ [key]: expect.any(String) });
const bytesOf = async (answer: PromiseLike<{ bytes(): Promise<Uint8Array> }>) => (await answer).bytes();
const someBytes = (result: Uint8Array) => expect(result.length).toBeGreaterThan(0);
const anObject = (result: never) => expect(result).toBeTypeOf("object");
const named = (asset_id: string) => expect.objectContaining({ asset_id }) as unknown;

/** What is made in folders. */
export const folderAssetSteps: readonly Step[] = [
  {
    operation: "createAsset",
    call: (client, { folder_id }) =>
      client.createAsset({ folder_id, asset_creation_options: { asset_type: "scene", name: "Room" } }),
    sent: ({ folder_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets`,
      json: { asset_type: "scene", name: "Room" },
    }),
    answer: ({ scene_id }) => ({ status: 201, body: { asset_id: scene_id, name: "Room" } }),
    check: created("asset_id"),
    learn: (result: { asset_id: string }, world) => {
      world.scene_id = result.asset_id;
    },
  },
  {
    operation: "createAsset",
    call: (client, { folder_id }) =>
      client.createAsset({ folder_id, asset_creation_options: { asset_type: "shader", name: "Plain" } }),
    sent: ({ folder_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets`,
      json: { asset_type: "shader", name: "Plain" },
    }),
    answer: ({ shader_id }) => ({ body: { asset_id: shader_id, name: "Plain" } }),
    check: created("asset_id"),
    learn: (result: { asset_id: string }, world) => {
      world.shader_id = result.asset_id;
    },
  },
  {
    operation: "createAsset",
    call: (client, { folder_id }) =>
      client.createAsset({ folder_id, asset_creation_options: { asset_type: "module", name: "Types" } }),
    sent: ({ folder_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets`,
      json: { asset_type: "module", name: "Types" },
    }),
    answer: ({ module_id }) => ({ body: { asset_id: module_id, name: "Types" } }),
    check: created("asset_id"),
    learn: (result: { asset_id: string }, world) => {
      world.module_id = result.asset_id;
    },
  },
  {
    operation: "createAsset",
    call: (client, { folder_id, mesh_id }) =>
      client.createAsset({
        folder_id,
        asset_creation_options: {
          asset_type: "mesh",
          copy_from_asset_id: mesh_id,
          new_asset_name: "Copy",
          options: { max_depth: 1 },
        },
      }),
    sent: ({ folder_id, mesh_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets`,
      json: {
        asset_type: "mesh",
        copy_from_asset_id: mesh_id,
        new_asset_name: "Copy",
        options: { max_depth: 1 },
      },
    }),
    answer: ({ mesh_id, script_id }) => ({
      body: { asset_id: script_id, name: "Copy", source_to_copy_asset_id_map: { [mesh_id]: script_id } },
    }),
    check: created("asset_id"),
  },
  {
    operation: "createMaterial",
    call: (client, { folder_id, shader_id }) =>
      client.createMaterial({
        folder_id,
        name: "Oak",
        shaderRef: shader_id,
        isDoubleSided: false,
        dataJson: { roughness: 0.4 },
      }),
    sent: ({ folder_id, shader_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets/materials`,
      json: { dataJson: { roughness: 0.4 }, isDoubleSided: false, name: "Oak", shaderRef: shader_id },
    }),
    answer: ({ material_id }) => ({ status: 201, body: { asset_id: material_id } }),
    check: created("asset_id"),
    learn: (result: { asset_id: string }, world) => {
      world.material_id = result.asset_id;
    },
  },
  {
    operation: "createCubemap",
    call: (client, { folder_id, texture_id }) =>
      client.createCubemap({ folder_id, name: "Sky", faces: Array.from({ length: 6 }, () => texture_id) }),
    sent: ({ folder_id, texture_id }) => ({
      method: "POST",
      path: `/folders/${folder_id}/assets/cubemaps`,
      json: { faces: Array.from({ length: 6 }, () => texture_id), name: "Sky" },
    }),
    answer: () => ({ status: 201, body: { asset_id: "cubemap" } }),
    check: created("asset_id"),
  },
  {
    operation: "getFolderAssets",
    call: (client, { folder_id }) =>
      client.getFolderAssets({
        folder_id,
        limit: 100,
        filter: { asset_type: ["mesh", "scene"] },
        recursive: true,
      }),
    sent: ({ folder_id }) => ({
      method: "GET",
      path: `/folders/${folder_id}/assets`,
      query: ["offset=0", "limit=100", "filter[asset_type][0]=mesh", "filter[asset_type][1]=scene", "recursive=true"],
    }),
    answer: ({ scene_id }) => ({
      body: { scenes: [{ asset_id: scene_id, name: "Room" }] },
      headers: { "x-assets-count": '{"total":1,"scene":1}' },
    }),
    check: (result: { scenes?: unknown }, { scene_id }) =>
      expect(result.scenes).toEqual(expect.arrayContaining([named(scene_id)])),
  },
  {
    operation: "moveAssets",
    call: (client, { folder_id, scene_id, material_id }) =>
      client.moveAssets({ folder_id, asset_ids: [scene_id, material_id] }),
    sent: ({ folder_id, scene_id, material_id }) => ({
      method: "PUT",
      path: `/folders/${folder_id}/assets`,
      json: [scene_id, material_id],
    }),
    ...done,
  },
  {
    operation: "importAssets",
    call: (client, { folder_id }) => client.importAssets({ folder_id, body: samplePackage(), overwrite: "always" }),
    sent: ({ folder_id }) => ({
      method: "PUT",
      path: `/folders/${folder_id}/packages`,
      query: ["overwrite=always"],
      content: { type: /^application\/zip$/, holds: "desc.sound." },
    }),
    answer: () => ({ body: { asset_ids: { imported: ["a"], overwritten: [], skipped: [] }, skipped_files: [] } }),
    check: (result) => expect(result).toMatchObject({ asset_ids: { imported: expect.any(Array) } }),
  },
];

/** What is asked about assets. */
export const assetSteps: readonly Step[] = [
  {
    operation: "listAssets",
    call: (client) => client.listAssets({ filter: { asset_type: "mesh", include_public_assets: false } }),
    sent: () => ({
      method: "GET",
      path: "/assets",
      query: [...window, "filter[asset_type]=mesh", "filter[include_public_assets]=false"],
    }),
    answer: ({ mesh_id }) => ({ body: { meshes: [{ asset_id: mesh_id, name: "Chair" }] } }),
    check: (result: { meshes?: unknown }, { mesh_id }) =>
      expect(result.meshes).toEqual(expect.arrayContaining([named(mesh_id)])),
  },
  part("getAssetSourceFile", "source-file", ({ source_file_id }) => ({ source_file_id, name: "chair.obj", size: 4 })),
  part("getAssetDetails", "details", ({ mesh_id }) => ({ asset_id: mesh_id, name: "Chair", type: "mesh" })),
  part("getAssetFolder", "folder", ({ folder_id }) => ({ folder_id, name: "my-folder" })),
  part("getAssetDescription", "description", ({ mesh_id }) => ({ uuid: mesh_id, name: "Chair", submeshes: [] })),
  part("getAssetHistory", "history", () => ({ commits: [] })),
  part("getAssetMeta", "meta", () => ({ anything: 1 })),
  {
    operation: "getAssetDependencies",
    call: (client, { mesh_id }) =>
      client.getAssetDependencies({
        asset_container: "meshes",
        asset_id: mesh_id,
        depth: "direct",
        filters: { with_asset_types: ["material"], public: "include" },
        properties: ["name", "count"],
      }),
    sent: ({ mesh_id }) => ({
      method: "GET",
      path: `/assets/meshes/${mesh_id}/dependencies`,
      query: [
        ...window,
        "depth=direct",
        "filters[with_asset_types][0]=material",
        "filters[public]=include",
        "properties[]=name",
        "properties[]=count",
      ],
    }),
    answer: ({ material_id }) => ({
      body: [{ asset_id: material_id, asset_type: "material", properties: { name: "Oak", direct_count: 1 } }],
    }),
    check: (result) => expect(result).toBeInstanceOf(Array),
  },
  {
    operation: "getAssetReferences",
    call: (client, { mesh_id }) =>
      client.getAssetReferences({ asset_container: "meshes", asset_id: mesh_id, properties: ["public"] }),
    sent: ({ mesh_id }) => ({
      method: "GET",
      path: `/assets/meshes/${mesh_id}/references`,
      query: [...window, "properties[]=public"],
    }),
    answer: ({ scene_id }) => ({
      body: [{ asset_id: scene_id, asset_type: "scene", properties: { is_public: false } }],
    }),
    check: (result) => expect(result).toBeInstanceOf(Array),
  },
  {
    operation: "renameAsset",
    call: (client, { mesh_id }) => client.renameAsset({ asset_container: "meshes", asset_id: mesh_id, name: "Stuhl" }),
    sent: ({ mesh_id }) => ({
      method: "PATCH",
      path: `/assets/meshes/${mesh_id}/description`,
      json: { name: "Stuhl" },
    }),
    ...done,
  },
  {
    operation: "getAssetPayload",
    call: (client, { mesh_id }) =>
      bytesOf(client.getAssetPayload({ asset_container_with_payload: "meshes", asset_id: mesh_id })),
    sent: ({ mesh_id }) => ({ method: "GET", path: `/assets/meshes/${mesh_id}/payload`, accept: "*/*" }),
    answer: () => ({ body: Buffer.from([1, 2, 3]), headers: { "content-type": "application/octet-stream" } }),
    check: someBytes,
  },
  {
    operation: "getAssetCode",
    call: (client, { shader_id }) => client.getAssetCode({ asset_container_with_code: "shaders", asset_id: shader_id }),
    sent: ({ shader_id }) => ({ method: "GET", path: `/assets/shaders/${shader_id}/code`, accept: "*/*" }),
    answer: () => ({ body: "void main() {}", headers: { "content-type": "text/plain" } }),
    check: (result) => expect(result).toBeTypeOf("string"),
  },
  {
    operation: "setAssetThumbnail",
    call: (client, { mesh_id }) =>
      client.setAssetThumbnail({ asset_container: "meshes", asset_id: mesh_id, body: png }),
    sent: ({ mesh_id }) => ({
      method: "PUT",
      path: `/assets/meshes/${mesh_id}/thumbnail`,
      content: { type: /^image\/png$/, holds: "IHDR" },
    }),
    ...done,
  },
  {
    operation: "getAssetThumbnail",
    call: (client, { mesh_id }) =>
      bytesOf(client.getAssetThumbnail({ asset_container: "meshes", asset_id: mesh_id, size: "medium" })),
    sent: ({ mesh_id }) => ({
      method: "GET",
      path: `/assets/meshes/${mesh_id}/thumbnail`,
      query: ["size=medium"],
      accept: "*/*",
    }),
    answer: () => ({ body: png, headers: { "content-type": "image/png" } }),
    check: (result: Uint8Array) => expect(Buffer.from(result)).toEqual(png),
  },
  {
    operation: "getAssetCustomTypes",
    call: (client, { module_id }) =>
      client.getAssetCustomTypes({ asset_container_with_custom_types: "modules", asset_id: module_id }),
    sent: ({ module_id }) => ({ method: "GET", path: `/assets/modules/${module_id}/custom-types` }),
    answer: () => ({ body: { Weather: ["rain"] } }),
    check: anObject,
  },
  {
    operation: "packageAsset",
    call: (client, { mesh_id }) => bytesOf(client.packageAsset({ asset_container: "meshes", asset_id: mesh_id })),
    sent: ({ mesh_id }) => ({ method: "GET", path: `/assets/meshes/${mesh_id}/package`, accept: "*/*" }),
    answer: () => ({ body: samplePackage(), headers: { "content-type": "application/zip" } }),
    check: someBytes,
  },
  {
    operation: "exportAsset",
    call: (client, { mesh_id }) =>
      bytesOf(
        client.exportAsset({ asset_container_exportable: "meshes", asset_id: mesh_id, format: "stl", scale: 10 }),
      ),
    sent: ({ mesh_id }) => ({
      method: "GET",
      path: `/assets/meshes/${mesh_id}/exports/stl`,
      query: ["scale=10"],
      accept: "*/*",
    }),
    answer: () => ({ body: "solid", headers: { "content-type": "model/stl" } }),
    check: someBytes,
  },
];

/** What takes them away again. */
export const assetEndSteps: readonly Step[] = [
  {
    operation: "deleteAsset",
    call: (client, { material_id }) => client.deleteAsset({ asset_container: "materials", asset_id: material_id }),
    sent: ({ material_id }) => ({ method: "DELETE", path: `/assets/materials/${material_id}` }),
    ...done,
  },
  {
    operation: "deleteAssets",
    call: (client, { scene_id, module_id }) => client.deleteAssets({ asset_ids: [scene_id, module_id] }),
    sent: ({ scene_id, module_id }) => ({ method: "DELETE", path: "/assets", json: [scene_id, module_id] }),
    ...done,
  },
];

type PartOperation =
  | "getAssetSourceFile"
  | "getAssetDetails"
  | "getAssetFolder"
  | "getAssetDescription"
  | "getAssetHistory"
  | "getAssetMeta";

function part(operation: PartOperation, path: string, body: (world: Parameters<Step["answer"]>[0]) => unknown): Step {
  return {
    operation,
    call: (client, { mesh_id }) =>
      (client[operation] as (options: unknown) => Promise<unknown>)({ asset_container: "meshes", asset_id: mesh_id }),
    sent: ({ mesh_id }) => ({ method: "GET", path: `/assets/meshes/${mesh_id}/${path}` }),
    answer: (world) => ({ body: body(world) }),
    check: anObject,
  };
}
