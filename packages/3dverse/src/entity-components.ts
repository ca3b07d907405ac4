import type { OpaqueObject } from "./data-types.ts";

/** Another entity, also one inside a scene that is linked into this one. */
export interface EntityReference {
  originalEUID: string;
  linkage: string[];
}

/**
 * The components of an entity, by name; any of them may be missing. The 41 of the vendor's library 0.8.11, and whatever
 * else the service knows: nothing of them is checked here.
 */
export interface EntityComponents {
  animation_controller?:
    | {
        animationGraphRef: string;
        animationSetRef: string;
        dataJSON: OpaqueObject;
        rootBoneEntityRef: EntityReference;
        rootMotionEnabled: boolean;
      }
    | undefined;
  bone?: { boneIndex: number } | undefined;
  box_geometry?:
    | { dimension?: number[] | undefined; isAdditive?: boolean | undefined; offset?: number[] | undefined }
    | undefined;
  camera?: { renderGraphRef: string; renderTargetIndex?: number | undefined; dataJSON: OpaqueObject } | undefined;
  capsule_geometry?:
    | {
        radius?: number | undefined;
        height?: number | undefined;
        axis?: number | undefined;
        isAdditive?: boolean | undefined;
        offset?: number[] | undefined;
      }
    | undefined;
  character_controller?:
    | {
        stepOffset?: number | undefined;
        slopeLimit?: number | undefined;
        skinWidth?: number | undefined;
        velocity?: number[] | undefined;
      }
    | undefined;
  collision_geometry_ref?: { collisionGeometryRef: string } | undefined;
  cylinder_geometry?:
    | {
        radius?: number | undefined;
        height?: number | undefined;
        axis?: number | undefined;
        isAdditive?: boolean | undefined;
        offset?: number[] | undefined;
      }
    | undefined;
  debug_name?: { value: string } | undefined;
  decal_projector?: { zIndex?: number | undefined } | undefined;
  environment?: { skyboxUUID: string; radianceUUID: string; irradianceUUID: string } | undefined;
  joint?:
    | {
        constrainee: EntityReference;
        constrainer: EntityReference;
        breakForce?: number | undefined;
        breakTorque?: number | undefined;
      }
    | undefined;
  lineage?: { parentUUID: string; ordinal?: number | undefined } | undefined;
  local_aabb?: { min: number[]; max: number[] } | undefined;
  local_transform?:
    | {
        position?: number[] | undefined;
        orientation?: number[] | undefined;
        scale?: number[] | undefined;
        eulerOrientation?: number[] | undefined;
        globalEulerOrientation?: number[] | undefined;
      }
    | undefined;
  material?:
    | { shaderRef: string; transparencyMode: number; isDoubleSided: boolean; dataJSON: OpaqueObject }
    | undefined;
  material_ref?: { value: string; faceCulling?: number | undefined } | undefined;
  mesh_ref?: { value: string; submeshIndex?: number | undefined } | undefined;
  orthographic_lens?:
    | {
        left?: number | undefined;
        right?: number | undefined;
        top?: number | undefined;
        bottom?: number | undefined;
        zNear?: number | undefined;
        zFar?: number | undefined;
      }
    | undefined;
  overrider?: { deleter?: boolean | undefined; entityRef: EntityReference; componentsToDetach: number[] } | undefined;
  perspective_lens?:
    | {
        aspectRatio?: number | undefined;
        fovy?: number | undefined;
        nearPlane?: number | undefined;
        farPlane?: number | undefined;
      }
    | undefined;
  physics_material?:
    | {
        staticFriction?: number | undefined;
        dynamicFriction?: number | undefined;
        restitution?: number | undefined;
        isTrigger?: boolean | undefined;
      }
    | undefined;
  plane_geometry?: { distance?: number | undefined; normal?: number[] | undefined } | undefined;
  point_cloud_ref?: { value: string } | undefined;
  point_light?:
    | {
        color?: number[] | undefined;
        intensity?: number | undefined;
        range?: number | undefined;
        isDirectional?: boolean | undefined;
        isSun?: boolean | undefined;
      }
    | undefined;
  reflection_probe?:
    | {
        offset?: number[] | undefined;
        nearDist?: number | undefined;
        farDist?: number | undefined;
        quality?: number | undefined;
      }
    | undefined;
  revolute_joint?: { axis?: number[] | undefined; anchor?: number[] | undefined } | undefined;
  rigid_body?:
    | {
        mass?: number | undefined;
        linearDamping?: number | undefined;
        angularDamping?: number | undefined;
        friction?: number | undefined;
        rollingFriction?: number | undefined;
        spinningFriction?: number | undefined;
        restitution?: number | undefined;
        linearSleepingThreshold?: number | undefined;
        angularSleepingThreshold?: number | undefined;
        isKinematic?: boolean | undefined;
      }
    | undefined;
  scene_ref?: { value: string; maxRecursionCount?: number | undefined } | undefined;
  script_element?: { scriptRef: string; dataJSON: OpaqueObject } | undefined;
  script_map?: { elements: OpaqueObject } | undefined;
  shadow_caster?:
    | {
        bias?: number | undefined;
        nearDist?: number | undefined;
        farDist?: number | undefined;
        quality?: number | undefined;
        cascadeSplitLambda?: number | undefined;
        cascadeMaxZ?: number | undefined;
        accumulateShadowCascades?: boolean | undefined;
      }
    | undefined;
  skeleton_ref?: { value: string } | undefined;
  sound_ref?:
    | {
        value: string;
        volume?: number | undefined;
        pan?: number | undefined;
        playSpeed?: number | undefined;
        looping?: boolean | undefined;
      }
    | undefined;
  sphere_geometry?:
    | { radius?: number | undefined; isAdditive?: boolean | undefined; offset?: number[] | undefined }
    | undefined;
  spot_light?: { cutoff?: number | undefined; IESProfile: string } | undefined;
  stereoscopic_lens?:
    | {
        angleLeft?: number | undefined;
        angleRight?: number | undefined;
        angleUp?: number | undefined;
        angleDown?: number | undefined;
        nearPlane?: number | undefined;
        farPlane?: number | undefined;
        aspectRatio?: number | undefined;
      }
    | undefined;
  tags?: { value: string[] } | undefined;
  volume_filter?:
    | {
        range?: number[] | undefined;
        applyGaussianFiltering?: boolean | undefined;
        sampleUnfiltered?: boolean | undefined;
        enableMPR?: boolean | undefined;
        enable3D?: boolean | undefined;
      }
    | undefined;
  volume_material_ref?: { value: string } | undefined;
  volume_ref?: { texture3dRef: string } | undefined;
  [unknownComponent: string]: unknown;
}
