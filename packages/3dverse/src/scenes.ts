import * as z from "zod/mini";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import type { Connection } from "./connection.ts";
import { type OpaqueObject, opaqueObject } from "./data-types.ts";
import type { EntityComponents } from "./entity-components.ts";
import { type Session, sessionSchema } from "./sessions.schema.ts";

/** The sessions that show a scene. */
export function getSceneSessions(
  connection: Connection,
  options: { scene_id: string } & CallOptions,
): Promise<Session[]> {
  const { scene_id } = options;
  return callJson(
    connection,
    {
      operation: "getSceneSessions",
      method: "GET",
      path: "/assets/scenes/{scene_id}/sessions",
      parameters: { scene_id },
    },
    z.array(sessionSchema),
    options,
  );
}

/** The corners of the box around a scene. */
export function getSceneAABB(
  connection: Connection,
  options: { scene_id: string } & CallOptions,
): Promise<{ min: number[]; max: number[] }> {
  const { scene_id } = options;
  return callJson(
    connection,
    { operation: "getSceneAABB", method: "GET", path: "/assets/scenes/{scene_id}/aabb", parameters: { scene_id } },
    z.looseObject({ min: z.array(z.number()), max: z.array(z.number()) }),
    options,
  );
}

/** Makes an entity; sent once. The API has no list of them: a scene's description has its `entities`. */
export function createEntity(
  connection: Connection,
  options: { scene_id: string; entity_components: EntityComponents } & CallOptions,
): Promise<{ entity_id: string }> {
  const { scene_id, entity_components } = options;
  return callJson(
    connection,
    {
      operation: "createEntity",
      method: "POST",
      path: "/assets/scenes/{scene_id}/entities",
      parameters: { scene_id },
      json: entity_components,
    },
    z.looseObject({ entity_id: z.string() }),
    options,
  );
}

/** An entity as it is: its id and its components. */
export type Entity = { euid: { value: string; [unknownField: string]: unknown } } & EntityComponents;

const entitySchema = z.looseObject({
  euid: z.looseObject({ value: z.string() }),
}) as unknown as z.ZodMiniType<Entity>;

/** One entity. `compute_global_transform` also tells where it is in the whole scene; default false. */
export function getEntity(
  connection: Connection,
  options: { scene_id: string; entity_id: string; compute_global_transform?: boolean | undefined } & CallOptions,
): Promise<Entity> {
  const { scene_id, entity_id, compute_global_transform = false } = options;
  return callJson(
    connection,
    {
      operation: "getEntity",
      method: "GET",
      path: "/assets/scenes/{scene_id}/entities/{entity_id}",
      parameters: { scene_id, entity_id },
      query: { compute_global_transform },
    },
    entitySchema,
    options,
  );
}

/** Changes the components that are given. */
export function updateEntity(
  connection: Connection,
  options: { scene_id: string; entity_id: string; entity_components: EntityComponents } & CallOptions,
): Promise<void> {
  const { scene_id, entity_id, entity_components } = options;
  return callNothing(
    connection,
    {
      operation: "updateEntity",
      method: "PATCH",
      path: "/assets/scenes/{scene_id}/entities/{entity_id}",
      parameters: { scene_id, entity_id },
      json: entity_components,
    },
    options,
  );
}

/** Deletes an entity. */
export function deleteEntity(
  connection: Connection,
  options: { scene_id: string; entity_id: string } & CallOptions,
): Promise<void> {
  const { scene_id, entity_id } = options;
  return callNothing(
    connection,
    {
      operation: "deleteEntity",
      method: "DELETE",
      path: "/assets/scenes/{scene_id}/entities/{entity_id}",
      parameters: { scene_id, entity_id },
    },
    options,
  );
}

/** Of a shape that no document tells. */
export function getSceneSettings(
  connection: Connection,
  options: { scene_id: string } & CallOptions,
): Promise<OpaqueObject> {
  const { scene_id } = options;
  return callJson(
    connection,
    {
      operation: "getSceneSettings",
      method: "GET",
      path: "/assets/scenes/{scene_id}/settings",
      parameters: { scene_id },
    },
    opaqueObject,
    options,
  );
}
