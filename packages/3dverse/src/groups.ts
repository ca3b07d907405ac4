import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import type { Access, MemberType } from "./data-types.ts";
import { type Group, groupSchema } from "./groups.schema.ts";

/** A member to be. */
export interface NewGroupMember {
  user_id: string;
  /** To the group itself. */
  group_access: Access;
  /** To folders that the group has access to. */
  folder_access: Access;
}

/** Makes a group; sent once. */
export async function createGroup(
  connection: Connection,
  options: { name: string; description?: string | undefined; members: readonly NewGroupMember[] } & CallOptions,
): Promise<Group> {
  const operation = "createGroup";
  const { description, members } = options;
  const json = { name: checkText(operation, "name", options.name), description, members };
  return callJson(connection, { operation, method: "POST", path: "/groups", json }, groupSchema, options);
}

/** One group. The API has no list of them. */
export function getGroup(connection: Connection, options: { group_id: string } & CallOptions): Promise<Group> {
  const { group_id } = options;
  return callJson(
    connection,
    { operation: "getGroup", method: "GET", path: "/groups/{group_id}", parameters: { group_id } },
    groupSchema,
    options,
  );
}

/** Changes name and description; both must be given. */
export function updateGroupDescription(
  connection: Connection,
  options: { group_id: string; name: string; description: string } & CallOptions,
): Promise<void> {
  const { group_id, name, description } = options;
  return callNothing(
    connection,
    {
      operation: "updateGroupDescription",
      method: "PATCH",
      path: "/groups/{group_id}",
      parameters: { group_id },
      json: { name, description },
    },
    options,
  );
}

/** Deletes a group. */
export function deleteGroup(connection: Connection, options: { group_id: string } & CallOptions): Promise<void> {
  const { group_id } = options;
  return callNothing(
    connection,
    { operation: "deleteGroup", method: "DELETE", path: "/groups/{group_id}", parameters: { group_id } },
    options,
  );
}

/** Takes a user or a group into a group, or changes what a member may do. */
export function grantMemberAccessToGroup(
  connection: Connection,
  options: {
    group_id: string;
    member_type: MemberType;
    member_id: string;
    group_access: Access;
    folder_access: Access;
  } & CallOptions,
): Promise<void> {
  const { group_id, member_type, member_id, group_access, folder_access } = options;
  return callNothing(
    connection,
    {
      operation: "grantMemberAccessToGroup",
      method: "PUT",
      path: "/groups/{group_id}/members/{member_type}/{member_id}",
      parameters: { group_id, member_type, member_id },
      json: { group_access, folder_access },
    },
    options,
  );
}

/** Takes a member out of a group. */
export function revokeMemberAccessToGroup(
  connection: Connection,
  options: { group_id: string; member_type: MemberType; member_id: string } & CallOptions,
): Promise<void> {
  const { group_id, member_type, member_id } = options;
  return callNothing(
    connection,
    {
      operation: "revokeMemberAccessToGroup",
      method: "DELETE",
      path: "/groups/{group_id}/members/{member_type}/{member_id}",
      parameters: { group_id, member_type, member_id },
    },
    options,
  );
}
