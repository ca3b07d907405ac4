import { z } from "zod";
import { actorOf, type Caller } from "./access.ts";
import { dependenciesOf } from "./asset-lists.ts";
import { assetTypes, creatableTypes } from "./asset-types.ts";
import { assetFor } from "./assets.ts";
import { addAsset, type Environment } from "./environment.ts";
import { folderFor } from "./folders.ts";
import { created, jsonBody, operation } from "./operation.ts";
import { invalid } from "./problem.ts";
import type { Asset } from "./records.ts";

const name = z.string().min(1);
const newAsset = z.strictObject({ asset_type: z.enum(creatableTypes), name });
const duplication = z.strictObject({
  asset_type: z.enum(assetTypes),
  copy_from_asset_id: z.string().min(1),
  new_asset_name: name.optional(),
  options: z
    .strictObject({ asset_types: z.array(z.enum(assetTypes)).optional(), max_depth: z.int().nonnegative().optional() })
    .optional(),
});

export const assetCreationOperations = {
  createAsset: operation({
    body: jsonBody(z.union([newAsset, duplication])),
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      if ("copy_from_asset_id" in body) return created(duplicate(env, caller, folderId, body));
      const createdBy = actorOf(env, caller);
      const asset = addAsset(env, { type: body.asset_type, name: body.name, folderId, createdBy });
      return created({ asset_id: asset.assetId, name: asset.name });
    },
  }),
  createMaterial: operation({
    body: jsonBody(
      z.strictObject({
        dataJson: z.record(z.string(), z.unknown()),
        isDoubleSided: z.boolean(),
        name,
        shaderRef: z.string().min(1),
      }),
    ),
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const { name: materialName, ...content } = body;
      const createdBy = actorOf(env, caller);
      const asset = addAsset(env, {
        type: "material",
        name: materialName,
        folderId,
        createdBy,
        content,
        dependencies: [body.shaderRef],
      });
      return created({ asset_id: asset.assetId });
    },
  }),
  createCubemap: operation({
    body: jsonBody(z.strictObject({ faces: z.array(z.string().min(1)), name })),
    answer({ env, caller, parameter, body }) {
      const { folderId } = folderFor(env, caller, parameter("folder_id"), "write");
      const { faces } = body;
      for (const face of faces) {
        const { type } = assetFor(env, caller, face, "read");
        if (type !== "texture") throw invalid(`The faces of a cubemap are textures; ${face} is a ${type}.`);
      }
      const asset = addAsset(env, {
        type: "cubemap",
        name: body.name,
        folderId,
        createdBy: actorOf(env, caller),
        content: { faces },
        dependencies: faces,
      });
      return created({ asset_id: asset.assetId });
    },
  }),
};

/** Copies an asset, and of what it uses the asked types; the copies use each other like the originals do. */
function duplicate(env: Environment, caller: Caller, folderId: string, given: z.output<typeof duplication>) {
  const original = assetFor(env, caller, given.copy_from_asset_id, "read");
  if (original.type !== given.asset_type)
    throw invalid(`The asset ${original.assetId} is a ${original.type}, not a ${given.asset_type}.`);
  const { asset_types: copiedTypes = [], max_depth: maxDepth = Number.POSITIVE_INFINITY } = given.options ?? {};
  const used = [...dependenciesOf(env, original, maxDepth).keys()]
    .map((id) => env.assets.get(id))
    .filter((asset): asset is Asset => asset !== undefined && copiedTypes.includes(asset.type));
  const createdBy = actorOf(env, caller);
  const copyOf = ({ type, name: ownName, content, entities }: Asset, newName = ownName) =>
    addAsset(env, {
      type,
      name: newName,
      folderId,
      createdBy,
      content: structuredClone(content),
      entities: structuredClone(entities),
    });
  const copies = new Map([[original.assetId, copyOf(original, given.new_asset_name)]]);
  for (const asset of used) copies.set(asset.assetId, copyOf(asset));
  for (const source of [original, ...used]) {
    const copy = copies.get(source.assetId);
    if (copy !== undefined) copy.dependencies = source.dependencies.map((id) => copies.get(id)?.assetId ?? id);
  }
  const map = Object.fromEntries([...copies].map(([id, copy]) => [id, copy.assetId]));
  const copy = copies.get(original.assetId);
  return { asset_id: copy?.assetId, name: copy?.name, source_to_copy_asset_id_map: map };
}
