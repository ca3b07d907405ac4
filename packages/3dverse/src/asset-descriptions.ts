import * as z from "zod/mini";
import type { AssetContainer, OpaqueObject } from "./data-types.ts";

/** What every description has; its id is called `uuid` here. */
export interface AssetDescriptionBase {
  name: string;
  uuid: string;
  [unknownField: string]: unknown;
}

/** @internal */
export const assetDescriptionSchema = z.looseObject({ name: z.string(), uuid: z.string() });

interface Sampled {
  format?: number;
  mips?: OpaqueObject[];
  payloadTotalSize?: number;
}

interface Box {
  min: number[];
  max: number[];
}

/** One run of indices and vertices of a mesh. */
export interface Submesh {
  aabb?: Box;
  indexCount?: number;
  vertexCount?: number;
  morphTargets?: OpaqueObject[];
  channels?: {
    dataOffset: number;
    dataSize: number;
    elementCount: number;
    elementSize: number;
    elementType: number;
    semantic: string;
  }[];
}

/** What the vendor's types tell of each container's descriptions; of it only `name` and `uuid` are checked. */
export interface AssetDescriptionFields {
  action_maps: { actions?: OpaqueObject };
  animations: {
    animationEventTrack?: unknown;
    durationInMs?: number;
    payloadSize?: number;
    skeletonRef?: string;
  };
  animation_graphs: { inputDescriptor?: unknown[]; stateMachines?: unknown[] };
  animation_sequences: { durationInMs?: number };
  animation_sets: { animationGraphUUID?: string; animationSet?: unknown[]; boneMaskSet?: unknown[] };
  collision_geometries: { geometryType?: number; payloadSize?: number };
  cubemaps: { faces?: string[] };
  event_maps: { events?: OpaqueObject };
  /** `dataJson` here, `dataJSON` in entity components. */
  materials: { dataJson?: OpaqueObject; isDoubleSided?: boolean; shaderRef?: string };
  meshes: { payloadSize?: number; submeshes?: Submesh[] };
  modules: { functions?: OpaqueObject };
  point_clouds: {
    format?: number;
    payloadTotalSize?: number;
    pointCount?: number;
    scale?: unknown;
    translation?: unknown;
  };
  render_graphs: OpaqueObject;
  scenes: { aabb?: Box; entities?: OpaqueObject[]; settings?: OpaqueObject; triangleCount?: number };
  scripts: { eventNames?: string[]; inputDescriptor?: unknown; subScripts?: string[] };
  shaders: OpaqueObject & { payloadSize?: number };
  skeletons: { bones?: unknown[]; payloadSize?: number };
  sounds: {
    bitDepth?: number;
    channelCount?: number;
    durationInMs?: number;
    payloadSize?: number;
    sampleCount?: number;
    sampleFrequencyInHz?: number;
  };
  textures: Sampled;
  textures_1d: Sampled;
  textures_3d: Sampled & { voxelDimensions?: unknown };
  volume_materials: {
    rangeMin?: number;
    rangeMax?: number;
    albedoLUT?: unknown;
    metallicLUT?: unknown;
    opacityLUT?: unknown;
    roughnessLUT?: unknown;
  };
}

/** The description of an asset, typed by its container. */
export type AssetDescription<Container extends AssetContainer = AssetContainer> = AssetDescriptionBase &
  AssetDescriptionFields[Container];
