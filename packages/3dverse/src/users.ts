import * as z from "zod/mini";
import { type AssetList, assetListSchema } from "./asset-list.ts";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import { type Access, maybe } from "./data-types.ts";
import { type Group, groupSchema } from "./groups.schema.ts";
import { listCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { type UploadTask, uploadTaskSchema } from "./upload-tasks.schema.ts";
import { type User, type UserToken, userSchema, userTokenSchema } from "./users.schema.ts";

/** Lists the users of the environment. Needs an API key. */
export function listUsers(connection: Connection, options: WindowOptions & CallOptions = {}): PagedList<User, User[]> {
  return listCall(connection, { operation: "listUsers", path: "/users" }, userSchema, options);
}

/** Registers a user; sent once. Needs an API key. */
export async function registerUser(connection: Connection, options: { username: string } & CallOptions): Promise<User> {
  const operation = "registerUser";
  const json = { username: checkText(operation, "username", options.username) };
  return callJson(connection, { operation, method: "POST", path: "/users", json }, userSchema, options);
}

/** One user. Needs an API key. */
export function getUser(connection: Connection, options: { user_id: string } & CallOptions): Promise<User> {
  const { user_id } = options;
  return callJson(
    connection,
    { operation: "getUser", method: "GET", path: "/users/{user_id}", parameters: { user_id } },
    userSchema,
    options,
  );
}

/** Renames a user. Needs an API key. */
export async function updateUser(
  connection: Connection,
  options: { user_id: string; username: string } & CallOptions,
): Promise<void> {
  const operation = "updateUser";
  const { user_id } = options;
  const json = { username: checkText(operation, "username", options.username) };
  return callNothing(
    connection,
    { operation, method: "PATCH", path: "/users/{user_id}", parameters: { user_id }, json },
    options,
  );
}

const deletedUserSchema = z.looseObject({ deleted_assets: maybe(assetListSchema) });

/** Deletes a user, and tells which assets went along. */
export function deleteUser(
  connection: Connection,
  options: { user_id: string } & CallOptions,
): Promise<{ deleted_assets?: AssetList | null | undefined }> {
  const { user_id } = options;
  return callJson(
    connection,
    { operation: "deleteUser", method: "DELETE", path: "/users/{user_id}", parameters: { user_id } },
    deletedUserSchema,
    options,
  );
}

/**
 * Makes a token for a user; sent once. What it may do is limited by `scope` and by the user's access to each folder.
 * `ttl` is `1h` unless told; `24h` is seen in the vendor's sample, the grammar is unknown.
 */
export function generateUserToken(
  connection: Connection,
  options: { user_id: string; scope: Access; ttl?: string | undefined } & CallOptions,
): Promise<UserToken> {
  const { user_id, scope, ttl = "1h" } = options;
  return callJson(
    connection,
    {
      operation: "generateUserToken",
      method: "POST",
      path: "/users/{user_id}/tokens",
      parameters: { user_id },
      json: { scope, ttl },
    },
    userTokenSchema,
    options,
  );
}

/** The groups a user is in. */
export function getUserGroups(connection: Connection, options: { user_id: string } & CallOptions): Promise<Group[]> {
  const { user_id } = options;
  return callJson(
    connection,
    { operation: "getUserGroups", method: "GET", path: "/users/{user_id}/groups", parameters: { user_id } },
    z.array(groupSchema),
    options,
  );
}

/** The uploads of a user. */
export function getUserUploadTasks(
  connection: Connection,
  options: { user_id: string } & WindowOptions & CallOptions,
): PagedList<UploadTask, UploadTask[]> {
  const { user_id } = options;
  return listCall(
    connection,
    { operation: "getUserUploadTasks", path: "/users/{user_id}/upload-tasks", parameters: { user_id } },
    uploadTaskSchema,
    options,
  );
}
