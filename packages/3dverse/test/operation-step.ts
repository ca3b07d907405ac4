import type { Sandbox } from "@org/sandbox";
import { expect } from "vitest";
import type { Threedverse } from "../src/index.ts";
import type { OperationName } from "./operation-names.ts";
import type { Canned } from "./relay.ts";

/** What the steps know of the things they made; filled with invented ids for prepared answers. */
export interface World {
  user_id: string;
  user_token: string;
  group_id: string;
  folder_id: string;
  subfolder_id: string;
  other_folder_id: string;
  upload_task_id: string;
  source_file_id: string;
  conversion_task_id: string;
  metadata_name: string;
  mesh_id: string;
  material_id: string;
  shader_id: string;
  texture_id: string;
  scene_id: string;
  module_id: string;
  script_id: string;
  entity_id: string;
  session_id: string;
  client_id: string;
  guest_token: string;
}

/** What must have been sent; what is not named must not be there. */
export interface Expected {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  query?: readonly string[];
  json?: unknown;
  /** Bytes of another type than JSON. */
  content?: { type: RegExp; holds: string };
  accept?: string;
}

/** One operation: how it is called, what must be sent, what the service says, what the caller must get. */
export interface Step {
  operation: OperationName;
  call: (client: Threedverse, world: World) => PromiseLike<unknown>;
  sent: (world: World) => Expected;
  /** Prepared answer; by the types of the vendor's library, as its documents show none. */
  answer: (world: World) => Canned;
  check: (result: never, world: World) => unknown;
  /** Takes over ids from the answer. */
  learn?: (result: never, world: World) => void;
  /** What must happen in the sandbox before, beside the API. */
  arrange?: (sandbox: Sandbox, world: World) => void;
  /** Sends this credential instead of the API key. */
  as?: "guestToken";
}

export const uuid = (last: number) => `00000000-0000-4000-8000-${String(last).padStart(12, "0")}`;

/** A world of invented ids. */
export function inventedWorld(): World {
  return {
    user_id: uuid(1),
    user_token: "user-token-of-the-table",
    group_id: uuid(2),
    folder_id: uuid(3),
    subfolder_id: uuid(4),
    other_folder_id: uuid(5),
    upload_task_id: uuid(6),
    source_file_id: uuid(7),
    conversion_task_id: uuid(8),
    metadata_name: "proper ties.json",
    mesh_id: uuid(9),
    material_id: uuid(10),
    shader_id: uuid(11),
    texture_id: uuid(12),
    scene_id: uuid(13),
    module_id: uuid(14),
    script_id: uuid(15),
    entity_id: uuid(16),
    session_id: uuid(17),
    client_id: uuid(18),
    guest_token: "guest-token-of-the-table",
  };
}

export const window = ["offset=0", "limit=10"] as const;
/** Steps whose answer tells nothing. */
export const done = {
  answer: () => ({ status: 204 }),
  check: (result: never) => expect(result).toBeUndefined(),
} as const;
