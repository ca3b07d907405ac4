import type { AssetType } from "./asset-types.ts";
import type { Asset } from "./records.ts";

const payloadSize = 256;
const noPicture = { format: 0, mips: [], payloadTotalSize: payloadSize };

/** The least that the description of each type has, as the documentation's types name it. */
const contents: Record<AssetType, Record<string, unknown>> = {
  action_map: { actions: {} },
  animation: { animationEventTrack: {}, durationInMs: 1000, payloadSize },
  animation_graph: { inputDescriptor: [], stateMachines: [] },
  animation_sequence: { durationInMs: 1000 },
  animation_set: { animationGraphUUID: "00000000-0000-0000-0000-000000000000", animationSet: [] },
  collision_geometry: { geometryType: 0, payloadSize },
  cubemap: { faces: [] },
  event_map: { events: {} },
  material: { dataJson: {}, isDoubleSided: false, shaderRef: "00000000-0000-0000-0000-000000000000" },
  mesh: {
    payloadSize,
    submeshes: [
      {
        aabb: { min: [0, 0, 0], max: [1, 1, 0] },
        indexCount: 3,
        vertexCount: 3,
        channels: [
          { dataOffset: 0, dataSize: 36, elementCount: 3, elementSize: 12, elementType: 2, semantic: "position" },
        ],
      },
    ],
  },
  module: { functions: {} },
  point_cloud: { format: 0, payloadTotalSize: payloadSize, pointCount: 3 },
  render_graph: {
    blendStates: [],
    graphOrder: [],
    inputDescriptor: [],
    nodeDataDescriptions: [],
    renderPassDescriptions: [],
    renderTargetDescriptions: [],
    stencilStates: [],
  },
  scene: {},
  script: { eventNames: [] },
  shader: { payloadSize },
  skeleton: { bones: [], payloadSize },
  sound: {
    bitDepth: 16,
    channelCount: 2,
    durationInMs: 1000,
    payloadSize,
    sampleCount: 44_100,
    sampleFrequencyInHz: 44_100,
  },
  texture: noPicture,
  texture_1d: noPicture,
  texture_3d: { ...noPicture, voxelDimensions: [1, 1, 1] },
  volume_material: { rangeMin: 0, rangeMax: 1 },
};

/** How many parts of a mesh `sub_mesh_index` can name. */
export const submeshCount = 1;

export function descriptionOf(asset: Asset): Record<string, unknown> {
  const ofScene =
    asset.type === "scene"
      ? {
          aabb: sceneBounds(asset),
          entities: [...asset.entities].map(([id, components]) => ({ euid: { value: id }, ...components })),
          settings: {},
          triangleCount: asset.entities.size,
        }
      : {};
  return { name: asset.name, uuid: asset.assetId, ...contents[asset.type], ...ofScene, ...asset.content };
}

/** A box around the entities: each one's `local_aabb`, moved by its position; without entities all zero. */
export function sceneBounds(scene: Asset): { min: number[]; max: number[] } {
  const boxes = [...scene.entities.values()].map((components) => {
    const position = numbersOf(components.local_transform?.position);
    const moved = (corner: unknown) => numbersOf(corner).map((value, axis) => value + (position[axis] ?? 0));
    return { min: moved(components.local_aabb?.min), max: moved(components.local_aabb?.max) };
  });
  const around = (pick: (one: number, other: number) => number, side: "min" | "max") =>
    [0, 1, 2].map((axis) =>
      boxes.length === 0 ? 0 : boxes.map((box) => box[side][axis] ?? 0).reduce((a, b) => pick(a, b)),
    );
  return { min: around(Math.min, "min"), max: around(Math.max, "max") };
}

function numbersOf(value: unknown): number[] {
  const list = Array.isArray(value) ? value : [];
  return [0, 1, 2].map((axis) => (typeof list[axis] === "number" ? list[axis] : 0));
}
