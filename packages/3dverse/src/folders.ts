import * as z from "zod/mini";
import { type CallOptions, callJson, callNothing } from "./call.ts";
import { checkIds, checkText } from "./compose-call.ts";
import type { Connection } from "./connection.ts";
import type { Access, MemberType } from "./data-types.ts";
import {
  type Folder,
  type FolderAccesses,
  folderAccessesSchema,
  folderSchema,
  type NewFolder,
} from "./folders.schema.ts";
import { listCall } from "./list-call.ts";
import type { PagedList, WindowOptions } from "./paged-list.ts";
import { type Session, sessionSchema } from "./sessions.schema.ts";

/** Lists folders. */
export function listFolders(
  connection: Connection,
  options: WindowOptions & CallOptions = {},
): PagedList<Folder, Folder[]> {
  return listCall(connection, { operation: "listFolders", path: "/folders" }, folderSchema, options);
}

/** Makes a folder at the root of the environment, with those below it; sent once. */
export async function createFolder(connection: Connection, options: NewFolder & CallOptions): Promise<Folder> {
  const operation = "createFolder";
  const json = { name: checkText(operation, "name", options.name), subfolders: options.subfolders };
  return callJson(connection, { operation, method: "POST", path: "/folders", json }, folderSchema, options);
}

/** One folder. */
export function getFolderInfo(connection: Connection, options: { folder_id: string } & CallOptions): Promise<Folder> {
  const { folder_id } = options;
  return callJson(
    connection,
    { operation: "getFolderInfo", method: "GET", path: "/folders/{folder_id}", parameters: { folder_id } },
    folderSchema,
    options,
  );
}

/** Moves folders into `folder_id`. */
export async function moveFolders(
  connection: Connection,
  options: { folder_id: string; folder_ids: readonly string[] } & CallOptions,
): Promise<void> {
  const operation = "moveFolders";
  const { folder_id } = options;
  const json = checkIds(operation, "folder_ids", options.folder_ids);
  return callNothing(
    connection,
    { operation, method: "PUT", path: "/folders/{folder_id}", parameters: { folder_id }, json },
    options,
  );
}

/** Renames a folder. */
export function updateFolder(
  connection: Connection,
  options: { folder_id: string; name?: string | undefined } & CallOptions,
): Promise<void> {
  const { folder_id, name } = options;
  return callNothing(
    connection,
    {
      operation: "updateFolder",
      method: "PATCH",
      path: "/folders/{folder_id}",
      parameters: { folder_id },
      json: { name },
    },
    options,
  );
}

/** Deletes a folder, which must be empty. */
export function deleteFolder(connection: Connection, options: { folder_id: string } & CallOptions): Promise<void> {
  const { folder_id } = options;
  return callNothing(
    connection,
    { operation: "deleteFolder", method: "DELETE", path: "/folders/{folder_id}", parameters: { folder_id } },
    options,
  );
}

/** Who may do what in a folder. */
export function listFolderAccesses(
  connection: Connection,
  options: { folder_id: string } & CallOptions,
): Promise<FolderAccesses> {
  const { folder_id } = options;
  return callJson(
    connection,
    { operation: "listFolderAccesses", method: "GET", path: "/folders/{folder_id}/access", parameters: { folder_id } },
    folderAccessesSchema,
    options,
  );
}

/** Gives a user or a group access to a folder and everything in it. */
export function grantMemberAccessToFolder(
  connection: Connection,
  options: { folder_id: string; member_type: MemberType; member_id: string; access: Access } & CallOptions,
): Promise<void> {
  const { folder_id, member_type, member_id, access } = options;
  return callNothing(
    connection,
    {
      operation: "grantMemberAccessToFolder",
      method: "PUT",
      path: "/folders/{folder_id}/access/{member_type}/{member_id}",
      parameters: { folder_id, member_type, member_id },
      json: { access },
    },
    options,
  );
}

/** Takes the access away. */
export function revokeMemberAccessToFolder(
  connection: Connection,
  options: { folder_id: string; member_type: MemberType; member_id: string } & CallOptions,
): Promise<void> {
  const { folder_id, member_type, member_id } = options;
  return callNothing(
    connection,
    {
      operation: "revokeMemberAccessToFolder",
      method: "DELETE",
      path: "/folders/{folder_id}/access/{member_type}/{member_id}",
      parameters: { folder_id, member_type, member_id },
    },
    options,
  );
}

/** Makes a folder in a folder, with those below it; sent once. */
export async function createSubfolder(
  connection: Connection,
  options: { folder_id: string } & NewFolder & CallOptions,
): Promise<Folder> {
  const operation = "createSubfolder";
  const { folder_id, subfolders } = options;
  const json = { name: checkText(operation, "name", options.name), subfolders };
  return callJson(
    connection,
    { operation, method: "POST", path: "/folders/{folder_id}/folders", parameters: { folder_id }, json },
    folderSchema,
    options,
  );
}

/** The folders in a folder. */
export function listFolderSubFolders(
  connection: Connection,
  options: { folder_id: string } & CallOptions,
): Promise<Folder[]> {
  const { folder_id } = options;
  return callJson(
    connection,
    {
      operation: "listFolderSubFolders",
      method: "GET",
      path: "/folders/{folder_id}/folders",
      parameters: { folder_id },
    },
    z.array(folderSchema),
    options,
  );
}

/** The sessions that show scenes of a folder. */
export function getSessionsInFolder(
  connection: Connection,
  options: { folder_id: string } & CallOptions,
): Promise<Session[]> {
  const { folder_id } = options;
  return callJson(
    connection,
    {
      operation: "getSessionsInFolder",
      method: "GET",
      path: "/folders/{folder_id}/sessions",
      parameters: { folder_id },
    },
    z.array(sessionSchema),
    options,
  );
}
