import * as z from "zod/mini";

/** Documented values, and whatever the service may say one day. */
export type Open<T extends string> = T | (string & {});

/** @internal A text that is checked as text only. */
export const openText = <T extends string>() => z.string() as unknown as z.ZodMiniType<Open<T>>;

/** @internal A field that may be missing or `null`. */
export const maybe = <T extends z.ZodMiniType>(schema: T) => z.optional(z.nullable(schema));

export type Access = "read" | "write" | "manage";
export type MemberType = "users" | "groups";

export type AssetType =
  | "action_map"
  | "animation"
  | "animation_graph"
  | "animation_sequence"
  | "animation_set"
  | "collision_geometry"
  | "cubemap"
  | "event_map"
  | "material"
  | "mesh"
  | "module"
  | "point_cloud"
  | "render_graph"
  | "scene"
  | "script"
  | "shader"
  | "skeleton"
  | "sound"
  | "texture"
  | "texture_1d"
  | "texture_3d"
  | "volume_material";

/** Each asset type as it stands in paths and as the key of grouped lists. */
export const assetContainers = {
  action_map: "action_maps",
  animation: "animations",
  animation_graph: "animation_graphs",
  animation_sequence: "animation_sequences",
  animation_set: "animation_sets",
  collision_geometry: "collision_geometries",
  cubemap: "cubemaps",
  event_map: "event_maps",
  material: "materials",
  mesh: "meshes",
  module: "modules",
  point_cloud: "point_clouds",
  render_graph: "render_graphs",
  scene: "scenes",
  script: "scripts",
  shader: "shaders",
  skeleton: "skeletons",
  sound: "sounds",
  texture: "textures",
  texture_1d: "textures_1d",
  texture_3d: "textures_3d",
  volume_material: "volume_materials",
} as const satisfies Record<AssetType, string>;

export type AssetContainer = (typeof assetContainers)[AssetType];

/** Assets of these have bytes besides their description. */
export type AssetContainerWithPayload =
  | "animations"
  | "animation_sequences"
  | "collision_geometries"
  | "meshes"
  | "point_clouds"
  | "scripts"
  | "shaders"
  | "skeletons"
  | "sounds"
  | "textures"
  | "textures_1d"
  | "textures_3d";
export type AssetContainerWithCode = "animation_sequences" | "modules" | "scripts" | "shaders";
export type AssetContainerWithCustomTypes = "modules";
/** The reference lists sounds too, and says that only meshes work today. */
export type AssetContainerExportable = "meshes" | "sounds";

/** `{ [id]: … }` of a shape that no document tells. */
export type OpaqueObject = Record<string, unknown>;
/** @internal */
export const opaqueObject: z.ZodMiniType<OpaqueObject> = z.record(z.string(), z.unknown());
