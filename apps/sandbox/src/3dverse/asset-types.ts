/** Each asset type and the path segment under which its assets lie. */
export const containerOf = {
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
} as const;

export type AssetType = keyof typeof containerOf;
export const assetTypes = Object.keys(containerOf) as AssetType[];

/** The type whose container this is; undefined where there is no such container. */
export function typeOfContainer(container: string): AssetType | undefined {
  return assetTypes.find((type) => containerOf[type] === container);
}

/** What `createAsset` can make out of nothing. */
export const creatableTypes = [
  "action_map",
  "animation_graph",
  "animation_sequence",
  "cubemap",
  "event_map",
  "material",
  "module",
  "render_graph",
  "scene",
  "script",
  "shader",
  "volume_material",
] as const satisfies AssetType[];

export const typesWithPayload: readonly AssetType[] = [
  "animation",
  "animation_sequence",
  "collision_geometry",
  "mesh",
  "point_cloud",
  "script",
  "shader",
  "skeleton",
  "sound",
  "texture",
  "texture_1d",
  "texture_3d",
];

export const typesWithCode: readonly AssetType[] = ["animation_sequence", "module", "script", "shader"];
export const typesWithCustomTypes: readonly AssetType[] = ["module"];
export const exportableTypes: readonly AssetType[] = ["mesh", "sound"];

/** What a package cannot bring in. */
const notImportable: readonly AssetType[] = ["module", "script", "shader", "render_graph", "animation_sequence"];
export const importableTypes = assetTypes.filter((type) => !notImportable.includes(type));
