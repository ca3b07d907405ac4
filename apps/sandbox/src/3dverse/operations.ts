import { decodedOrSame } from "../path-pattern.ts";

/** One row per operation of the Asset API: what it is called, and the method and path it answers under. */
export interface OperationRow {
  operation: string;
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Below `/app/v1`; a segment in braces is a parameter. */
  path: string;
}

/** All operations. Requests are routed by this table alone. */
export const operations = [
  { operation: "listUsers", method: "GET", path: "/users" },
  { operation: "registerUser", method: "POST", path: "/users" },
  { operation: "getUser", method: "GET", path: "/users/{user_id}" },
  { operation: "updateUser", method: "PATCH", path: "/users/{user_id}" },
  { operation: "deleteUser", method: "DELETE", path: "/users/{user_id}" },
  { operation: "generateUserToken", method: "POST", path: "/users/{user_id}/tokens" },
  { operation: "getUserGroups", method: "GET", path: "/users/{user_id}/groups" },
  { operation: "getUserUploadTasks", method: "GET", path: "/users/{user_id}/upload-tasks" },
  { operation: "createGroup", method: "POST", path: "/groups" },
  { operation: "getGroup", method: "GET", path: "/groups/{group_id}" },
  { operation: "updateGroupDescription", method: "PATCH", path: "/groups/{group_id}" },
  { operation: "deleteGroup", method: "DELETE", path: "/groups/{group_id}" },
  {
    operation: "grantMemberAccessToGroup",
    method: "PUT",
    path: "/groups/{group_id}/members/{member_type}/{member_id}",
  },
  {
    operation: "revokeMemberAccessToGroup",
    method: "DELETE",
    path: "/groups/{group_id}/members/{member_type}/{member_id}",
  },
  { operation: "listFolders", method: "GET", path: "/folders" },
  { operation: "createFolder", method: "POST", path: "/folders" },
  { operation: "getFolderInfo", method: "GET", path: "/folders/{folder_id}" },
  { operation: "moveFolders", method: "PUT", path: "/folders/{folder_id}" },
  { operation: "updateFolder", method: "PATCH", path: "/folders/{folder_id}" },
  { operation: "deleteFolder", method: "DELETE", path: "/folders/{folder_id}" },
  { operation: "listFolderAccesses", method: "GET", path: "/folders/{folder_id}/access" },
  {
    operation: "grantMemberAccessToFolder",
    method: "PUT",
    path: "/folders/{folder_id}/access/{member_type}/{member_id}",
  },
  {
    operation: "revokeMemberAccessToFolder",
    method: "DELETE",
    path: "/folders/{folder_id}/access/{member_type}/{member_id}",
  },
  { operation: "createSubfolder", method: "POST", path: "/folders/{folder_id}/folders" },
  { operation: "listFolderSubFolders", method: "GET", path: "/folders/{folder_id}/folders" },
  { operation: "uploadSourceFiles", method: "POST", path: "/folders/{folder_id}/source-files" },
  { operation: "getSourceFilesInFolder", method: "GET", path: "/folders/{folder_id}/source-files" },
  { operation: "moveSourceFiles", method: "PUT", path: "/folders/{folder_id}/source-files" },
  { operation: "getUploadTasksInFolder", method: "GET", path: "/folders/{folder_id}/upload-tasks" },
  { operation: "getFolderAssets", method: "GET", path: "/folders/{folder_id}/assets" },
  { operation: "createAsset", method: "POST", path: "/folders/{folder_id}/assets" },
  { operation: "moveAssets", method: "PUT", path: "/folders/{folder_id}/assets" },
  { operation: "createMaterial", method: "POST", path: "/folders/{folder_id}/assets/materials" },
  { operation: "createCubemap", method: "POST", path: "/folders/{folder_id}/assets/cubemaps" },
  { operation: "importAssets", method: "PUT", path: "/folders/{folder_id}/packages" },
  { operation: "getSessionsInFolder", method: "GET", path: "/folders/{folder_id}/sessions" },
  { operation: "listSourceFiles", method: "GET", path: "/source-files" },
  { operation: "deleteSourceFiles", method: "DELETE", path: "/source-files" },
  { operation: "downloadSourceFile", method: "GET", path: "/source-files/{source_file_id}" },
  { operation: "getSourceFileDetails", method: "GET", path: "/source-files/{source_file_id}/details" },
  { operation: "updateSourceFileDetails", method: "PATCH", path: "/source-files/{source_file_id}/details" },
  { operation: "getSourceFileAssets", method: "GET", path: "/source-files/{source_file_id}/assets" },
  { operation: "getUploadTasks", method: "GET", path: "/upload-tasks" },
  { operation: "getUploadTask", method: "GET", path: "/upload-tasks/{upload_task_id}" },
  {
    operation: "getConversionTaskMetadata",
    method: "GET",
    path: "/conversion_tasks/{conversion_task_id}/metadata/{filename}",
  },
  { operation: "listAssets", method: "GET", path: "/assets" },
  { operation: "deleteAssets", method: "DELETE", path: "/assets" },
  { operation: "deleteAsset", method: "DELETE", path: "/assets/{asset_container}/{asset_id}" },
  { operation: "getAssetSourceFile", method: "GET", path: "/assets/{asset_container}/{asset_id}/source-file" },
  { operation: "getAssetDetails", method: "GET", path: "/assets/{asset_container}/{asset_id}/details" },
  { operation: "getAssetFolder", method: "GET", path: "/assets/{asset_container}/{asset_id}/folder" },
  { operation: "getAssetDependencies", method: "GET", path: "/assets/{asset_container}/{asset_id}/dependencies" },
  { operation: "getAssetReferences", method: "GET", path: "/assets/{asset_container}/{asset_id}/references" },
  { operation: "getAssetDescription", method: "GET", path: "/assets/{asset_container}/{asset_id}/description" },
  { operation: "renameAsset", method: "PATCH", path: "/assets/{asset_container}/{asset_id}/description" },
  { operation: "getAssetPayload", method: "GET", path: "/assets/{asset_container_with_payload}/{asset_id}/payload" },
  { operation: "getAssetHistory", method: "GET", path: "/assets/{asset_container}/{asset_id}/history" },
  { operation: "getAssetMeta", method: "GET", path: "/assets/{asset_container}/{asset_id}/meta" },
  { operation: "getAssetCode", method: "GET", path: "/assets/{asset_container_with_code}/{asset_id}/code" },
  { operation: "getAssetThumbnail", method: "GET", path: "/assets/{asset_container}/{asset_id}/thumbnail" },
  { operation: "setAssetThumbnail", method: "PUT", path: "/assets/{asset_container}/{asset_id}/thumbnail" },
  {
    operation: "getAssetCustomTypes",
    method: "GET",
    path: "/assets/{asset_container_with_custom_types}/{asset_id}/custom-types",
  },
  { operation: "packageAsset", method: "GET", path: "/assets/{asset_container}/{asset_id}/package" },
  { operation: "exportAsset", method: "GET", path: "/assets/{asset_container_exportable}/{asset_id}/exports/{format}" },
  { operation: "getSceneSessions", method: "GET", path: "/assets/scenes/{scene_id}/sessions" },
  { operation: "getSceneAABB", method: "GET", path: "/assets/scenes/{scene_id}/aabb" },
  { operation: "createEntity", method: "POST", path: "/assets/scenes/{scene_id}/entities" },
  { operation: "getEntity", method: "GET", path: "/assets/scenes/{scene_id}/entities/{entity_id}" },
  { operation: "updateEntity", method: "PATCH", path: "/assets/scenes/{scene_id}/entities/{entity_id}" },
  { operation: "deleteEntity", method: "DELETE", path: "/assets/scenes/{scene_id}/entities/{entity_id}" },
  { operation: "getSceneSettings", method: "GET", path: "/assets/scenes/{scene_id}/settings" },
  { operation: "getRunningSessions", method: "GET", path: "/sessions" },
  { operation: "createSession", method: "POST", path: "/sessions" },
  { operation: "getSession", method: "GET", path: "/sessions/{session_id}" },
  { operation: "killSession", method: "DELETE", path: "/sessions/{session_id}" },
  { operation: "joinSession", method: "POST", path: "/sessions/{session_id}/clients" },
  { operation: "getClient", method: "GET", path: "/sessions/{session_id}/clients/{client_id}" },
  { operation: "kickClientFromSession", method: "DELETE", path: "/sessions/{session_id}/clients/{client_id}" },
  { operation: "joinSessionAsGuest", method: "POST", path: "/sessions/guests" },
  { operation: "generateGuestToken", method: "POST", path: "/sessions/{session_id}/guests" },
] as const satisfies readonly OperationRow[];

export type OperationName = (typeof operations)[number]["operation"];

/** Which row answers, and what its path's parameters are; or why none does, in a sentence. */
export type Routing =
  | { operation: OperationName; parameters: Record<string, string> }
  | { refusal: string; allowed: readonly string[] };

/**
 * Finds the row for a method and a path below the base path, percent-encoding kept. Where several rows fit, the one with
 * the most literal segments answers.
 */
export function routeTo(method: string, path: string): Routing {
  const segments = path.split("/").slice(1);
  const allowed: string[] = [];
  let best: { operation: OperationName; parameters: Record<string, string>; literals: number } | undefined;
  for (const row of operations) {
    const fit = fitPath(row.path.split("/").slice(1), segments);
    if (fit === undefined) continue;
    allowed.push(row.method);
    if (row.method === method && (best === undefined || fit.literals > best.literals))
      best = { operation: row.operation, ...fit };
  }
  if (best === undefined) {
    const refusal =
      allowed.length === 0
        ? `There is no operation under the path ${path}.`
        : `${method} is not known under the path ${path}; known there: ${[...new Set(allowed)].join(", ")}.`;
    return { refusal, allowed };
  }
  const empty = Object.entries(best.parameters).find(([, value]) => value === "");
  if (empty !== undefined) return { refusal: `The path parameter ${empty[0]} is empty.`, allowed };
  return { operation: best.operation, parameters: best.parameters };
}

function fitPath(pattern: string[], segments: string[]) {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  let literals = 0;
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith("{")) parameters[part.slice(1, -1)] = decodedOrSame(segment);
    else if (part === segment) literals += 1;
    else return undefined;
  }
  return { parameters, literals };
}
