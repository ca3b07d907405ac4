import { z } from "zod";
import { actorOf, type Caller } from "./access.ts";
import { sceneBounds } from "./asset-description.ts";
import { assetFor } from "./assets.ts";
import { componentNames } from "./component-names.ts";
import { type Environment, newId, noteEdit } from "./environment.ts";
import { created, done, jsonBody, ok, operation } from "./operation.ts";
import { notFound } from "./problem.ts";
import { flag } from "./query.ts";
import type { Access, Asset } from "./records.ts";
import { sessionJson } from "./sessions.ts";

const components = z
  .partialRecord(z.enum(componentNames), z.record(z.string(), z.unknown()))
  .refine((given) => Object.keys(given).length > 0, "an entity needs at least one component");

export const sceneOperations = {
  getSceneSessions: operation({
    answer({ env, caller, parameter }) {
      const { assetId } = sceneFor(env, caller, parameter("scene_id"), "read");
      return ok(
        [...env.sessions.values()].filter(({ sceneId }) => sceneId === assetId).map((s) => sessionJson(env, s)),
      );
    },
  }),
  getSceneAABB: operation({
    answer: ({ env, caller, parameter }) => ok(sceneBounds(sceneFor(env, caller, parameter("scene_id"), "read"))),
  }),
  createEntity: operation({
    body: jsonBody(components),
    answer({ env, caller, parameter, body }) {
      const scene = sceneFor(env, caller, parameter("scene_id"), "write");
      const entityId = newId();
      scene.entities.set(entityId, body as Record<string, Record<string, unknown>>);
      noteEdit(env, scene, actorOf(env, caller));
      return created({ entity_id: entityId });
    },
  }),
  getEntity: operation({
    query: z.strictObject({ compute_global_transform: flag.default(false) }),
    answer({ env, caller, parameter, query }) {
      const scene = sceneFor(env, caller, parameter("scene_id"), "read");
      const entityId = parameter("entity_id");
      const entity = entityOf(scene, entityId);
      const global = query.compute_global_transform
        ? { global_transform: { position: globalPosition(scene, entityId) } }
        : {};
      return ok({ euid: { value: entityId }, ...entity, ...global });
    },
  }),
  updateEntity: operation({
    body: jsonBody(components),
    answer({ env, caller, parameter, body }) {
      const scene = sceneFor(env, caller, parameter("scene_id"), "write");
      const entity = entityOf(scene, parameter("entity_id"));
      for (const [name, fields] of Object.entries(body)) entity[name] = { ...entity[name], ...fields };
      noteEdit(env, scene, actorOf(env, caller));
      return done(env);
    },
  }),
  deleteEntity: operation({
    answer({ env, caller, parameter }) {
      const scene = sceneFor(env, caller, parameter("scene_id"), "write");
      entityOf(scene, parameter("entity_id"));
      scene.entities.delete(parameter("entity_id"));
      noteEdit(env, scene, actorOf(env, caller));
      return done(env);
    },
  }),
  getSceneSettings: operation({
    answer({ env, caller, parameter }) {
      const { content } = sceneFor(env, caller, parameter("scene_id"), "read");
      return ok(content.settings ?? {});
    },
  }),
};

export function sceneFor(env: Environment, caller: Caller, sceneId: string, wanted: Access): Asset {
  const asset = assetFor(env, caller, sceneId, wanted);
  if (asset.type !== "scene") throw notFound(`The asset ${sceneId} is a ${asset.type}, not a scene.`);
  return asset;
}

function entityOf(scene: Asset, entityId: string): Record<string, Record<string, unknown>> {
  const entity = scene.entities.get(entityId);
  if (entity === undefined) throw notFound(`There is no entity ${entityId} in the scene ${scene.assetId}.`);
  return entity;
}

/** The positions of the entity and of those above it (`lineage.parentUUID`) together; turns and scales are left out. */
function globalPosition(scene: Asset, entityId: string): number[] {
  const sum = [0, 0, 0];
  const seen = new Set<string>();
  for (let id: unknown = entityId; typeof id === "string" && !seen.has(id); ) {
    seen.add(id);
    const entity = scene.entities.get(id);
    const position = entity?.local_transform?.position;
    if (Array.isArray(position))
      for (const axis of [0, 1, 2]) sum[axis] = (sum[axis] ?? 0) + Number(position[axis] ?? 0);
    id = entity?.lineage?.parentUUID;
  }
  return sum;
}
